/**
 * `command/exec*` and `process/*`: programs that clients run, with their
 * names, caps, timeouts, quotas and ends. Those of models are started here
 * too; what they mean is for others.
 *
 * @module
 */
export { commandWords, processWords } from "./_words.ts";
export { defaultExecLimits, type ExecLimits } from "./limits.ts";
export type { Order } from "./order.ts";
export type { OutputConsumer } from "./output_consumer.ts";
export type { Outcome, Program } from "./program.ts";
export { Programs, type ProgramsOptions } from "./programs.ts";
export {
  type ErrandOrder,
  type ErrandResult,
  type ProgramRunner,
  runProgram,
} from "./run_program.ts";
