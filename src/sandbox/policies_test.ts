import assert from "node:assert/strict";
import { Config, type ConfigTable } from "../config/mod.ts";
import type { ConfigRequirements } from "../protocol/mod.ts";
import { confines, readDefault } from "./_default_permission.ts";
import { InvalidPermission } from "./permission.ts";
import { Policies, type Wish } from "./policies.ts";

const cwd = await Deno.realPath("/usr");

function policies(
  ...settings: Parameters<typeof configure>
): Policies {
  return new Policies(
    configure(...settings),
    () => ({ cwd, home: undefined, tmpdir: undefined }),
  );
}

function configure(
  effective: Record<string, unknown> = {},
  requirements: Partial<ConfigRequirements> = {},
): Config {
  return new Config({
    effective: effective as ConfigTable,
    requirements: requirements as ConfigRequirements,
  });
}

/** The mode that a wish ends in. */
async function mode(of: Policies, wish: Partial<Wish> = {}): Promise<string> {
  const { limits, network } = await of.resolve({ cwd: "/etc", ...wish });
  const what = limits === undefined
    ? "free"
    : limits.writes === "all"
    ? "all"
    : limits.writes.join(",") || "read-only";
  return network ? `${what}+network` : what;
}

/** Configurations, and what holds without a wish. */
const defaults: [string, Record<string, unknown>, string][] = [
  ["nothing", {}, "read-only"],
  ["read-only", { sandbox_mode: "read-only" }, "read-only"],
  ["full access", { sandbox_mode: "danger-full-access" }, "free+network"],
  ["a workspace", {
    sandbox_mode: "workspace-write",
    sandbox_workspace_write: { exclude_slash_tmp: true },
  }, cwd],
  ["a workspace with all settings", {
    sandbox_mode: "workspace-write",
    sandbox_workspace_write: {
      writable_roots: ["/etc"],
      network_access: true,
      exclude_slash_tmp: true,
      exclude_tmpdir_env_var: true,
    },
  }, `${cwd},/etc+network`],
  ["a built-in profile", {
    default_permissions: ":danger-full-access",
  }, "free+network"],
  ["a profile, whatever the mode is", {
    sandbox_mode: "danger-full-access",
    default_permissions: "dev",
    permissions: { dev: { filesystem: { ":root": "read" } } },
  }, "read-only"],
  ["a profile of the workspace, which is where the server runs", {
    default_permissions: "dev",
    permissions: {
      dev: { filesystem: { ":root": "read", ":workspace_roots": "write" } },
    },
  }, cwd],
];

for (const [what, config, expected] of defaults) {
  Deno.test(`Policies.resolve() without a wish follows a configuration of ${what}`, async () => {
    const { permission, warnings } = readDefault(configure(config));
    assert.deepEqual(warnings, []);
    assert.equal(await mode(policies(config)), expected);
    assert.equal(confines(permission), expected !== "free+network");
  });
}

/** Configurations that are wrong: read-only holds, and everybody is told. */
const broken: [Record<string, unknown>, string][] = [
  [
    { permissions: { dev: {} } },
    "config defines `[permissions]` profiles but does not set " +
    "`default_permissions`",
  ],
  [
    { default_permissions: "dev" },
    "default_permissions requires a `[permissions]` table",
  ],
  [
    { default_permissions: "dev", permissions: { other: {} } },
    "default_permissions refers to undefined profile `dev`",
  ],
  [
    { default_permissions: ":no" },
    "default_permissions refers to unknown built-in profile `:no`",
  ],
  [
    {
      default_permissions: "dev",
      permissions: { dev: { filesystem: { rel: "write" } } },
    },
    "filesystem path `rel` must be absolute, use `~/...`, or start with `:`",
  ],
];

for (const [config, details] of broken) {
  Deno.test(`Policies falls back to read-only: ${details}`, async () => {
    assert.deepEqual(readDefault(configure(config)).warnings, [
      { summary: "Invalid configuration; using defaults.", details },
    ]);
    assert.equal(await mode(policies(config)), "read-only");
  });
}

Deno.test("Policies.resolve() takes the policy of a wish", async () => {
  const made = policies({ sandbox_mode: "danger-full-access" });
  assert.equal(
    await mode(made, {
      sandboxPolicy: { type: "readOnly", networkAccess: true },
    }),
    "read-only+network",
  );
});

Deno.test("Policies.resolve() writes where the server runs by a policy, where the command runs by a profile", async () => {
  const made = policies();
  assert.equal(
    await mode(made, {
      sandboxPolicy: { type: "workspaceWrite", excludeSlashTmp: true },
    }),
    cwd,
  );
  const tmp = await Deno.realPath("/tmp");
  assert.equal(
    await mode(made, { permissionProfile: ":workspace" }),
    `/etc,${tmp}`,
  );
});

