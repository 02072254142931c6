import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/**
 * Rooms that are known beforehand to whoever reads the imports: a bundler,
 * `deno compile`, `deno cache`, and a process that may read nothing of its own
 * source. Deno looks at every file that could be imported before it runs the
 * first: that is the price, see `source_rooms.ts`.
 */
export const linkedRooms: RoomsOnDemand = {
  account: () => import("../account/mod.ts"),
  accountHandlers: () => import("../account/handlers.ts"),
  agent: () => import("../agent/mod.ts"),
  extensions: () => import("../extensions/mod.ts"),
  extensionHandlers: () => import("../extensions/handlers.ts"),
  hostHandlers: () => import("../host/handlers.ts"),
  mcp: () => import("../mcp/mod.ts"),
  mcpHandlers: () => import("../mcp/handlers.ts"),
  migration: () => import("../migration/mod.ts"),
  migrationHandlers: () => import("../migration/handlers.ts"),
  model: () => import("../model/mod.ts"),
  modelHandlers: () => import("../model/handlers.ts"),
  threads: () => import("../threads/mod.ts"),
  threadHandlers: () => import("../threads/handlers.ts"),
  tools: () => import("../tools/mod.ts"),
};
