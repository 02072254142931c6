import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

interface Dependency {
  readonly specifier: string;
  readonly code?: { readonly specifier?: string };
  readonly isDynamic?: boolean;
}

Deno.test("the SDK of MCP is loaded by nobody before it is needed", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "cli.ts"],
    cwd: root,
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { specifier: string; dependencies?: Dependency[] }[];
  };
  const users = modules.flatMap(({ specifier, dependencies = [] }) =>
    dependencies
      .filter((one) =>
        one.specifier.startsWith("@modelcontextprotocol/") &&
        one.code !== undefined
      )
      .map(({ isDynamic = false }) => ({
        from: specifier.replace(root.href, ""),
        isDynamic,
      }))
  );
  const dynamic = { from: "src/mcp/_sdk.ts", isDynamic: true };
  assert.deepEqual(users, [dynamic, dynamic, dynamic, dynamic]);
});
