import { RpcError } from "../protocol/mod.ts";

/** A place in a sorted list of threads. */
export interface ThreadPlace {
  /** Milliseconds since 1970, or the place in a section. */
  readonly value: number;
  /** Thread at which it is; undefined for the edge of that instant. */
  readonly id: string | undefined;
  /** Whether the thread itself comes first. */
  readonly inclusive: boolean;
  /** Whether the text says whole seconds only. */
  readonly wholeSeconds: boolean;
}

const TIME =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:Z|[+-]\d\d:\d\d)$/;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Writes the place behind a thread, or with `inclusive` the one before it:
 * `2026-11-21T16:25:28.225Z|<thread id>`, and `|=` for the latter. Places in a
 * section are numbers instead of times.
 */
export function encodeThreadCursor(
  place: { value: number; id: string; inclusive: boolean; isTime: boolean },
): string {
  const value = place.isTime
    ? new Date(place.value).toISOString()
    : String(place.value);
  return `${value}|${place.id}${place.inclusive ? "|=" : ""}`;
}

/**
 * Reads a place. Those of the reference are places, too: an instant with or
 * without an id.
 *
 * @throws {RpcError} if it is none.
 */
export function decodeThreadCursor(
  cursor: string,
  isTime: boolean,
): ThreadPlace {
  const parts = cursor.split("|");
  const [text = "", id, mark] = parts;
  const value = isTime ? toMs(text) : /^\d{1,15}$/.test(text) ? +text : NaN;
  const fits = !Number.isNaN(value) && parts.length <= 3 &&
    (id === undefined ? isTime : ID.test(id)) &&
    (mark === undefined || mark === "=");
  if (!fits) throw RpcError.invalidRequest(`invalid cursor: ${cursor}`);
  return {
    value,
    id: id?.toLowerCase(),
    inclusive: mark === "=",
    wholeSeconds: isTime && !text.includes("."),
  };
}

function toMs(text: string): number {
  return TIME.test(text) ? Date.parse(text) : NaN;
}
