/** The system refused to start a program. */
export class SpawnError extends Error {
  override readonly name = "SpawnError";
  /** Number of the error, as in errno(3). */
  readonly errno: number;

  /**
   * @param errno Number of the error.
   * @param what What failed, such as the path of the program.
   */
  constructor(errno: number, what: string) {
    super(`Cannot start "${what}" (os error ${errno})`);
    this.errno = errno;
  }
}

/** A terminal was asked for where none can be made. */
export class TerminalUnavailable extends Error {
  override readonly name = "TerminalUnavailable";
}
