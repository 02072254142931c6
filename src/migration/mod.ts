/**
 * `externalAgentConfig/*`: what another agent on this machine was told, in the
 * shape that this server reads: instructions, settings, MCP servers, hooks,
 * skills, commands, subagents and plugins; and what was said to it: its sessions become
 * threads. Nothing that is there already is changed, and what is taken over is
 * trusted no more than what somebody writes by hand.
 *
 * @module
 */
export type {
  ForeignMessage,
  ForeignSession,
  SessionKeeper,
} from "./foreign_session.ts";
export type { PluginKeeper, PluginSource } from "./plugin_keeper.ts";
export { type Migration, MigrationDesk } from "./migration_desk.ts";
