const EACCES = 13;

/** The system refused to start a program. */
export class SpawnError extends Error {
  override readonly name = "SpawnError";
  /** Number of the error, as in errno(3). */
  readonly errno: number;
  /** What the number does not say and whoever runs this process can change. */
  readonly hint: string | undefined;

  /**
   * @param errno Number of the error.
   * @param what What failed, such as the path of the program.
   * @param hint What the number does not say.
   */
  constructor(errno: number, what: string, hint?: string) {
    super(
      `Cannot start "${what}" (os error ${errno})${hint ? `: ${hint}` : ""}`,
    );
    this.errno = errno;
    this.hint = hint;
  }
}

/** The refusal of a program that this process itself was not allowed to run. */
export function notGranted(program: string, file: string): SpawnError {
  const hint = `the server was not granted --allow-run=${file}`;
  return new SpawnError(EACCES, program, hint);
}

/** The refusal to start anything that nobody would end after this process. */
export function noWarden(errno: number): SpawnError {
  const hint = "/bin/sh is needed to end programs that outlive the server";
  return new SpawnError(errno, "/bin/sh", hint);
}

/** A terminal was asked for where none can be made. */
export class TerminalUnavailable extends Error {
  override readonly name = "TerminalUnavailable";
}
