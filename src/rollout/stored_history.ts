import type { ThreadItem, TurnItemsView } from "../protocol/mod.ts";
import type { OpenPayload } from "./record.ts";

/** Settings of `StoredThread.readTurns`. */
export interface ReadTurnsOptions {
  /** Index of the first, from the oldest. Default 0. */
  readonly from?: number;
  /** Index behind the last. Default: all. */
  readonly to?: number;
  /** Which items are wanted. Default `full`. */
  readonly itemsView?: TurnItemsView;
  /** Turn that is running: it has no end, and is not interrupted. */
  readonly liveTurnId?: string | null;
}

/** An item and whose it is. */
export interface ItemOfTurn {
  /** The turn. */
  readonly turnId: string;
  /** The item. */
  readonly item: ThreadItem;
}

/** What a thread is listed by that has no name. */
export interface StoredPreview {
  /** Empty if nothing was said, or no text. */
  readonly text: string;
  /** Whether the newest file says it; else what is said next takes its place. */
  readonly isOwn: boolean;
}

/** What a conversation took, as it stands in a rollout. */
export interface StoredUsage {
  /** The figures. */
  readonly info: OpenPayload;
  /** The turn that they were told in, if it was in one. */
  readonly turnId: string | undefined;
}

/** A turn that was cut off: its writer died before it could say how it ended. */
export interface CutTurn {
  /** The turn. */
  readonly turnId: string;
  /** Whether no line says that it ended. */
  readonly isOpen: boolean;
  /** What was accepted in it and never became an item. */
  readonly said: readonly ThreadItem[];
}
