import assert from "node:assert/strict";
import { Config } from "../config/mod.ts";
import { changeSettings, resolveSettings } from "./settings.ts";
import type { Changes } from "./wishes.ts";

const config = new Config({});
const ground = {
  config,
  cwd: "/work",
  trust: undefined,
  defaultModel: "a-model",
  serviceTiers: () => ["priority"],
};
const fresh = resolveSettings({}, {}, ground);

function change(changes: Changes): typeof fresh {
  return changeSettings(fresh, changes, { config, cwd: "/work" });
}

Deno.test("resolveSettings says which tier a model has not, and goes without it", () => {
  const omissions: string[] = [];
  const tiers = ["fast", "flex", "default", "unknown"].map((serviceTier) =>
    resolveSettings({ serviceTier }, {}, {
      ...ground,
      onOmission: (message) => omissions.push(message),
    }).serviceTier
  );
  assert.deepEqual(tiers, ["priority", "flex", "default", null]);
  assert.deepEqual(omissions, [
    "Configured service tier `unknown` is not advertised as supported for " +
    "model `a-model` and will be omitted from requests.",
  ]);
});

Deno.test("changeSettings names tiers as models do; none is the default one", () => {
  const named = { none: null, fast: "fast", flex: "flex", unknown: "unknown" };
  const tiers = Object.values(named).map((serviceTier) =>
    change({ serviceTier }).serviceTier
  );
  assert.deepEqual(tiers, ["default", "priority", "flex", "unknown"]);
  assert.equal(change({}), fresh);
});

Deno.test("changeSettings fills in what a policy leaves out", () => {
  const policies = [
    { type: "readOnly" },
    { type: "externalSandbox" },
    { type: "dangerFullAccess" },
    { type: "workspaceWrite", writableRoots: ["/more"] },
  ] as const;
  assert.deepEqual(
    policies.map((policy) =>
      change({
        sandboxPolicy: policy.type === "workspaceWrite"
          ? { ...policy, writableRoots: [...policy.writableRoots] }
          : policy,
      }).sandboxPolicy
    ),
    [
      { type: "readOnly", networkAccess: false },
      { type: "externalSandbox", networkAccess: "restricted" },
      { type: "dangerFullAccess" },
      {
        type: "workspaceWrite",
        writableRoots: ["/more"],
        networkAccess: false,
        excludeTmpdirEnvVar: false,
        excludeSlashTmp: false,
      },
    ],
  );
});

Deno.test("resolveSettings remembers a tier, unless the client wishes for another", () => {
  const of = (serviceTier?: string | null) =>
    resolveSettings(
      serviceTier === undefined ? {} : { serviceTier },
      { serviceTier: "flex" },
      ground,
    ).serviceTier;
  assert.deepEqual([of(), of(null), of("fast"), of("unknown")], [
    "flex",
    "default",
    "priority",
    null,
  ]);
});

const place = (environmentId: string, cwd: string, ...roots: string[]) => ({
  environmentId,
  cwd,
  runtimeWorkspaceRoots: roots.length === 0 ? [cwd] : roots,
});

Deno.test("resolveSettings has a thread work in all places, or in those that are named", () => {
  const of = (environments?: { environmentId: string; cwd: string }[]) =>
    resolveSettings(
      environments === undefined ? {} : { environments },
      {},
      { ...ground, environmentIds: ["b", "a"] },
    );
  assert.deepEqual(of().environments, [
    place("local", "/work"),
    place("b", "/work"),
    place("a", "/work"),
  ]);
  assert.deepEqual(of([]).environments, []);
  const named = of([place("a", "C:\\x"), place("local", "/usr", "/opt")]);
  assert.deepEqual(named.environments, [
    place("a", "C:\\x"),
    place("local", "/usr", "/opt"),
  ]);
  assert.equal(named.cwd, "/work");
});

Deno.test("resolveSettings refuses places that are unknown, named twice, or nowhere", () => {
  const cases = [
    [[place("a", "/x")], "unknown turn environment id `a`"],
    [[place("b", "/x"), place("b", "/y")], "duplicate turn environment id `b`"],
    [
      [place("local", "/x"), place("local", "/y")],
      "duplicate turn environment id `local`",
    ],
    [
      [place("b", "x")],
      "invalid cwd for environment `b`: path `x` does not use absolute POSIX " +
      "or Windows path syntax",
    ],
  ] as const;
  for (const [environments, message] of cases) {
    assert.throws(
      () =>
        resolveSettings({ environments }, {}, {
          ...ground,
          environmentIds: ["b"],
        }),
      { message },
    );
  }
});

