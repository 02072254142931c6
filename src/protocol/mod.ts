/**
 * What is said: the contract of the protocol as interfaces, the envelope around
 * it, its error codes and the validators. Pure: no I/O, nothing of Deno's.
 *
 * @module
 */
export * from "./announcement.ts";
export type * from "./approval.ts";
export type * from "./approval_legacy.ts";
export * from "./base64.ts";
export type * from "./client_service.ts";
export type * from "./common.ts";
export type * from "./config.ts";
export type * from "./config_read.ts";
export type * from "./config_write.ts";
export * from "./contract.ts";
export * from "./contract_table.ts";
export * from "./crowding.ts";
export type * from "./elicitation.ts";
export * from "./envelope.ts";
export * from "./errors.ts";
export type * from "./exec.ts";
export type * from "./feature.ts";
export type * from "./fs.ts";
export type * from "./hook.ts";
export type * from "./initialize.ts";
export type * from "./item.ts";
export type * from "./item_call.ts";
export type * from "./item_command.ts";
export type * from "./item_events.ts";
export type * from "./item_media.ts";
export type * from "./item_message.ts";
export type * from "./item_times.ts";
export type * from "./mcp.ts";
export type * from "./memory.ts";
export type * from "./methods.ts";
export type * from "./misc.ts";
export * from "./os_error_words.ts";
export type * from "./permission.ts";
export type * from "./project.ts";
export type * from "./rate_limits.ts";
export type * from "./review.ts";
export type * from "./session.ts";
export type * from "./thread.ts";
export type * from "./thread_attachment.ts";
export type * from "./thread_change.ts";
export type * from "./thread_events.ts";
export type * from "./thread_goal.ts";
export type * from "./thread_history.ts";
export * from "./thread_id.ts";
export type * from "./thread_open.ts";
export type * from "./thread_queue.ts";
export type * from "./thread_search.ts";
export type * from "./thread_section.ts";
export type * from "./thread_settings.ts";
export type * from "./thread_work.ts";
export type * from "./tool.ts";
export type * from "./turn.ts";
export type * from "./user_input.ts";
export * from "./validate.ts";
