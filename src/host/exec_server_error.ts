/** What an exec server says to a request that it refuses. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
}

/** Why an exec server can't be worked with, in the words of the protocol. */
export class ExecServerError extends Error {
  override readonly name = "ExecServerError";
  /** What the server said, if it did. */
  readonly refusal: Refusal | undefined;

  /** @param refusal What the server said, if it did. */
  constructor(message: string, refusal?: Refusal) {
    super(message);
    this.refusal = refusal;
  }
}
