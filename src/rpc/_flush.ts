import type { Dispatch } from "./dispatch.ts";
import type { Outbox } from "./outbox.ts";
import type { ConnectionLimits } from "./switchboard.ts";

/** What is to be flushed, and for how long. */
export interface Flushing {
  readonly dispatch: Pick<Dispatch, "isIdle" | "lastReply">;
  readonly outbox: Pick<Outbox, "idle" | "isIdle" | "stalledMs">;
  /** Settles when the peer is gone. */
  readonly closed: Promise<unknown>;
  readonly limits: Pick<ConnectionLimits, "flushMs" | "stallMs">;
  /** Whether this side leaves the peer, and did not only hear its last word. */
  readonly isLeft: () => boolean;
  /** Resolves when it does. */
  readonly left: Promise<void>;
}

/**
 * Waits for the replies that are still to be made and written. A peer that only
 * stopped talking (stdio) is waited for as long as it goes on to take them; one
 * that this side leaves has a fixed time. Tells whether all were written.
 */
export async function flush(
  { dispatch, outbox, closed, limits, isLeft, left }: Flushing,
): Promise<boolean> {
  // Most often so; the first timer of a process takes the runtime 10 ms.
  if (dispatch.isIdle && outbox.isIdle) return true;
  const flushed = Promise.race([
    dispatch.lastReply().then(() => outbox.idle()),
    closed,
  ]);
  while (!isLeft()) {
    const leftMs = limits.stallMs - outbox.stalledMs;
    if (leftMs <= 0) return false;
    const isOver = await within(leftMs, Promise.race([flushed, left]));
    if (isOver && !isLeft()) return true;
  }
  return await within(limits.flushMs, flushed);
}

/** Waits for a promise, though not for ever. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), ms);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
