/** How an exec server is asked that may have to be reached first. */
export interface AskingOptions {
  /** Gives up waiting for it. */
  readonly signal?: AbortSignal;
  /** Milliseconds that its answer is waited for. */
  readonly timeoutMs?: number;
}

/** Asks an exec server, over whichever connection there is to it. */
export interface Asker {
  /**
   * Asks, as soon as the server can be reached.
   *
   * @throws {ExecServerError} if it can't be, refuses, is silent or goes away.
   * @throws {unknown} the signal's reason.
   */
  ask(
    method: string,
    params: unknown,
    options?: AskingOptions,
  ): Promise<unknown>;
  /** Asks a server that is there or comes back; what comes of it is dropped. */
  tell(method: string, params: unknown): void;
}
