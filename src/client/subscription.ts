import type { NotificationName, ServerNotifications } from "../protocol/mod.ts";

/** A notification as it is handed out: its name and what it says. */
export type NotificationOf<N extends NotificationName> = {
  [K in N]: {
    /** Name of the notification. */
    readonly method: K;
    /** What it says. */
    readonly params: ServerNotifications[K];
  };
}[N];

/**
 * A consumer of notifications did not keep up: more of them waited than it was
 * made for. What had been queued is delivered first, what came after is lost.
 */
export class NotificationOverflowError extends Error {
  /** Name of the class. */
  override name = "NotificationOverflowError";
  /** Number of notifications that could wait. */
  readonly limit: number;

  /** Makes the error for a limit. */
  constructor(limit: number) {
    super(
      `Notifications came faster than they were read: ${limit} were waiting`,
    );
    this.limit = limit;
  }
}

/**
 * One consumer's notifications, from the moment it was made. Leaving the loop
 * (`break`, `return`) or disposing it ends it.
 *
 * At most so many notifications wait as it was made for; then it is cut off:
 * the loop gets those that waited and then a
 * {@linkcode NotificationOverflowError}. Nobody else is slowed by it: reading
 * on is what lets replies and other consumers through. One that was made with
 * `whenFull: "pause"` is never cut off, and holds up the connection instead.
 */
export interface Subscription<T> extends AsyncIterableIterator<T>, Disposable {
  /** The next notification; throws once where the subscription was cut. */
  next(): Promise<IteratorResult<T>>;
  /** Ends the subscription and forgets what waits. */
  return(): Promise<IteratorResult<T>>;
  /** Itself. */
  [Symbol.asyncIterator](): this;
}
