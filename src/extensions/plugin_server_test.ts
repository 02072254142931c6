import assert from "node:assert/strict";
import { createTempDir } from "../../tests/kit/temp_dir.ts";
import { openManifest } from "./_plugin_manifest.ts";
import { readPluginServers } from "./plugin_server.ts";
import type { InstalledPlugin } from "./plugins.ts";

async function install(
  home: string,
  name: string,
  files: Record<string, unknown>,
): Promise<InstalledPlugin> {
  const root = `${home}/${name}`;
  await Deno.mkdir(`${root}/.codex-plugin`, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const text = typeof content === "string"
      ? content
      : JSON.stringify(content);
    await Deno.writeTextFile(`${root}/${path}`, text);
  }
  const manifest = await openManifest(root);
  return { id: `${name}@mp`, name, root, manifest: manifest! };
}

Deno.test("readPluginServers: from the usual file, another one, or the manifest; the first plugin of a name counts", async () => {
  await using home = await createTempDir();
  const plugins = [
    await install(home.path, "b", {
      ".codex-plugin/plugin.json": { name: "b" },
      ".mcp.json": {
        mcpServers: {
          same: { command: "b" },
          here: { command: "x", cwd: "sub" },
          fixed: { command: "x", cwd: "/opt" },
          none: 5,
        },
      },
    }),
    await install(home.path, "a", {
      ".codex-plugin/plugin.json": { name: "a", mcpServers: "./own.json" },
      "own.json": { same: { command: "a" } },
      ".mcp.json": { mcpServers: { unread: { command: "x" } } },
    }),
    await install(home.path, "c", {
      ".codex-plugin/plugin.json": {
        name: "c",
        mcpServers: { inline: { command: "c" } },
      },
    }),
    await install(home.path, "d", {
      ".codex-plugin/plugin.json": { name: "d" },
      ".mcp.json": "{ broken",
    }),
  ];
  const of = (name: string) => ({ pluginId: `${name}@mp`, pluginName: name });
  assert.deepEqual(await readPluginServers(plugins), [
    { ...of("a"), name: "same", table: { command: "a" } },
    {
      ...of("b"),
      name: "here",
      table: { command: "x", cwd: `${plugins[0]!.root}/sub` },
    },
    { ...of("b"), name: "fixed", table: { command: "x", cwd: "/opt" } },
    { ...of("c"), name: "inline", table: { command: "c" } },
  ]);
});
