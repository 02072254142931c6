import assert from "node:assert/strict";
import { permissionProfiles } from "./_permission_profiles.ts";
import type { TomlValue } from "./toml.ts";

const find = (value: unknown) =>
  permissionProfiles.findMismatch(value as TomlValue);

const wrong: [unknown, string][] = [
  [5n, "invalid type: integer `5`, expected a map"],
  [{ x: 5n }, "invalid type: integer `5`, expected a map"],
  [{ x: { extends: 5n } }, "invalid type: integer `5`, expected a string"],
  [{ x: { description: 5n } }, "invalid type: integer `5`, expected a string"],
  [
    { ok: {}, x: { network: { enabled: "yes" } } },
    'invalid type: string "yes", expected a boolean',
  ],
  [
    { x: { network: { mode: "weird" } } },
    "unknown variant `weird`, expected `limited` or `full`",
  ],
  [
    { x: { network: { domains: { "a.com": "maybe" } } } },
    "unknown variant `maybe`, expected `allow` or `deny`",
  ],
  [{ x: { filesystem: 5n } }, "invalid type: integer `5`, expected a map"],
  [
    { x: { filesystem: { glob_scan_max_depth: "a" } } },
    'invalid type: string "a", expected usize',
  ],
  [
    { x: { workspace_roots: { "/a": 5n } } },
    "invalid type: integer `5`, expected a boolean",
  ],
  [
    { x: { filesystem: { ":root": "rw" } } },
    "data did not match any variant of untagged enum FilesystemPermissionToml",
  ],
  [
    { x: { filesystem: { ":workspace_roots": { ".": 1n } } } },
    "data did not match any variant of untagged enum FilesystemPermissionToml",
  ],
];
for (const [value, message] of wrong) {
  Deno.test(`permissionProfiles tells of the whole: ${message}`, () => {
    assert.deepEqual(find(value), { path: [], message });
  });
}

Deno.test("permissionProfiles takes what can be read, and keys of later versions", () => {
  assert.equal(
    find({
      x: {
        description: "d",
        extends: ":workspace",
        later: 1n,
        workspace_roots: { "/a": true },
        filesystem: {
          glob_scan_max_depth: 2n,
          ":root": "read",
          "/b": "none",
          ":workspace_roots": { ".": "write", "c": "deny" },
        },
        network: { enabled: true, mode: "full", later: 1n },
      },
    }),
    undefined,
  );
  assert.deepEqual(
    permissionProfiles.findUnknown({ x: { later: 1n } }),
    [],
  );
});
