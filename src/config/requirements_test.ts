import assert from "node:assert/strict";
import { ConfigError } from "./config_error.ts";
import type { Config } from "./config.ts";
import { openConfiguration } from "./configuration.ts";
import { loadConfig } from "./load_config.ts";
import { configMethods } from "./methods.ts";

async function demand(
  files: Record<string, string>,
): Promise<{ config: Config; etc: string }> {
  const etc = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${etc}/${name}`, text);
    }
    return { config: await loadConfig({ home: `${etc}/none`, etc }), etc };
  } finally {
    await Deno.remove(etc, { recursive: true });
  }
}

/** What is demanded, without what is left free. */
async function demandsOf(
  requirements: string,
  managed?: string,
): Promise<unknown> {
  const { config } = await demand({
    "requirements.toml": requirements,
    ...managed === undefined ? {} : { "managed_config.toml": managed },
  });
  const response = JSON.parse(JSON.stringify(config.requirements));
  return response && Object.fromEntries(
    Object.entries(response).filter(([, value]) => value !== null),
  );
}

const both = { allowedLoginMethods: ["api", "chatgpt"] };

for (
  const [text, expected] of [
    ["", null],
    [
      'allowed_approval_policies=["on-request","never"]\nallowed_sandbox_modes=["read-only"]',
      {
        allowedApprovalPolicies: ["on-request", "never"],
        allowedSandboxModes: ["read-only"],
        ...both,
      },
    ],
    [
      "allowed_approval_policies=[{granular={rules=true,sandbox_approval=true,mcp_elicitations=true}}]",
      {
        allowedApprovalPolicies: [{
          granular: {
            sandbox_approval: true,
            rules: true,
            skill_approval: false,
            request_permissions: false,
            mcp_elicitations: true,
          },
        }],
        ...both,
      },
    ],
    ['allowed_web_search_modes=["cached"]', {
      allowedWebSearchModes: ["cached", "disabled"],
      ...both,
    }],
    ["[features]\ngoals=false", {
      featureRequirements: { goals: false },
      ...both,
    }],
    ['allowed_login_methods=["api"]', { allowedLoginMethods: ["api"] }],
    ['sqlite_home="/tmp/a b"', { sqliteHome: "file:///tmp/a%20b", ...both }],
    ["feedback={enabled=false}", { feedback: { enabled: false }, ...both }],
    [
      'enforce_residency="us"\nallow_login_shell=false\nmodel_provider="openai"',
      {
        enforceResidency: "us",
        allowLoginShell: false,
        modelProvider: "openai",
        ...both,
      },
    ],
  ] as [string, unknown][]
) {
  Deno.test(`configRequirements/read after ${JSON.stringify(text)}`, async () => {
    assert.deepEqual(await demandsOf(text), expected);
  });
}

Deno.test("managed_config.toml demands single values and wins", async () => {
  assert.deepEqual(
    await demandsOf(
      'allowed_approval_policies=["on-request"]',
      'approval_policy="never"\nsandbox_mode="workspace-write"',
    ),
    {
      allowedApprovalPolicies: ["never"],
      allowedSandboxModes: ["read-only", "workspace-write"],
      ...both,
    },
  );
});

Deno.test("requirements.toml that cannot be understood ends the start", async () => {
  for (
    const [text, message] of [
      [
        "allowed_approval_policies=5",
        /requirements\.toml: invalid type: integer `5`, expected a sequence\nin `allowed_approval_policies`$/,
      ],
      ['allowed_sandbox_modes=["zz"]', /unknown variant `zz`/],
      [
        "= 5",
        /requirements\.toml:1:1: unquoted keys cannot be empty, expected letters, numbers, `-`, `_`$/,
      ],
      [
        "allowed_approval_policies=[]",
        /^field `allowed_approval_policies` cannot be empty$/,
      ],
      [
        'allowed_sandbox_modes=["workspace-write"]',
        /must include `read-only`$/,
      ],
      [
        'default_permissions=":workspace"',
        /^requirements\.toml default_permissions requires allowed_permission_profiles$/,
      ],
      [
        'allowed_permission_profiles={":no"=true}',
        /allowed_permission_profiles refers to undefined profile `:no`$/,
      ],
      [
        'allowed_permission_profiles={":read-only"=true}',
        /default_permissions must be set unless allowed_permission_profiles allows both `:workspace` and `:read-only`$/,
      ],
      [
        'default_permissions="x"\nallowed_permission_profiles={"x"=false}',
        /default_permissions `x` must be allowed by allowed_permission_profiles$/,
      ],
    ] as [string, RegExp][]
  ) {
    await assert.rejects(
      demand({ "requirements.toml": text }),
      (error) => error instanceof ConfigError && message.test(error.message),
      text,
    );
  }
});

Deno.test("requirements that have no effect are told, as are unknown ones", async () => {
  const { config, etc } = await demand({
    "requirements.toml":
      "zz=1\nallow_login_shell=true\n[rules]\nprefix_rules=[]",
  });
  assert.deepEqual(config.warnings, [
    {
      summary:
        "Codex is ignoring 1 unrecognized configuration setting. Check for typos or deprecated settings.\n" +
        `  requirements (${etc}/requirements.toml): \`zz\` is ignored.`,
      details: null,
    },
    {
      summary: "This server does not enforce these requirements yet: `rules`.",
      details: null,
      path: `${etc}/requirements.toml`,
    },
  ]);
});

Deno.test("configRequirements/read answers null on an empty system", async () => {
  const configuration = await openConfiguration({
    home: "/nonexistent",
    etc: "/nonexistent",
  });
  const { handle } = configMethods["configRequirements/read"];
  const answer = await handle(configuration, undefined, undefined as never);
  assert.deepEqual(answer, {
    requirements: null,
    supportsIndependentSpeedModes: true,
  });
});
