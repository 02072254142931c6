import assert from "node:assert/strict";
import type { ConfigTable } from "../config/mod.ts";
import type { SandboxPolicy } from "../protocol/mod.ts";
import { InvalidPermission } from "./permission.ts";
import { tellProfile, type ToldProfile } from "./told_profile.ts";

const place = { cwd: "/w", home: "/h", tmpdir: undefined };

function tell(
  profile: unknown,
  surroundings: Partial<Parameters<typeof tellProfile>[2]> = {},
): ToldProfile {
  const tables = { x: profile } as unknown as ConfigTable;
  const told = tellProfile("x", tables, { ...place, ...surroundings });
  assert.ok(told);
  return told;
}

/** Entries in few words. */
function toLines({ entries }: ToldProfile): string[] {
  return entries.map(({ access, place }) =>
    `${access} ${
      place.kind === "path"
        ? place.path
        : place.kind === "glob"
        ? `glob ${place.pattern}`
        : place.name
    }`
  );
}

const workspace = (
  writableRoots: string[],
  excluded: { tmpdir?: boolean; slashTmp?: boolean } = {},
  networkAccess = false,
): SandboxPolicy => ({
  type: "workspaceWrite",
  writableRoots,
  networkAccess,
  excludeTmpdirEnvVar: excluded.tmpdir ?? true,
  excludeSlashTmp: excluded.slashTmp ?? true,
});

const root = { ":root": "read" };
const network = { enabled: true };
const policies: [string, unknown, SandboxPolicy][] = [
  ["that reads all", { filesystem: root }, {
    type: "readOnly",
    networkAccess: false,
  }],
  ["that reads all and has the network", { filesystem: root, network }, {
    type: "readOnly",
    networkAccess: true,
  }],
  ["without entries", {}, { type: "readOnly", networkAccess: false }],
  ["that writes what is not known", {
    filesystem: { ...root, ":new": "write" },
  }, { type: "readOnly", networkAccess: false }],
  ["that writes all and has the network", {
    filesystem: { ":root": "write" },
    network,
  }, { type: "dangerFullAccess" }],
  ["that writes all", { filesystem: { ":root": "write", "/tmp": "write" } }, {
    type: "externalSandbox",
    networkAccess: "restricted",
  }],
  [
    "that writes all but one path",
    { filesystem: { ":root": "write", "/etc": "none" }, network },
    workspace(["/"], { slashTmp: false }, true),
  ],
  [
    "that writes all but /tmp",
    { filesystem: { ":root": "write", ":slash_tmp": "read" } },
    workspace(["/"]),
  ],
  [
    "that writes all but a pattern",
    { filesystem: { ":root": "write", "/**/*.env": "deny" } },
    workspace(["/"], { slashTmp: false }),
  ],
  [
    "that writes the workspace",
    { filesystem: { ...root, ":workspace_roots": "write" } },
    workspace([]),
  ],
  [
    "that writes the workspace and for a while",
    {
      filesystem: {
        ...root,
        ":workspace_roots": { ".": "write", "sub": "read" },
        ":slash_tmp": "write",
        ":tmpdir": "write",
      },
    },
    workspace([], { tmpdir: false, slashTmp: false }),
  ],
  [
    "that writes the workspace and paths",
    {
      filesystem: { ...root, "/w": "write", "/b": "write", "/a/**": "write" },
    },
    workspace(["/a", "/b"]),
  ],
  [
    "that writes elsewhere",
    { filesystem: { ...root, "/tmp": "write", "~/x": "write" } },
    workspace(["/tmp", "/h/x"], { slashTmp: false }),
  ],
  [
    "that writes a part of the workspace",
    { filesystem: { ...root, ":project_roots": { sub: "write" } } },
    workspace(["/w/sub"]),
  ],
  [
    "that extends one which is built in",
    { extends: ":workspace", workspace_roots: { "../up": true, "/no": false } },
    workspace(["/up"], { tmpdir: false, slashTmp: false }),
  ],
];
for (const [what, profile, policy] of policies) {
  Deno.test(`tellProfile() names the policy closest to a profile ${what}`, () => {
    assert.deepEqual(tell(profile).policy, policy);
  });
}

Deno.test("tellProfile() has where it works among the roots if it is not one", () => {
  const profile = {
    filesystem: { ":workspace_roots": "write", ":tmpdir": "write" },
  };
  const surroundings = { workspaceRoots: ["/a", "/b"], tmpdir: "/t" };
  assert.deepEqual(
    tell(profile, surroundings).policy,
    workspace(["/t", "/a", "/b"], { tmpdir: false }),
  );
});

Deno.test("tellProfile() lists entries in the order of their keys", () => {
  const told = tell({
    extends: ":workspace",
    workspace_roots: { "/z": true },
    filesystem: {
      "~/q": "write",
      "/b": { ".": "read", "c": "write" },
      ":workspace_roots": { ".git": "read" },
      "/a/*.env": "deny",
      ":tmpdir": "none",
    },
    network,
  });
  assert.deepEqual(toLines(told), [
    "deny glob /a/*.env",
    "read /b",
    "write /b/c",
    "read :root",
    "write :slash_tmp",
    "deny :tmpdir",
    "write /w",
    "write /z",
    "read /w/.git",
    "read /z/.git",
    "write /h/q",
  ]);
  assert.deepEqual([told.parent, told.network], [":workspace", true]);
});

Deno.test("tellProfile() describes built-in profiles, and nothing without limits", () => {
  const of = (name: string) =>
    tellProfile(name, undefined, { ...place, workspaceRoots: ["/v"] });
  assert.deepEqual(of(":read-only")?.policy, {
    type: "readOnly",
    networkAccess: false,
  });
  assert.deepEqual(
    of(":workspace")?.policy,
    workspace(["/v", "/tmp"], { slashTmp: false }),
  );
  assert.equal(of(":danger-full-access"), undefined);
});

Deno.test("tellProfile() refuses what is no profile", () => {
  assert.throws(() => tell({ extends: "y" }), InvalidPermission);
  assert.throws(() => tellProfile("x", undefined, place), InvalidPermission);
});
