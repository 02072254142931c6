import { concurrent, type Scopes } from "../rpc/mod.ts";

/** Names of the methods of programs. */
export type ExecMethod =
  | "command/exec"
  | "command/exec/write"
  | "command/exec/resize"
  | "command/exec/terminate"
  | "process/spawn"
  | "process/writeStdin"
  | "process/resizePty"
  | "process/kill"
  | "gangway/process/attach"
  | "gangway/process/detach";

/**
 * `command/exec*` and `process/*`: all at the same time. Loaded with the server.
 */
export const execScopes: Scopes<ExecMethod> = {
  "command/exec": concurrent,
  "command/exec/write": concurrent,
  "command/exec/resize": concurrent,
  "command/exec/terminate": concurrent,
  "process/spawn": concurrent,
  "process/writeStdin": concurrent,
  "process/resizePty": concurrent,
  "process/kill": concurrent,
  "gangway/process/attach": concurrent,
  "gangway/process/detach": concurrent,
};
