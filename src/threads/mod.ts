/**
 * `thread/*`, `turn/*`, `review/*`: threads that are open, who follows them,
 * what is told of them and in which order. Belongs to no connection: clients
 * come and go, a turn goes on.
 *
 * @module
 */
export type { Attendee, Audience } from "./audience.ts";
export { Attendance } from "./attendance.ts";
export type { ExternalTools, ExternalToolsOrder } from "./external_tools.ts";
export { growImportedThread, importThread } from "./import_thread.ts";
export type { ImportedMessage, ImportedTalk } from "./imported_talk.ts";
export type { Places } from "./places.ts";
export { Threads } from "./threads.ts";
export type { ThreadAccess, ThreadsOptions } from "./threads_options.ts";
