/**
 * The rooms that only the agent's side needs, and what answers their methods. A
 * server that is there for files and programs needs none. The runtime looks for
 * all of them with the first request for any, at once, as each look costs one
 * at everything that was loaded before; what runs is what is asked for.
 *
 * Whoever asks for several asks for one after the other: imports at the same
 * time go through what they share once each, which takes a third longer.
 */

/** Gives what is loaded, and run at the first call. */
type OnDemand<Module> = () => Promise<Module>;

export const account: OnDemand<typeof import("../account/mod.ts")> = () =>
  import("../account/mod.ts");
export const accountHandlers: OnDemand<
  typeof import("../account/handlers.ts")
> = () => import("../account/handlers.ts");
export const agent: OnDemand<typeof import("../agent/mod.ts")> = () =>
  import("../agent/mod.ts");
export const consent: OnDemand<typeof import("../consent/mod.ts")> = () =>
  import("../consent/mod.ts");
export const extensions: OnDemand<typeof import("../extensions/mod.ts")> = () =>
  import("../extensions/mod.ts");
export const extensionHandlers: OnDemand<
  typeof import("../extensions/handlers.ts")
> = () => import("../extensions/handlers.ts");
export const host: OnDemand<typeof import("../host/mod.ts")> = () =>
  import("../host/mod.ts");
export const hostHandlers: OnDemand<typeof import("../host/handlers.ts")> =
  () => import("../host/handlers.ts");
export const mcp: OnDemand<typeof import("../mcp/mod.ts")> = () =>
  import("../mcp/mod.ts");
export const mcpHandlers: OnDemand<typeof import("../mcp/handlers.ts")> = () =>
  import("../mcp/handlers.ts");
export const migration: OnDemand<typeof import("../migration/mod.ts")> = () =>
  import("../migration/mod.ts");
export const migrationHandlers: OnDemand<
  typeof import("../migration/handlers.ts")
> = () => import("../migration/handlers.ts");
export const model: OnDemand<typeof import("../model/mod.ts")> = () =>
  import("../model/mod.ts");
export const modelHandlers: OnDemand<typeof import("../model/handlers.ts")> =
  () => import("../model/handlers.ts");
export const threads: OnDemand<typeof import("../threads/mod.ts")> = () =>
  import("../threads/mod.ts");
export const threadHandlers: OnDemand<
  typeof import("../threads/handlers.ts")
> = () => import("../threads/handlers.ts");
export const tools: OnDemand<typeof import("../tools/mod.ts")> = () =>
  import("../tools/mod.ts");
