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
      plugin: undefined,
      isForbidden: false,
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
      plugin: undefined,
      isForbidden: false,
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

const demo = { pluginId: "demo@mp", pluginName: "demo" };

Deno.test("readServerConfigs: servers of plugins stand behind the user's, who may set them up", () => {
  const config = new Config({
    effective: {
      mcp_servers: { same: { command: "mine" } },
      plugins: {
        "demo@mp": {
          mcp_servers: {
            off: { enabled: false },
            some: {
              enabled_tools: ["a"],
              default_tools_approval_mode: "approve",
              command: "not for plugins",
            },
          },
        },
      },
    },
  });
  const servers = readServerConfigs(config, [
    { ...demo, name: "same", table: { command: "theirs" } },
    { ...demo, name: "off", table: { command: "c" } },
    { ...demo, name: "some", table: { command: "c", args: null, env: null } },
    { ...demo, name: "none", table: { foo: 1 } },
  ]);
  const plugin = { id: "demo@mp", name: "demo" };
  assert.deepEqual(
    servers.map((one) => [
      one.name,
      (one.place as { command: string }).command,
      one.isEnabled,
      one.plugin,
      one.approvalMode,
      one.enabledTools,
    ]),
    [
      ["off", "c", false, plugin, "auto", undefined],
      ["same", "mine", true, undefined, "auto", undefined],
      ["some", "c", true, plugin, "approve", new Set(["a"])],
    ],
  );
});

Deno.test("readServerConfigs: only servers that an administrator lists are on, if some are listed", () => {
  const mcp_servers = {
    fine: { command: "run" },
    other: { command: "evil" },
    unlisted: { command: "run" },
    web: { url: "https://a.test" },
    elsewhere: { url: "https://evil.test" },
    broken: { command: "run" },
  };
  const brought = [
    { ...demo, name: "p", table: { command: "run" } },
    { ...demo, name: "q", table: { command: "run" } },
  ];
  const listed = {
    fine: { identity: { command: "run" } },
    other: { identity: { command: "run" } },
    web: { identity: { url: "https://a.test" } },
    elsewhere: { identity: { url: "https://a.test" } },
    broken: { identity: "run" },
  };
  const plugins = {
    "demo@mp": { mcp_servers: { q: { identity: { command: "run" } } } },
  };
  const on = (demands: ConfigTable) =>
    readServerConfigs(
      new Config({ effective: { mcp_servers }, demands }),
      brought,
    ).filter((one) => one.isEnabled && !one.isForbidden).map((one) => one.name);
  const all = [...Object.keys(mcp_servers), "p", "q"].sort();
  assert.deepEqual(on({}), all);
  assert.deepEqual(on({ mcp_servers: listed }), ["fine", "p", "q", "web"]);
  assert.deepEqual(on({ mcp_servers: {} }), []);
  assert.deepEqual(on({ mcp_servers: listed, plugins }), ["fine", "q", "web"]);
  assert.deepEqual(on({ plugins: {} }), Object.keys(mcp_servers).sort());
});
