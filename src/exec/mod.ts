/**
 * `command/exec*` and `process/*`: programs that clients run, with their
 * names, caps, timeouts, quotas and ends.
 *
 * @module
 */
export { defaultExecLimits, type ExecLimits } from "./limits.ts";
export { Programs, type ProgramsOptions } from "./programs.ts";
