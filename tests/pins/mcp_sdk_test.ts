import assert from "node:assert/strict";

const root = new URL("../../", import.meta.url);

interface Dependency {
  readonly specifier: string;
  readonly code?: { readonly specifier?: string };
  readonly isDynamic?: boolean;
}

Deno.test("the SDK of MCP is loaded by nobody before it is needed", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "src/cli/standalone.ts"],
    cwd: root,
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: { specifier: string; dependencies?: Dependency[] }[];
  };
  const users = modules.flatMap(({ specifier, dependencies = [] }) =>
    dependencies
      .filter((one) =>
        (one.specifier.startsWith("@modelcontextprotocol/") ||
          one.specifier.endsWith("/_peer.ts")) &&
        one.code !== undefined
      )
      .map((one) => ({
        from: specifier.replace(root.href, ""),
        to: one.specifier.replace("@modelcontextprotocol/sdk/", ""),
        isDynamic: one.isDynamic ?? false,
      }))
  );
  const peer = { from: "src/mcp/_peer.ts", isDynamic: false };
  const sdk = { from: "src/mcp/_sdk.ts", isDynamic: true };
  // Not its `client`, which takes as long to load as all of these.
  assert.deepEqual(users, [
    { ...peer, to: "shared/protocol.js" },
    { ...peer, to: "types.js" },
    { ...sdk, to: "./_peer.ts" },
    { ...sdk, to: "server/zod-compat.js" },
    { ...sdk, to: "client/streamableHttp.js" },
    { ...sdk, to: "client/auth.js" },
  ]);
});
