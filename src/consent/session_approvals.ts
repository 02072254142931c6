/** A command, as far as an approval is for it. */
export interface ApprovedCommand {
  /** Its command line. */
  readonly argv: readonly string[];
  /** Where it runs. */
  readonly cwd: string;
  /** Whether it asks to leave the sandbox. */
  readonly isEscalated: boolean;
  /** Whether it has a terminal. */
  readonly hasTerminal: boolean;
}

/** What is agreed to: that it runs in the sandbox, or outside. */
export type Accepted = "run" | "runUnconfined";

/**
 * What a person has approved for the rest of a session. An approval of a command
 * is for that very command, to the last character, in that directory: also whether
 * the shell is a login shell counts.
 */
export class SessionApprovals {
  readonly #keys = new Set<string>();

  /**
   * Remembers a command.
   *
   * @param accepted What the yes was to.
   */
  add(command: ApprovedCommand, accepted: Accepted): void {
    this.#keys.add(toKey(command, accepted));
  }

  /** Whether it was remembered, for no less than this. */
  has(command: ApprovedCommand, accepted: Accepted): boolean {
    return this.#keys.has(toKey(command, "runUnconfined")) ||
      this.#keys.has(toKey(command, accepted));
  }
}

function toKey(command: ApprovedCommand, accepted: Accepted): string {
  const { argv, cwd, isEscalated, hasTerminal } = command;
  return JSON.stringify([accepted, argv, cwd, isEscalated, hasTerminal]);
}
