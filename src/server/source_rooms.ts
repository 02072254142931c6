import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/**
 * Rooms that are found in the source tree when they are asked for, and not
 * before. `deno run` otherwise looks at every file that a server might ever
 * need, some 400 more, before the first one runs: a third of the whole start
 * (docs/performance.md).
 *
 * The process must be allowed to read its source.
 */
export const sourceRooms: RoomsOnDemand = {
  account: from("../account/mod.ts"),
  accountHandlers: from("../account/handlers.ts"),
  agent: from("../agent/mod.ts"),
  extensions: from("../extensions/mod.ts"),
  extensionHandlers: from("../extensions/handlers.ts"),
  hostHandlers: from("../host/handlers.ts"),
  mcp: from("../mcp/mod.ts"),
  mcpHandlers: from("../mcp/handlers.ts"),
  migration: from("../migration/mod.ts"),
  migrationHandlers: from("../migration/handlers.ts"),
  model: from("../model/mod.ts"),
  modelHandlers: from("../model/handlers.ts"),
  threads: from("../threads/mod.ts"),
  threadHandlers: from("../threads/handlers.ts"),
  tools: from("../tools/mod.ts"),
};

/** Where all rooms lie. */
const source = new URL("../", import.meta.url);

/** Imports a path that is worked out, so that nobody reads it beforehand. */
// deno-lint-ignore no-explicit-any -- as `import()` of any string
function from(path: string): () => Promise<any> {
  return async () => {
    if (source.protocol === "file:") await demandReading();
    return await import(new URL(path, import.meta.url).href);
  };
}

async function demandReading(): Promise<void> {
  const path = decodeURIComponent(source.pathname);
  const { state } = await Deno.permissions.query({ name: "read", path });
  if (state === "granted" || Deno.build.standalone) return;
  throw new Error(
    `Reading "${path}" is not allowed, and more of Gangway must be loaded: ` +
      `add "--allow-read=${path}", or run "${path}cli/standalone.ts" instead`,
  );
}
