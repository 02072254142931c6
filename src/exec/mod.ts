/**
 * `command/exec*` and `process/*`: programs that clients run, with their
 * names, caps, timeouts, quotas and ends.
 *
 * @module
 */
export { Follower, type FollowerOptions, type Listener } from "./follower.ts";
export { KeptProgram, type KeptProgramOptions } from "./kept_program.ts";
export { defaultExecLimits, type ExecLimits } from "./limits.ts";
export type { KeepAlive, Order } from "./order.ts";
export type { OutputConsumer } from "./output_consumer.ts";
export { type Outcome, Program, type ProgramOptions } from "./program.ts";
export { Programs, type ProgramsOptions } from "./programs.ts";
export { Registry } from "./registry.ts";
