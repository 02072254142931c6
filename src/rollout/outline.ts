/** A turn in an {@linkcode Outline}. */
export interface OutlinedTurn {
  /** Its id. */
  readonly id: string;
  /** Number of the record that it begins with. */
  readonly started: number;
  /** Number of the record that says how it ended; null if none does. */
  readonly ended: number | null;
}

/** An item in an {@linkcode Outline}. */
export interface OutlinedItem {
  /** For `StoredThread.readItemsAt`. */
  readonly index: number;
  /** Its turn. */
  readonly turnId: string;
  /** Number of its record. */
  readonly ordinal: number;
  /**
   * Whether it is a message that was accepted and no item as yet: once it is
   * one, that stands in its place, with another number.
   */
  readonly isPending: boolean;
}

/**
 * What stands where in a history, by the numbers of records: they grow from one
 * record to the next, and never change.
 */
export interface Outline {
  /** Oldest first. */
  readonly turns: readonly OutlinedTurn[];
  /** In the order in which they were complete. */
  readonly items: readonly OutlinedItem[];
}
