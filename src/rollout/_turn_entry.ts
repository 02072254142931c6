import type { Turn } from "../protocol/mod.ts";
import type { Place } from "./_places.ts";
import type { Head } from "./_sniff.ts";
import { decodeError } from "./_stored_error.ts";
import type { OpenPayload } from "./record.ts";

/** Where figures of what a thread took stand, and in which turn. */
export interface UsagePlace {
  readonly place: Place;
  /** Undefined if they stand before all turns. */
  readonly turnId: string | undefined;
}

/** A turn without its items. */
export interface TurnEntry {
  readonly id: string;
  rootTurnId: string | null;
  startedAt: number | null;
  completedAt: number | null;
  durationMs: number | null;
  status: Turn["status"] | "open";
  error: Turn["error"];
  /** Its first line. */
  readonly place: Place;
  /** Number of that line, if lines have numbers. */
  readonly ordinal: number | undefined;
  /** Number of that line, counted where lines have none. */
  readonly started: number;
  /** Number of the line that says that it ended; null without one. */
  ended: number | null;
  /** Which of the thread's items are in it. */
  readonly items: number[];
  /** Which of them are messages that were accepted, and no item as yet. */
  readonly accepted: number[];
  /** Length of the conversation before it. */
  readonly conversationStart: number;
  /** Last context of the thread before it. */
  readonly contextBefore: Place | undefined;
  /** Last figures before it. */
  readonly usageBefore: UsagePlace | undefined;
  /** Whether a line says that it began. */
  isMarked: boolean;
  /** Whether its items stand in `item_completed`. */
  hasCompletedItems: boolean;
}

/** Where a turn begins. */
export type TurnBeginning = Pick<
  TurnEntry,
  "place" | "started" | "conversationStart" | "contextBefore" | "usageBefore"
>;

/** A turn of which one line is known, whatever that says. */
export function createEntry(
  id: string,
  { ordinal, timestamp }: Head,
  beginning: TurnBeginning,
): TurnEntry {
  return {
    id,
    rootTurnId: null,
    startedAt: toSeconds(timestamp),
    completedAt: null,
    durationMs: null,
    status: "open",
    error: null,
    ordinal,
    ended: null,
    items: [],
    accepted: [],
    isMarked: false,
    hasCompletedItems: false,
    ...beginning,
  };
}

/** Takes in the line that says that a turn began. */
export function noteStart(
  entry: TurnEntry,
  payload: OpenPayload,
  timestamp: string,
): void {
  const root = payload["root_turn_id"];
  entry.isMarked = true;
  entry.rootTurnId = root === undefined ? entry.id : toStringOrNull(root);
  entry.startedAt = toNumberOrNull(payload["started_at"]) ??
    toSeconds(timestamp);
}

/** Takes in the line that says how it ended. */
export function noteEnd(
  entry: TurnEntry,
  payload: OpenPayload,
  { status, ordinal }: {
    readonly status: "completed" | "interrupted";
    readonly ordinal: number;
  },
): void {
  entry.ended = ordinal;
  entry.error = decodeError(payload["error"]);
  entry.status = entry.error && status === "completed" ? "failed" : status;
  entry.completedAt = toNumberOrNull(payload["completed_at"]);
  entry.durationMs = toNumberOrNull(payload["duration_ms"]);
}

function toSeconds(timestamp: string): number | null {
  const ms = Date.parse(timestamp);
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}

function toNumberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function toStringOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