Deno.test("Policies.resolve() follows a profile though none is the default", async () => {
  const made = policies({
    permissions: { dev: { filesystem: { ":root": "write" } } },
  });
  assert.equal(await mode(made, { permissionProfile: "dev" }), "all");
});

Deno.test("Policies.resolve() says that a profile is wrong", async () => {
  await assert.rejects(
    mode(policies(), { permissionProfile: "foo" }),
    new InvalidPermission(
      "invalid permission profile: default_permissions requires a " +
        "`[permissions]` table",
    ),
  );
});

const only = (modes: string[]) => ({
  allowedSandboxModes: modes as NonNullable<
    ConfigRequirements["allowedSandboxModes"]
  >,
});
const disallowed = (mode: string, set: string) =>
  `invalid value for \`sandbox_mode\`: \`${mode}\` is not in the allowed set ` +
  `[${set}] (set by requirements.toml)`;

/** Wishes against requirements, and their refusals. */
const forbidden: [string[], Partial<Wish>, string][] = [
  [
    ["read-only"],
    { sandboxPolicy: { type: "workspaceWrite" } },
    `invalid sandbox policy: ${disallowed("WorkspaceWrite", "ReadOnly")}`,
  ],
  [
    ["read-only"],
    { sandboxPolicy: { type: "dangerFullAccess" } },
    `invalid sandbox policy: ${disallowed("DangerFullAccess", "ReadOnly")}`,
  ],
  [
    ["read-only", "workspace-write", "danger-full-access"],
    { sandboxPolicy: { type: "externalSandbox" } },
    `invalid sandbox policy: ${
      disallowed(
        "ExternalSandbox",
        "ReadOnly, WorkspaceWrite, DangerFullAccess",
      )
    }`,
  ],
  [
    ["read-only"],
    { permissionProfile: ":workspace" },
    `invalid permission profile: ${disallowed("WorkspaceWrite", "ReadOnly")}`,
  ],
  [
    ["read-only", "workspace-write"],
    { permissionProfile: ":danger-full-access" },
    `invalid permission profile: ${
      disallowed("DangerFullAccess", "ReadOnly, WorkspaceWrite")
    }`,
  ],
  [
    ["read-only", "workspace-write"],
    { permissionProfile: "everything" },
    `invalid permission profile: ${
      disallowed("DangerFullAccess", "ReadOnly, WorkspaceWrite")
    }`,
  ],
];

for (const [modes, wish, message] of forbidden) {
  Deno.test(`Policies.resolve() refuses ${JSON.stringify(wish)} if only ${modes} may be`, async () => {
    const made = policies({
      default_permissions: ":read-only",
      permissions: { everything: { filesystem: { ":root": "write" } } },
    }, only(modes));
    await assert.rejects(mode(made, wish), new InvalidPermission(message));
  });
}

Deno.test("Policies.resolve() lets what the requirements let", async () => {
  const made = policies({}, only(["read-only", "workspace-write"]));
  assert.equal(
    await mode(made, {
      sandboxPolicy: { type: "workspaceWrite", excludeSlashTmp: true },
    }),
    cwd,
  );
  assert.equal(
    await mode(made, { permissionProfile: ":read-only" }),
    "read-only",
  );
});

Deno.test("Policies falls back to read-only if the configured mode may not be", async () => {
  const settings = [
    { sandbox_mode: "danger-full-access" },
    only(["read-only"]),
  ] as const;
  const made = policies(...settings);
  assert.deepEqual(readDefault(configure(...settings)).warnings, [{
    summary: "Configured value for `sandbox_mode` is disallowed by " +
      "requirements; falling back to `read-only`. Details: " +
      disallowed("DangerFullAccess", "ReadOnly"),
    details: null,
  }]);
  assert.equal(await mode(made), "read-only");
});

Deno.test("Policies.resolve() refuses a default profile that may not be", async () => {
  await assert.rejects(
    mode(
      policies(
        { default_permissions: ":danger-full-access" },
        only(["read-only"]),
      ),
    ),
    InvalidPermission,
  );
});

const profiles = {
  allowedPermissionProfiles: { ":read-only": true, ":workspace": false },
  defaultPermissions: ":read-only",
};
const fallback = (name: string) =>
  "Configured value for `permission_profile` is disallowed by requirements; " +
  `falling back from \`${name}\` to required value \`:read-only\`.`;

Deno.test("Policies.resolve() refuses profiles that the requirements do not name as allowed", async () => {
  const made = policies({}, profiles);
  for (const name of [":workspace", ":danger-full-access"]) {
    await assert.rejects(
      mode(made, { permissionProfile: name }),
      new InvalidPermission(`invalid permission profile: ${fallback(name)}`),
    );
  }
  assert.equal(
    await mode(made, { permissionProfile: ":read-only" }),
    "read-only",
  );
});

