import assert from "node:assert/strict";
import { Config, type ConfigTable } from "../config/mod.ts";
import { isSameServer, readServerConfigs } from "./server_config.ts";

function read(mcp_servers: ConfigTable) {
  return readServerConfigs(new Config({ effective: { mcp_servers } }));
}

Deno.test("readServerConfigs reads programs and addresses, by name", () => {
  assert.deepEqual(
    read({
      web: {
        url: "https://a.test/mcp",
        bearer_token_env_var: "TOKEN",
        http_headers: { "x-a": "1" },
        env_http_headers: { "x-b": "B" },
        enabled: false,
        required: true,
        scopes: ["read"],
        oauth_resource: "r",
        supports_parallel_tool_calls: true,
        default_tools_approval_mode: "writes",
        tools: { a: { approval_mode: "approve" }, b: { approval_mode: "?" } },
      },
      local: {
        command: "run",
        args: ["x"],
        cwd: "sub",
        env: { A: "1" },
        env_vars: [
          "B",
          { name: "C", source: "local" },
          { name: "D", source: "remote" },
        ],
        startup_timeout_sec: 1.5,
        tool_timeout_sec: 2,
        enabled_tools: ["a"],
        disabled_tools: ["b"],
      },
    }).map(({ place, ...rest }) => ({
      ...rest,
      place: JSON.parse(JSON.stringify(place)),
    })),
    [{
      name: "local",
      place: {
        kind: "program",
        command: "run",
        args: ["x"],
        cwd: "sub",
        env: { A: "1" },
        envNames: ["B", "C"],
        remoteEnvNames: ["D"],
      },
      isEnabled: true,
      isRequired: false,
      startupTimeoutMs: 1500,
      toolTimeoutMs: 2000,
      enabledTools: new Set(["a"]),
      disabledTools: new Set(["b"]),
      approvalMode: "auto",
      approvalModes: new Map(),
      isParallel: false,
    }, {
      name: "web",
      place: {
        kind: "http",
        url: "https://a.test/mcp",
        bearerVariable: "TOKEN",
        headers: { "x-a": "1" },
        variableHeaders: { "x-b": "B" },
        scopes: ["read"],
        oauthResource: "r",
      },
      isEnabled: false,
      isRequired: true,
      startupTimeoutMs: 30_000,
      toolTimeoutMs: 300_000,
      enabledTools: undefined,
      disabledTools: new Set(),
      approvalMode: "writes",
      approvalModes: new Map([["a", "approve"]]),
      isParallel: true,
    }],
  );
});

Deno.test("readServerConfigs leaves out what names no place, and takes milliseconds", () => {
  assert.deepEqual(read({ empty: {} }), []);
  assert.deepEqual(readServerConfigs(new Config()), []);
  const [one] = read({ a: { command: "c", startup_timeout_ms: 7 } });
  assert.equal(one!.startupTimeoutMs, 7);
});

Deno.test("isSameServer: what needs another program or connection, and nothing else", () => {
  const [a] = read({ a: { command: "c" } });
  const [tools] = read({ a: { command: "c", enabled_tools: ["x"] } });
  const [other] = read({ a: { command: "c", args: ["x"] } });
  const [off] = read({ a: { command: "c", enabled: false } });
  assert.deepEqual(
    [a, tools, other, off].map((one) => isSameServer(a!, one!)),
    [true, true, false, false],
  );
});
