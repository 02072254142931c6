import assert from "node:assert/strict";
import { Access } from "../access/mod.ts";
import { Ground, repositoryPlace } from "./_place.ts";
import { readServers, toServer } from "./_servers.ts";

Deno.test("toServer() says what can be said of a server, and else nothing", () => {
  const command = "x";
  const url = "http://x";
  const table: [server: object, said: object | undefined][] = [
    [{ command, args: [1, "a", true] }, { command, args: ["1", "a", "true"] }],
    [{ command, args: "a" }, { command, args: ["a"] }],
    [{ command, url }, { command }],
    [{ command, cwd: "/", timeout: 5 }, { command }],
    [{ command, env: { A: 5, B: "${B}" } }, {
      command,
      env_vars: ["B"],
      env: { A: "5" },
    }],
    [{ command, env: { A: "${B}" } }, undefined],
    [{ command, env: { A: "${A:-b}" } }, undefined],
    [{ command, args: ["${A}"] }, undefined],
    [{ command, args: [{}] }, undefined],
    [{ command, disabled: true }, undefined],
    [{ command, enabled: false }, undefined],
    [{ url }, { url }],
    [{ type: "http", url }, { url }],
    [{ type: "sse", url }, undefined],
    [{ url, headers: { Authorization: "Bearer ${T}", X: "${Y}", Z: "z" } }, {
      url,
      bearer_token_env_var: "T",
      http_headers: { Z: "z" },
      env_http_headers: { X: "Y" },
    }],
    [{ url, headers: { X: "a ${Y}" } }, undefined],
    [{}, undefined],
  ];
  for (const [server, said] of table) {
    assert.deepEqual(toServer(server), said, JSON.stringify(server));
  }
});

Deno.test("readServers() reads what is said of a repository, but what is switched off", async () => {
  const path = await Deno.realPath(await Deno.makeTempDir());
  const root = `${path}/repo`;
  await Deno.mkdir(`${root}/.claude`, { recursive: true });
  const put = (name: string, value: object) =>
    Deno.writeTextFile(`${path}/${name}`, JSON.stringify(value));
  const at = (command: string) => ({ command });
  const projects = (servers: object) => ({
    projects: { [root]: { mcpServers: servers } },
  });
  await put(".claude.json", {
    mcpServers: { everywhere: at("no") },
    ...projects({ mine: at("mine"), both: at("first") }),
  });
  await put("repo/.mcp.json", {
    mcpServers: { ours: at("ours"), both: at("second"), off: at("off") },
  });
  await put("repo/.claude.json", {
    mcpServers: { more: at("more") },
    ...projects({ last: at("last") }),
  });
  const ground = new Ground(await Access.create({}));
  const read = () => readServers(repositoryPlace(root, path), ground);
  const all = {
    mine: at("mine"),
    both: at("second"),
    ours: at("ours"),
    more: at("more"),
    last: at("last"),
  };
  await put("repo/.claude/settings.json", { disabledMcpjsonServers: ["off"] });
  assert.deepEqual(await read(), all);
  await put("repo/.claude/settings.local.json", {
    enabledMcpjsonServers: ["ours", "off"],
  });
  assert.deepEqual(await read(), { ours: at("ours") });
  await Deno.remove(path, { recursive: true });
});
