/**
 * The rooms of the agent's side, and what answers their methods: each is loaded
 * when it is first asked for, because a server that is there for files and
 * programs needs none of them.
 *
 * How they are found is a choice of who starts the server, see
 * `linked_rooms.ts` and `source_rooms.ts`.
 */
export interface RoomsOnDemand {
  account(): Promise<typeof import("../account/mod.ts")>;
  accountHandlers(): Promise<typeof import("../account/handlers.ts")>;
  agent(): Promise<typeof import("../agent/mod.ts")>;
  extensions(): Promise<typeof import("../extensions/mod.ts")>;
  extensionHandlers(): Promise<typeof import("../extensions/handlers.ts")>;
  hostHandlers(): Promise<typeof import("../host/handlers.ts")>;
  mcp(): Promise<typeof import("../mcp/mod.ts")>;
  mcpHandlers(): Promise<typeof import("../mcp/handlers.ts")>;
  migration(): Promise<typeof import("../migration/mod.ts")>;
  migrationHandlers(): Promise<typeof import("../migration/handlers.ts")>;
  model(): Promise<typeof import("../model/mod.ts")>;
  modelHandlers(): Promise<typeof import("../model/handlers.ts")>;
  threads(): Promise<typeof import("../threads/mod.ts")>;
  threadHandlers(): Promise<typeof import("../threads/handlers.ts")>;
  tools(): Promise<typeof import("../tools/mod.ts")>;
}
