import assert from "node:assert/strict";
import { linkedRooms } from "../../src/server/linked_rooms.ts";
import { sourceRooms } from "../../src/server/source_rooms.ts";

const root = new URL("../../", import.meta.url);

/**
 * Every file that Deno looks at before it runs the first of an entry; or only
 * those that run with it, and not later.
 */
async function graphOf(
  entry: string,
  { onlyRun = false } = {},
): Promise<Set<string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: root,
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: {
      specifier: string;
      dependencies?: { isDynamic?: boolean; code?: { specifier?: string } }[];
    }[];
  };
  const imports = new Map(modules.map((one) => [
    one.specifier,
    (one.dependencies ?? []).flatMap(({ isDynamic, code }) =>
      onlyRun && isDynamic ? [] : code?.specifier ?? []
    ),
  ]));
  const seen = new Set<string>();
  const open = [new URL(entry, root).href];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...imports.get(at) ?? []);
  }
  return seen;
}

/** Doors of rooms that only the agent's side needs, and what answers there. */
const agentSide = [
  "account/handlers.ts",
  "agent/mod.ts",
  "catalog/mod.ts",
  "consent/mod.ts",
  "extensions/handlers.ts",
  "extensions/mod.ts",
  "host/handlers.ts",
  "mcp/handlers.ts",
  "mcp/mod.ts",
  "migration/handlers.ts",
  "model/handlers.ts",
  "patch/mod.ts",
  "rollout/mod.ts",
  "threads/handlers.ts",
  "threads/mod.ts",
  "tools/mod.ts",
].map((path) => new URL(`src/${path}`, root).href);

/** What works on files and programs. */
const workSide = [
  "exec/methods.ts",
  "exec/mod.ts",
  "files/methods.ts",
  "sandbox/mod.ts",
  "spawn/mod.ts",
].map((path) => new URL(`src/${path}`, root).href);

/** What a server has the time for once its first client has an answer. */
const rest = [
  "access/mod.ts",
  "config/_layers.ts",
  "server/_open_rooms.ts",
].map((path) => new URL(`src/${path}`, root).href);

Deno.test("cli.ts looks at nothing of the agent's side before it starts", async () => {
  const graph = await graphOf("cli.ts");
  assert.deepEqual(agentSide.filter((door) => graph.has(door)), []);
  // These are for processes that may not read their own source, too.
  assert.deepEqual(workSide.filter((door) => !graph.has(door)), []);
});

for (const entry of ["src/cli/app_server.ts", "src/cli/_serve_stdio.ts"]) {
  Deno.test(`${entry} runs nothing that initialize is answered without`, async () => {
    const graph = await graphOf(entry, { onlyRun: true });
    const later = [...workSide, ...rest];
    assert.deepEqual(later.filter((door) => graph.has(door)), []);
  });
}

Deno.test("a server that is asked for nothing yet runs no node: module", async () => {
  for (const entry of ["src/cli/app_server.ts", "src/server/_open_rooms.ts"]) {
    const graph = await graphOf(entry, { onlyRun: true });
    const slow = [...graph].filter((one) => one.startsWith("node:"));
    assert.deepEqual(slow, [], entry);
  }
});

Deno.test("a listener is there before ws and node:crypto are", async () => {
  for (const kind of ["websocket", "unix"]) {
    const entry = `src/transport/listen_${kind}.ts`;
    const graph = await graphOf(entry, { onlyRun: true });
    const later = [...graph].filter((one) => /^node:crypto$|\/ws@/.test(one));
    assert.deepEqual(later, [], entry);
    // They are among what it looks at, under the names that are looked for.
    const all = [...await graphOf(entry)];
    assert.ok(all.some((one) => /[:/]ws@/.test(one)), entry);
  }
});

for (const entry of ["src/cli/standalone.ts", "mod.ts"]) {
  Deno.test(`${entry} has everything linked in`, async () => {
    const graph = await graphOf(entry);
    assert.deepEqual(agentSide.filter((door) => !graph.has(door)), []);
  });
}

Deno.test("the agent's side is the same in whichever way it is found", async () => {
  const found = await sourceRooms.load();
  assert.equal(found, await linkedRooms.load());
});
