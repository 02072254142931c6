import assert from "node:assert/strict";
import { toUnplaced } from "./_faults.ts";
import { configFile } from "./known_keys.ts";
import { locateValue } from "./locate_value.ts";
import { parseToml } from "./toml.ts";

const program = '[mcp_servers.a]\ncommand = "x"\n';
const address = '[mcp_servers.a]\nurl = "http://x"\n';

/** A text, what is wrong with it, and the line and column where that stands. */
const wrong: readonly (readonly [string, string, number, number])[] = [
  ['notify = ["a", 5]', "T integer `5`, expected a string|notify", 1, 16],
  [
    "approval_policy = { granular = { sandbox_approval = 1 } }",
    "T integer `1`, expected a boolean|approval_policy.sandbox_approval",
    1,
    53,
  ],
  [
    "approval_policy = 5",
    "T unit variant, expected string only|approval_policy",
    1,
    19,
  ],
  ["[features]\napps = 5", "T integer `5`, expected a boolean|features", 2, 8],
  ["[features]\nown = 5", "T integer `5`, expected a boolean|features", 2, 7],
  [
    "[features]\ncode_mode = 5",
    "data did not match any variant of untagged enum FeatureToml|" +
    "features.code_mode",
    2,
    13,
  ],
  [
    '[agents]\nmax_threads = "5"',
    'T string "5", expected usize|agents.max_concurrent_threads_per_session',
    2,
    15,
  ],
  [
    "[agents.x]\ndescription = 5",
    "T integer `5`, expected a string|agents",
    1,
    2,
  ],
  ["[apps.x]\nenabled = 5", "T integer `5`, expected a boolean|apps", 1, 2],
  [
    "[apps._default]\nenabled = 5",
    "T integer `5`, expected a boolean|apps._default.enabled",
    2,
    11,
  ],
  [
    '[plugins."a@b"]\nenabled = 5',
    "T integer `5`, expected a boolean|plugins",
    1,
    2,
  ],
  [
    '[marketplaces.x]\nsource_type = "y"',
    "unknown variant `y`, expected `git` or `local`|" +
    "marketplaces.x.source_type",
    2,
    15,
  ],
  [
    "[[hooks.Stop]]\nmatcher = 5",
    "T integer `5`, expected a string|hooks",
    1,
    3,
  ],
  [
    '[hooks]\nStop = [{ hooks = [{ type = "command" }] }]',
    "missing field `command`|hooks",
    1,
    1,
  ],
  [
    '[hooks]\nStop = [{ hooks = [{ type = "x" }] }]',
    "unknown variant `x`, expected one of `command`, `mcp_tool`, `prompt`, " +
    "`agent`|hooks",
    1,
    1,
  ],
  [
    "[hooks.state.x]\nenabled = 5",
    "T integer `5`, expected a boolean|hooks.state.x.enabled",
    2,
    11,
  ],
  [
    '[[skills.config]]\npath = "/a"',
    "missing field `enabled`|skills.config",
    1,
    1,
  ],
  [
    '[tui]\nnotification_method = "x"',
    "unknown variant `x`, expected one of `auto`, `osc9`, `osc777`, `bel`|tui",
    1,
    1,
  ],
  [
    '[tools.web_search]\ncontext_size = "x"',
    "data did not match any variant of untagged enum " +
    "WebSearchToolConfigInput|tools.web_search",
    1,
    1,
  ],
  [
    "[profiles.x]\nmodel = 5",
    "T integer `5`, expected a string|profiles.x.model",
    2,
    9,
  ],
  [
    `${program}args = ["a", 5]`,
    "T integer `5`, expected a string|mcp_servers.a.args",
    3,
    14,
  ],
  [
    `${program}tool_timeout_sec = -1`,
    "cannot convert float seconds to Duration: value is negative|" +
    "mcp_servers.a.tool_timeout_sec",
    3,
    20,
  ],
  [
    `${program}tool_timeout_sec = nan`,
    "cannot convert float seconds to Duration: value is either too big or " +
    "NaN|mcp_servers.a.tool_timeout_sec",
    3,
    20,
  ],
  [
    `${program}startup_timeout_sec = -0.5`,
    "cannot convert float seconds to Duration: value is negative|mcp_servers.a",
    1,
    1,
  ],
  [
    `${program}env_vars = ["A", { name = "B", x = "y" }]`,
    "data did not match any variant of untagged enum McpServerEnvVar|" +
    "mcp_servers.a.env_vars",
    3,
    18,
  ],
  [
    `${program}env_vars = [{ name = "B", source = "x" }]`,
    "unsupported env_vars source `x`; expected `local` or `remote`|" +
    "mcp_servers.a",
    1,
    1,
  ],
  [
    `${program}[mcp_servers.a.tools.b]\napproval_mode = "x"`,
    "unknown variant `x`, expected one of `auto`, `prompt`, `writes`, " +
    "`approve`|mcp_servers.a.tools.b.approval_mode",
    4,
    17,
  ],
  ["[mcp_servers.a]\nenabled = true", "invalid transport|mcp_servers.a", 1, 1],
];

for (const [text, told, line, column] of wrong) {
  Deno.test(`config.toml tells what is wrong with ${JSON.stringify(text)}`, async () => {
    const mismatch = configFile.findMismatch(await parseToml(text));
    const [message, where] = told.replace(/^T /, "invalid type: ").split("|");
    assert.equal(
      mismatch && toUnplaced(mismatch),
      `${message}\nin \`${where}\``,
    );
    const place = await locateValue(text, mismatch?.path ?? []);
    assert.deepEqual(place?.start, { line, column });
  });
}

Deno.test("config.toml keeps settings of programs from servers with a URL, and the other way round", async () => {
  const find = async (text: string): Promise<string | undefined> =>
    configFile.findMismatch(await parseToml(text))?.message;
  const foreignToProgram = {
    url: '"http://x"',
    bearer_token_env_var: '"A"',
    bearer_token: '"A"',
    http_headers: '{ A = "b" }',
    env_http_headers: '{ A = "B" }',
    oauth: '{ client_id = "x" }',
    oauth_resource: '"x"',
    auth: '"oauth"',
  };
  for (const [key, value] of Object.entries(foreignToProgram)) {
    assert.equal(
      await find(`${program}${key} = ${value}`),
      `${key} is not supported for stdio`,
    );
  }
  const foreignToUrl = {
    args: '["a"]',
    env: '{ A = "b" }',
    env_vars: '["A"]',
    cwd: '"/x"',
    bearer_token: '"A"',
  };
  for (const [key, value] of Object.entries(foreignToUrl)) {
    assert.equal(
      await find(`${address}${key} = ${value}`),
      `${key} is not supported for streamable_http`,
    );
  }
});

Deno.test("config.toml takes all that a server may be told", async () => {
  for (
    const text of [
      `${program}args = ["a"]\nenv = { A = "b" }\ncwd = "/x"\n` +
      'env_vars = ["A", { name = "B" }, { name = "C", source = "remote" }]\n' +
      "startup_timeout_sec = 0\ntool_timeout_sec = 1.5\n" +
      '[mcp_servers.a.tools.b]\napproval_mode = "approve"',
      `${address}bearer_token_env_var = "A"\nhttp_headers = { A = "b" }\n` +
      'env_http_headers = { A = "B" }\noauth = { client_id = "x" }\n' +
      'oauth_resource = "x"\nscopes = ["x"]\nauth = "oauth"',
    ]
  ) {
    const table = await parseToml(text);
    assert.equal(configFile.findMismatch(table), undefined);
    assert.deepEqual(configFile.findUnknown(table), []);
  }
});
