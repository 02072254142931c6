import assert from "node:assert/strict";
import { Config } from "../config/mod.ts";
import type { SandboxPolicy, ThreadSettings } from "../protocol/mod.ts";
import { isConfined, toLimits } from "./_grants.ts";
import { tellPermissions, toRecordedPermissions } from "./told_permissions.ts";

const config = new Config({
  effective: {
    permissions: {
      own: {
        filesystem: {
          ":root": "write",
          ":new": "read",
          "/w/*.env": "deny",
          "/w/a": "deny",
        },
      },
    },
  },
});

function settings(
  sandboxPolicy: SandboxPolicy,
  { profile, roots = ["/w"] }: { profile?: string; roots?: string[] } = {},
): ThreadSettings {
  return {
    cwd: "/w",
    environments: [{
      environmentId: "local",
      cwd: "/w",
      runtimeWorkspaceRoots: roots,
    }],
    sandboxPolicy,
    activePermissionProfile: profile === undefined
      ? null
      : { id: profile, extends: null },
  } as unknown as ThreadSettings;
}

const special = (access: string, kind: string) => ({
  access,
  path: { type: "special", value: { kind } },
});
const path = (access: string, path: string) => ({
  access,
  path: { type: "path", path },
});
const managed = (entries: unknown[], network = "restricted") => ({
  type: "managed",
  file_system: { type: "restricted", entries },
  network,
});

const policies: [SandboxPolicy, unknown][] = [
  [{ type: "dangerFullAccess" }, { type: "disabled" }],
  [{ type: "externalSandbox", networkAccess: "enabled" }, {
    type: "external",
    network: "enabled",
  }],
  [
    { type: "readOnly", networkAccess: true },
    managed([special("read", "root")], "enabled"),
  ],
  [
    {
      type: "workspaceWrite",
      writableRoots: ["/b", "/more"],
      networkAccess: false,
      excludeTmpdirEnvVar: false,
      excludeSlashTmp: true,
    },
    managed([
      special("read", "root"),
      path("write", "/w"),
      path("write", "/b"),
      special("write", "tmpdir"),
      path("write", "/more"),
      ...[".git", ".agents", ".codex", ".aws"].flatMap((name) => [
        path("read", `/w/${name}`),
        path("read", `/b/${name}`),
      ]),
    ]),
  ],
];
for (const [policy, recorded] of policies) {
  Deno.test(`tellPermissions() tells what ${policy.type} comes to`, () => {
    const told = tellPermissions(
      settings(policy, { roots: ["/w", "/b"] }),
      config,
    );
    assert.deepEqual(toRecordedPermissions(told), recorded);
  });
}

const external: SandboxPolicy = {
  type: "externalSandbox",
  networkAccess: "restricted",
};

Deno.test("tellPermissions() tells a profile of the configuration as it is written", () => {
  const told = tellPermissions(settings(external, { profile: "own" }), config);
  assert.deepEqual(
    toRecordedPermissions(told),
    managed([
      {
        access: "deny",
        path: { type: "glob_pattern", pattern: "/w/*.env" },
      },
      path("deny", "/w/a"),
      {
        access: "read",
        path: { type: "special", value: { kind: "unknown", path: ":new" } },
      },
      special("write", "root"),
    ]),
  );
});

Deno.test("tellPermissions() tells one that is gone by its policy", () => {
  const told = tellPermissions(settings(external, { profile: "gone" }), config);
  assert.deepEqual(toRecordedPermissions(told), {
    type: "external",
    network: "restricted",
  });
});

Deno.test("isConfined() counts a profile of the configuration, however it is told", () => {
  assert.equal(isConfined(settings(external, { profile: "own" })), true);
  assert.equal(isConfined(settings(external)), false);
  const all: SandboxPolicy = { type: "dangerFullAccess" };
  assert.equal(isConfined(settings(all, { profile: "own" })), false);
});

Deno.test("toLimits() opens no directory on behalf of a profile of the configuration", () => {
  const grant = { writes: [], reads: [], network: false };
  const policy: SandboxPolicy = {
    type: "workspaceWrite",
    writableRoots: ["/"],
    networkAccess: false,
    excludeTmpdirEnvVar: true,
    excludeSlashTmp: true,
  };
  const rootsOf = (profile: string) =>
    toLimits(settings(policy, { profile, roots: ["/b"] }), grant)
      .workspaceRoots;
  assert.deepEqual(rootsOf("own"), ["/b"]);
  assert.deepEqual(rootsOf(":workspace"), ["/b", "/w"]);
});
