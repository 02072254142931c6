/** Something that was said elsewhere. */
export interface ImportedMessage {
  readonly from: "user" | "agent";
  readonly text: string;
  /** Unix milliseconds; null if nobody knows. */
  readonly atMs: number | null;
}

/** A conversation that was held elsewhere. */
export interface ImportedTalk {
  /** Where it was about. */
  readonly cwd: string;
  /** Name of the thread; null for none. */
  readonly name: string | null;
  /** In order; the first is the user's. */
  readonly messages: readonly ImportedMessage[];
}
