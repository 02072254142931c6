/** What a server answered instead of opening a websocket. */
export interface DialRefusal {
  /** HTTP status. */
  readonly status: number;
  /** The first kilobytes of the body. */
  readonly body: string;
}

/** A connection that could not be opened. */
export class DialError extends Error {
  /** The answer of the server, where it gave one. */
  readonly refusal: DialRefusal | undefined;

  /** Makes the error; `cause` is the error of the system, where it has one. */
  constructor(
    message: string,
    options: ErrorOptions & { readonly refusal?: DialRefusal } = {},
  ) {
    super(message, options);
    this.name = "DialError";
    this.refusal = options.refusal;
  }
}
