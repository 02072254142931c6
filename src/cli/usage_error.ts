import { type Command, toUsage } from "./command.ts";

/** A command line that cannot be understood: exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
  readonly #path: readonly Command[] | undefined;
  readonly #tip: string | undefined;

  /**
   * Makes the error. `path` is the commands named so far, for errors that the
   * usage line explains.
   */
  constructor(
    message: string,
    path?: readonly Command[],
    tip?: string,
  ) {
    super(message);
    this.#path = path;
    this.#tip = tip;
  }

  /** The text for stderr. */
  render(): string {
    const tip = this.#tip === undefined ? "" : `  tip: ${this.#tip}\n\n`;
    const usage = this.#path === undefined
      ? ""
      : `Usage: ${toUsage(this.#path)}\n\n`;
    return `error: ${this.message}\n\n${tip}${usage}` +
      "For more information, try '--help'.\n";
  }
}
