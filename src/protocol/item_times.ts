/**
 * When an item began and when it was complete.
 *
 * @module
 */
import type { UnixMs } from "./scalar.ts";

/** What all items have. */
export interface ItemTimes {
  /** When it began, if that is on record. */
  startedAtMs?: UnixMs | null;
  /** When it was complete; null until then. */
  completedAtMs?: UnixMs | null;
}