Deno.test("changeSettings moves a thread with the place that is here, and no other", () => {
  const apply = (from: typeof fresh, changes: Changes) =>
    changeSettings(from, changes, {
      config,
      cwd: changes.cwd ?? from.cwd,
      environmentIds: ["box"],
    });
  const away = apply(fresh, { environments: [place("box", "/srv")] });
  assert.equal(away.cwd, "/work");
  assert.deepEqual(away.environments, [place("box", "/srv")]);
  assert.deepEqual(
    apply(away, { effort: "low", runtimeWorkspaceRoots: ["/more"] })
      .environments,
    [place("box", "/srv")],
  );
  const both = apply(away, {
    environments: [place("box", "/srv"), place("local", "/opt")],
  });
  assert.equal(both.cwd, "/opt");
  assert.deepEqual(
    apply(both, { runtimeWorkspaceRoots: ["/more"] }).environments,
    [place("box", "/srv"), place("local", "/opt", "/more")],
  );
  assert.deepEqual(apply(away, { cwd: "/home" }).environments, [
    place("local", "/home"),
    place("box", "/home"),
  ]);
});

const profiles = new Config({
  effective: {
    permissions: {
      own: {
        extends: ":workspace",
        filesystem: { ":workspace_roots": { ".git": "read" } },
      },
      all: { filesystem: { ":root": "write" } },
      broken: { extends: "gone" },
    },
    sandbox_workspace_write: {
      writable_roots: ["/more"],
      network_access: true,
    },
  },
});

const workspaceWrite = (writableRoots: string[], networkAccess = false) => ({
  type: "workspaceWrite",
  writableRoots,
  networkAccess,
  excludeTmpdirEnvVar: false,
  excludeSlashTmp: false,
});

Deno.test("resolveSettings tells profiles as the policy that comes closest", () => {
  const own = { ...ground, config: profiles };
  const of = (wishes: Parameters<typeof resolveSettings>[0]) => {
    const { sandboxPolicy, activePermissionProfile, environments } =
      resolveSettings(wishes, {}, own);
    return [
      sandboxPolicy,
      activePermissionProfile,
      environments?.[0]?.runtimeWorkspaceRoots,
    ];
  };
  assert.deepEqual(of({ permissions: "own" }), [
    workspaceWrite([]),
    { id: "own", extends: ":workspace" },
    ["/work"],
  ]);
  assert.deepEqual(of({ permissions: "all" }), [
    { type: "externalSandbox", networkAccess: "restricted" },
    { id: "all", extends: null },
    ["/work"],
  ]);
  // What is said of a mode means nothing for a profile.
  assert.deepEqual(of({ permissions: ":workspace" }), [
    workspaceWrite([]),
    { id: ":workspace", extends: null },
    ["/work"],
  ]);
  assert.deepEqual(of({ sandbox: "workspace-write" }), [
    workspaceWrite(["/more"], true),
    null,
    ["/work", "/more"],
  ]);
  assert.throws(() => of({ permissions: "broken" }), {
    code: -32600,
    message: "failed to load configuration: permissions profile `broken` " +
      "extends undefined profile `gone`",
  });
});

Deno.test("resolveSettings keeps what a remembered profile came to if it is gone", () => {
  const remembered = {
    sandboxPolicy: { type: "readOnly", networkAccess: true },
    activePermissionProfile: { id: "own", extends: null },
  } as const;
  const of = (used: Config) => {
    const { sandboxPolicy, activePermissionProfile } = resolveSettings(
      {},
      remembered,
      { ...ground, config: used },
    );
    return { sandboxPolicy, activePermissionProfile };
  };
  assert.deepEqual(of(config), remembered);
  assert.deepEqual(of(profiles).sandboxPolicy, workspaceWrite([]));
});

Deno.test("changeSettings has a profile open where the thread moves", () => {
  const from = resolveSettings(
    { permissions: "own", runtimeWorkspaceRoots: ["/work", "/b"] },
    {},
    { ...ground, config: profiles },
  );
  const policyOf = (changes: Changes) =>
    changeSettings(from, changes, { config: profiles, cwd: "/work" })
      .sandboxPolicy;
  assert.deepEqual(from.sandboxPolicy, workspaceWrite(["/b"]));
  assert.deepEqual(
    policyOf({ runtimeWorkspaceRoots: ["/work", "/c"] }),
    workspaceWrite(["/c"]),
  );
});

Deno.test("resolveSettings takes what the administrator's profiles leave where nobody chose", () => {
  const idOf = (allowed: Record<string, boolean>, standard?: string) =>
    resolveSettings({}, {}, {
      ...ground,
      config: new Config({
        effective: { permissions: { own: { extends: ":read-only" } } },
        requirements: {
          allowedPermissionProfiles: allowed,
          defaultPermissions: standard ?? null,
        } as never,
      }),
    }).activePermissionProfile?.id;
  const both = { ":read-only": true, ":workspace": true };
  assert.equal(idOf(both), ":workspace");
  assert.equal(idOf(both, ":read-only"), ":read-only");
  assert.equal(idOf({ own: true }, "own"), "own");
  assert.equal(idOf({ gone: true }, "gone"), ":read-only");
});
