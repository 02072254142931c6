import assert from "node:assert/strict";
import { Ground } from "./_ground_test.ts";

const cases: [what: string, files: Record<string, string>, reason: RegExp][] = [
  ["profiles of permissions without a choice", {
    "home/config.toml": '[permissions.p]\ndescription = "mine"\n',
  }, /does not set `default_permissions`$/],
  ["a chosen profile where there are none", {
    "home/config.toml": 'default_permissions = "p"\n',
  }, /^default_permissions requires a `\[permissions\]` table$/],
  ["a chosen profile that is not there", {
    "home/config.toml":
      'default_permissions = "constructor"\n[permissions.p]\n',
  }, /^default_permissions refers to undefined profile `constructor`$/],
  ["a chosen profile that is not built in", {
    "home/config.toml": 'default_permissions = ":p"\n[permissions.p]\n',
  }, /^default_permissions refers to unknown built-in profile `:p`$/],
  ["a profile that is named as built-in ones are", {
    "home/config.toml": '[permissions.":p"]\n',
  }, /^permissions profile `:p` uses a reserved built-in profile prefix$/],
  ["instructions that are not there", {
    "home/config.toml": 'model_instructions_file = "i.md"\n',
  }, /^failed to read model instructions file .*\/i\.md: .*\(os error 2\)$/],
  ["instructions that say nothing", {
    "home/config.toml": 'model_instructions_file = "i.md"\n',
    "home/i.md": " \n",
  }, /^model instructions file is empty: .*\/i\.md$/],
  ["a prompt for compaction that is not there", {
    "home/config.toml": 'experimental_compact_prompt_file = "c.md"\n',
  }, /^failed to read experimental compact prompt file .*\/c\.md: /],
  ["a sandbox that is not allowed, and nobody to ask", {
    "home/config.toml":
      'approval_policy = "never"\nsandbox_mode = "danger-full-access"\n',
    "etc/requirements.toml": 'allowed_sandbox_modes = ["read-only"]\n',
  }, /^`approval_policy = "never"` cannot be used /],
];

for (const [what, files, reason] of cases) {
  Deno.test(`a configuration is of no use with ${what}`, async () => {
    await using ground = await Ground.create(files);
    const configuration = await ground.open();
    assert.deepEqual(
      (await configuration.atStart()).warnings.map(({ summary }) => summary),
      ["Invalid configuration; using defaults."],
    );
    const details = (await configuration.atStart()).warnings[0]?.details ?? "";
    assert.match(details, reason);
    await assert.rejects(
      configuration.forThread({ cwd: ground.work, overrides: {} }),
      { message: details },
    );
    await assert.rejects(configuration.read({}), {
      code: -32603,
      message: `failed to resolve feature override precedence: ${details}`,
    });
    // What is asked of the layers alone is answered.
    await configuration.peek();
  });
}

Deno.test("a sandbox that is not allowed does no harm where somebody is asked", async () => {
  await using ground = await Ground.create({
    "home/config.toml":
      'approval_policy = "never"\nsandbox_mode = "danger-full-access"\n',
    "etc/requirements.toml": 'allowed_sandbox_modes = ["read-only"]\n' +
      'allowed_approval_policies = ["on-request"]\n',
  });
  const configuration = await ground.open();
  await configuration.forThread({ cwd: ground.work, overrides: {} });
});

Deno.test("a thread's own permissions make up for a choice that nobody made", async () => {
  await using ground = await Ground.create({
    "home/config.toml": '[permissions.p]\ndescription = "mine"\n',
  });
  const configuration = await ground.open();
  const asked = { cwd: ground.work, overrides: {} };
  await configuration.forThread({ ...asked, wished: { sandbox: "read-only" } });
  const config = await configuration.forThread({
    ...asked,
    wished: { permissions: "p" },
  });
  assert.equal(config.get("default_permissions"), undefined);
  await assert.rejects(
    configuration.forThread({ ...asked, wished: { approvalPolicy: "never" } }),
    /does not set `default_permissions`$/,
  );
});

Deno.test("a thread that asks nobody is refused a sandbox that is not allowed", async () => {
  await using ground = await Ground.create({
    "etc/requirements.toml": 'allowed_sandbox_modes = ["read-only"]\n',
  });
  const configuration = await ground.open();
  const asked = { cwd: ground.work, overrides: {} };
  const never = { approvalPolicy: "never" } as const;
  const unlimited = { sandbox_mode: "danger-full-access" };
  for (
    const refused of [
      { ...asked, wished: { ...never, sandbox: "danger-full-access" } },
      { ...asked, wished: { ...never, permissions: ":danger-full-access" } },
      { ...asked, overrides: unlimited, wished: never },
      {
        ...asked,
        overrides: { approval_policy: "never" },
        wished: { sandbox: "danger-full-access" },
      },
    ] as const
  ) {
    await assert.rejects(
      configuration.forThread(refused),
      /^ConfigError: `approval_policy = "never"` cannot be used /,
    );
  }
  const both = { ...unlimited, approval_policy: "never" };
  for (
    const wished of [
      { approvalPolicy: "on-request" },
      { sandbox: "read-only" },
    ] as const
  ) {
    await configuration.forThread({ ...asked, overrides: both, wished });
  }
});

Deno.test("a thread's own permissions make up for a profile that is not there", async () => {
  await using ground = await Ground.create({
    "home/config.toml": 'default_permissions = "p"\n',
  });
  const configuration = await ground.open();
  const start = { cwd: ground.work, overrides: {} };
  for (
    const wished of [{ permissions: ":workspace" }, {
      sandbox: "read-only",
    }] as const
  ) {
    await configuration.forThread({ ...start, wished });
  }
  await assert.rejects(
    configuration.forThread({ ...start, wished: { permissions: ":q" } }),
    { message: "default_permissions refers to unknown built-in profile `:q`" },
  );
});

Deno.test("an administrator may bring the profile along that is chosen", async () => {
  await using ground = await Ground.create({
    "home/config.toml": 'default_permissions = "p"\n',
    "etc/requirements.toml": 'default_permissions = "p"\n' +
      "allowed_permission_profiles = { p = true }\n",
  });
  const configuration = await ground.open();
  await configuration.forThread({ cwd: ground.work, overrides: {} });
});
