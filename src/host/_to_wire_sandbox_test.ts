import assert from "node:assert/strict";
import { toWireSandbox } from "./_to_wire_sandbox.ts";
import type { RemoteConfinement } from "./remote_order.ts";

const nothing = { writes: [], reads: [], network: false };
const place = { cwd: "/w x", workspaceRoots: ["/w x", "/v"], grant: nothing };

const special = (access: string, value: object) => ({
  path: { type: "special", value },
  access,
});
const at = (access: string, path: string) => ({
  path: { type: "path", path },
  access,
});
const root = special("read", { kind: "root" });
const shielded = [".git", ".agents", ".codex", ".aws"].map((subpath) => ({
  ...special("read", { kind: "project_roots", subpath }),
  missing_path_behavior: "skip",
}));

/** The permissions in it. */
function permissionsOf(confinement: RemoteConfinement): unknown {
  return toWireSandbox(confinement, "program")?.["permissions"];
}

Deno.test("toWireSandbox: what is not confined has none", () => {
  assert.equal(toWireSandbox(null, "program"), null);
  assert.equal(toWireSandbox(null, "files", "file:///home"), null);
});

Deno.test("toWireSandbox: programs and files are told of it in the ways of exec servers", () => {
  const confinement = { ...place, policy: { type: "readOnly" } } as const;
  const both = {
    permissions: {
      type: "managed",
      file_system: { type: "restricted", entries: [root] },
      network: "restricted",
    },
    cwd: "file:///w%20x",
    workspaceRoots: ["file:///w%20x", "file:///v"],
    windowsSandboxLevel: "disabled",
    useLegacyLandlock: false,
  };
  assert.deepEqual(toWireSandbox(confinement, "program"), {
    ...both,
    windowsSandboxProxySettingsMode: "reconcile",
  });
  const { cwd, workspaceRoots } = both;
  const files = { ...both, policyContext: { cwd, workspaceRoots } };
  assert.deepEqual(toWireSandbox(confinement, "files"), files);
  assert.deepEqual(toWireSandbox(confinement, "files", "file:///home/a"), {
    ...files,
    userHomeDir: "file:///home/a",
  });
});

Deno.test("toWireSandbox: a workspace can be written but for what is about commands", () => {
  assert.deepEqual(
    permissionsOf({ ...place, policy: { type: "workspaceWrite" } }),
    {
      type: "managed",
      file_system: {
        type: "restricted",
        entries: [
          root,
          special("write", { kind: "project_roots" }),
          special("write", { kind: "slash_tmp" }),
          special("write", { kind: "tmpdir" }),
          ...shielded,
        ],
      },
      network: "restricted",
    },
  );
});

Deno.test("toWireSandbox: grants and what a policy names stand behind what it always says", () => {
  assert.deepEqual(
    permissionsOf({
      ...place,
      policy: {
        type: "workspaceWrite",
        writableRoots: ["/srv"],
        networkAccess: true,
        excludeSlashTmp: true,
        excludeTmpdirEnvVar: true,
      },
      grant: { writes: ["/opt/a b"], reads: ["/etc"], network: false },
    }),
    {
      type: "managed",
      file_system: {
        type: "restricted",
        entries: [
          root,
          special("write", { kind: "project_roots" }),
          at("write", "file:///srv"),
          ...shielded,
          at("read", "file:///etc"),
          at("write", "file:///opt/a%20b"),
        ],
      },
      network: "enabled",
    },
  );
});

Deno.test("toWireSandbox: the network is open where a policy or a grant says so", () => {
  const networkOf = (networkAccess: boolean, network: boolean) => {
    const permissions = permissionsOf({
      ...place,
      policy: { type: "readOnly", networkAccess },
      grant: { ...nothing, network },
    });
    return (permissions as { network: string }).network;
  };
  assert.equal(networkOf(false, false), "restricted");
  assert.equal(networkOf(true, false), "enabled");
  assert.equal(networkOf(false, true), "enabled");
});
