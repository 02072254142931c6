/** Something that was said in a session of another agent. */
export interface ForeignMessage {
  /** Who said it; what tools were asked and answered is the agent's. */
  readonly from: "user" | "agent";
  readonly text: string;
  /** Unix milliseconds; null if nobody knows. */
  readonly atMs: number | null;
}

/** A session of another agent. */
export interface ForeignSession {
  /** Where it worked. */
  readonly cwd: string;
  /** How lists call it; null if the user never said anything. */
  readonly title: string | null;
  /** The same, if its first words do not say it. */
  readonly name: string | null;
  /** In order; the first is the user's. */
  readonly messages: readonly ForeignMessage[];
}

/** Makes threads of sessions. */
export interface SessionKeeper {
  /**
   * Makes a thread that has all that was said.
   *
   * @param clientName Who asked for it.
   * @returns its id.
   * @throws {Error} if it can't be kept; the message says why.
   */
  keep(session: ForeignSession, clientName: string): Promise<string>;

  /**
   * Adds what was said since to a thread that {@linkcode keep} made.
   *
   * @returns false if there is nothing to add, or it is no longer the same
   * conversation.
   * @throws {Error} if it can't be written.
   */
  extend(threadId: string, session: ForeignSession): Promise<boolean>;
}
