/** In which words clients know one of the two kinds of programs. */
export interface Words {
  /** What is started. */
  readonly noun: "command" | "process";
  /** The method that starts it. */
  readonly method: "command/exec" | "process/spawn";
  /** The method that writes to it. */
  readonly write: string;
  /** What has the size of its terminal. */
  readonly size: string;
  /** Refuses streaming to a program that has no stdin to be written to. */
  readonly noStdin: string;
  /** Refuses a name that is taken. */
  duplicate(name: string): string;
  /** Refuses a name that nothing has. */
  unknown(name: string): string;
  /** Refuses what only a running program can do. */
  over(name: string): string;
}

/** `command/exec` and what goes with it. */
export const commandWords: Words = {
  noun: "command",
  method: "command/exec",
  write: "command/exec/write",
  size: "command/exec size",
  noStdin: "stdin streaming is not enabled for this command/exec",
  duplicate: (name) =>
    `duplicate active command/exec process id: ${JSON.stringify(name)}`,
  unknown: (name) =>
    `no active command/exec for process id ${JSON.stringify(name)}`,
  over: (name) => `command/exec ${JSON.stringify(name)} is no longer running`,
};

/** `process/spawn` and what goes with it. */
export const processWords: Words = {
  noun: "process",
  method: "process/spawn",
  write: "process/writeStdin",
  size: "process size",
  noStdin: "stdin streaming is not enabled for this process",
  duplicate: (name) =>
    `duplicate active process handle: ${JSON.stringify(name)}`,
  unknown: (name) =>
    `no active process for process handle ${JSON.stringify(name)}`,
  over: (name) => `process ${JSON.stringify(name)} is no longer running`,
};