for (
  const config of [
    { default_permissions: ":workspace" },
    { sandbox_mode: "workspace-write" },
  ]
) {
  Deno.test(`Policies falls back to the required profile from ${JSON.stringify(config)}`, async () => {
    const made = policies(config, profiles);
    assert.deepEqual(readDefault(configure(config, profiles)).warnings, [
      { summary: fallback(":workspace"), details: null },
    ]);
    assert.equal(await mode(made), "read-only");
  });
}

const workspace = {
  type: "workspaceWrite",
  excludeSlashTmp: true,
  excludeTmpdirEnvVar: true,
} as const;

Deno.test("Policies.resolve() opens the workspace of a wish, not where the server runs", async () => {
  const wish = { sandboxPolicy: workspace, workspaceRoots: ["/etc"] };
  assert.equal(await mode(policies(), wish), "/etc");
  assert.equal(
    await mode(policies(), { sandboxPolicy: workspace, workspaceRoots: [] }),
    "read-only",
  );
});

Deno.test("Policies.resolve() puts a grant on top of a policy", async () => {
  const grant = { writes: ["/etc"], reads: [], network: false };
  const readOnly = { type: "readOnly" } as const;
  assert.equal(
    await mode(policies(), { sandboxPolicy: readOnly, grant }),
    "/etc",
  );
  assert.equal(
    await mode(policies(), {
      sandboxPolicy: readOnly,
      grant: { writes: [], reads: [], network: true },
    }),
    "read-only+network",
  );
  assert.equal(
    await mode(policies(), {
      sandboxPolicy: { type: "dangerFullAccess" },
      grant,
    }),
    "free+network",
  );
});

Deno.test("Policies.resolve() opens a shielded path that is granted, and no other", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/.git`);
    await Deno.mkdir(`${root}/.codex`);
    const real = await Deno.realPath(root);
    const wish = {
      cwd: root,
      sandboxPolicy: workspace,
      workspaceRoots: [root],
    };
    const before = await policies().resolve(wish);
    const { limits } = await policies().resolve({
      ...wish,
      grant: { writes: [`${root}/.git`], reads: [], network: false },
    });
    assert.deepEqual(limits?.writes, [real, `${real}/.git`]);
    const shields = limits?.shielded ?? [];
    assert.ok(before.limits?.shielded.includes(`${real}/.git`));
    assert.ok(!shields.includes(`${real}/.git`));
    assert.ok(shields.includes(`${real}/.codex`));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("readDefault() says which paths of the default profile mean nothing", () => {
  const warningsOf = (filesystem: Record<string, string>) =>
    readDefault(
      new Config({
        effective: {
          default_permissions: "dev",
          permissions: { dev: { filesystem } },
        },
      }),
    ).warnings.map(({ summary }) => summary);
  assert.deepEqual(warningsOf({ ":root": "read", ":slash_tmp": "write" }), []);
  assert.deepEqual(warningsOf({ ":root": "read", ":new": "write" }), [
    "Filesystem path `:new` of permissions profile `dev` is not known here and " +
    "means nothing.",
  ]);
  assert.deepEqual(warningsOf({}), [
    "Permissions profile `dev` names no filesystem path: commands can touch " +
    "nothing but what they are granted.",
  ]);
});

Deno.test("Policies.resolve() looks profiles up where they are now", async () => {
  const tables = { late: { filesystem: { ":root": "write" } } } as const;
  const asked: unknown[] = [];
  const policies = new Policies(
    new Config({
      effective: {
        permissions: { early: { filesystem: { ":root": "write" } } },
      },
    }),
    () => ({ cwd: "/", home: undefined, tmpdir: undefined }),
    (where) => {
      asked.push(where);
      if (where.cwd === "/broken") throw new Error("cannot be read");
      return Promise.resolve(
        new Config({ effective: { permissions: tables } }),
      );
    },
  );
  const isAllWritten = async (permissionProfile: string, cwd: string) =>
    (await policies.resolve({ permissionProfile, cwd })).limits?.writes;
  assert.equal(await isAllWritten("late", "/"), "all");
  assert.deepEqual(await isAllWritten(":read-only", "/broken"), []);
  assert.deepEqual(asked, [{ cwd: "/", profile: "late" }]);
  assert.equal(await isAllWritten("early", "/broken"), "all");
  await assert.rejects(
    isAllWritten("late", "/broken"),
    new InvalidPermission("invalid permission profile: cannot be read"),
  );
  await assert.rejects(
    isAllWritten("early", "/"),
    new InvalidPermission(
      "invalid permission profile: default_permissions refers to undefined " +
        "profile `early`",
    ),
  );
});
