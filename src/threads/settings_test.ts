import assert from "node:assert/strict";
import { Config } from "../config/mod.ts";
import type { SandboxPolicy } from "../protocol/mod.ts";
import { changeSettings, resolveSettings } from "./settings.ts";
import type { SetupWishes } from "./set_up_thread.ts";
import type { Changes, Remembered } from "./wishes.ts";
import { withoutOverridden } from "./_without_overridden.ts";

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

/** What a thread may do that is opened again. */
function permissionsOf(remembered: Remembered, used: Config) {
  const { sandboxPolicy, activePermissionProfile } = resolveSettings(
    {},
    remembered,
    { ...ground, config: used },
  );
  return { sandboxPolicy, activePermissionProfile };
}

/** A configuration of one mode. */
function ofMode(mode: string): Config {
  return new Config({ effective: { sandbox_mode: mode } });
}

Deno.test("resolveSettings takes the configured profile for a remembered one that is gone", () => {
  const remembered = {
    sandboxPolicy: workspaceWrite([]) as SandboxPolicy,
    activePermissionProfile: { id: "own", extends: null },
  };
  assert.deepEqual(permissionsOf(remembered, config), {
    sandboxPolicy: { type: "readOnly", networkAccess: false },
    activePermissionProfile: { id: ":read-only", extends: null },
  });
  assert.deepEqual(
    permissionsOf(remembered, profiles).sandboxPolicy,
    workspaceWrite([]),
  );
});

Deno.test("resolveSettings remembers the widest and the narrowest mode, and takes the configured one for others", () => {
  const readOnly = { type: "readOnly", networkAccess: true } as const;
  const free = { type: "dangerFullAccess" } as const;
  const external = {
    type: "externalSandbox",
    networkAccess: "enabled",
  } as const;
  const own = {
    ...workspaceWrite(["/x"]),
    networkAccess: true,
  } as SandboxPolicy;
  const none = { activePermissionProfile: null };
  const narrow = { type: "readOnly", networkAccess: false } as const;
  const cases = [
    [readOnly, "workspace-write", readOnly],
    [readOnly, "danger-full-access", readOnly],
    [free, "read-only", free],
    [own, "read-only", narrow],
    [own, "workspace-write", workspaceWrite([])],
    [external, "read-only", narrow],
    [external, "danger-full-access", free],
    // What was confined stays so.
    [own, "danger-full-access", own],
  ] as const;
  for (const [sandboxPolicy, mode, expected] of cases) {
    assert.deepEqual(
      permissionsOf({ sandboxPolicy }, ofMode(mode)),
      { sandboxPolicy: expected, ...none },
      `${sandboxPolicy.type} with ${mode}`,
    );
  }
  assert.deepEqual(
    resolveSettings({ sandbox: "danger-full-access" }, { sandboxPolicy: own }, {
      ...ground,
      config: ofMode("danger-full-access"),
    }).sandboxPolicy,
    free,
  );
});

Deno.test("resolveSettings remembers how the model works, and has its mode say the same", () => {
  const remembered: Remembered = {
    model: "m",
    effort: "low",
    summary: "detailed",
    personality: "pragmatic",
    collaborationMode: {
      mode: "plan",
      settings: {
        model: "older",
        reasoning_effort: "high",
        developer_instructions: "PLAN",
      },
    },
  };
  const of = (known: Remembered) => {
    const { model, effort, summary, personality, collaborationMode } =
      resolveSettings({}, known, ground);
    return { model, effort, summary, personality, collaborationMode };
  };
  assert.deepEqual(of(remembered), {
    ...remembered,
    collaborationMode: {
      mode: "plan",
      settings: {
        model: "m",
        reasoning_effort: "low",
        developer_instructions: "PLAN",
      },
    },
  });
});

Deno.test("withoutOverridden forgets what a request's own configuration says", () => {
  const remembered: Remembered = {
    model: "m",
    effort: "low",
    approvalPolicy: "never",
    approvalsReviewer: "user",
    serviceTier: "flex",
    summary: "detailed",
    personality: "pragmatic",
    cwd: "/work",
    sandboxPolicy: { type: "dangerFullAccess" },
    activePermissionProfile: { id: "own", extends: null },
  };
  const lost = (wishes: SetupWishes) => {
    const kept = withoutOverridden(remembered, wishes);
    return Object.keys(remembered).filter((field) => !(field in kept));
  };
  const model = ["model", "effort"];
  const permissions = ["sandboxPolicy", "activePermissionProfile"];
  assert.deepEqual(withoutOverridden(remembered, {}), remembered);
  assert.deepEqual(lost({ model: "m" }), model);
  for (
    const [key, expected] of [
      ["model", model],
      ["model_reasoning_effort", model],
      ["model_verbosity", []],
      ["approval_policy", ["approvalPolicy"]],
      ["approvals_reviewer", ["approvalsReviewer"]],
      ["service_tier", ["serviceTier"]],
      ["model_reasoning_summary", ["summary"]],
      ["personality", ["personality"]],
      ["sandbox_mode", permissions],
      ["sandbox_workspace_write", permissions],
      ["sandbox_workspace_write.network_access", permissions],
      ["default_permissions", permissions],
    ] as const
  ) {
    assert.deepEqual(lost({ config: { [key]: "x" } }), expected, key);
    assert.deepEqual(lost({ config: { [key]: undefined } }), [], key);
  }
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
