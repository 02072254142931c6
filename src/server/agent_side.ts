/**
 * The rooms that only the agent's side needs, and what answers their methods:
 * loaded as a whole with the first request for any of them, because a server
 * that is there for files and programs needs none. One import, as each costs
 * the runtime a look at everything that was loaded before.
 */
export * as account from "../account/mod.ts";
export { accountHandlers } from "../account/handlers.ts";
export * as agent from "../agent/mod.ts";
export * as extensions from "../extensions/mod.ts";
export { extensionHandlers } from "../extensions/handlers.ts";
export { hostHandlers } from "../host/handlers.ts";
export * as mcp from "../mcp/mod.ts";
export { mcpHandlers } from "../mcp/handlers.ts";
export * as migration from "../migration/mod.ts";
export { migrationHandlers } from "../migration/handlers.ts";
export * as model from "../model/mod.ts";
export { modelHandlers } from "../model/handlers.ts";
export * as threads from "../threads/mod.ts";
export { threadHandlers } from "../threads/handlers.ts";
export * as tools from "../tools/mod.ts";
