import type {
  NotificationName,
  ServerMethodName,
  ServerNotifications,
  ServerRequests,
  ThreadItem,
} from "../protocol/mod.ts";
import type { RolloutRecord } from "../rollout/mod.ts";

/** What a thread waits for while somebody is asked. */
export type WaitingOn = "waitingOnApproval" | "waitingOnUserInput";

/** How somebody is asked. */
export interface AskOptions {
  /** Takes the question back: `serverRequest/resolved` goes out. */
  readonly signal: AbortSignal;
  /**
   * Item that begins with the question: told as started once the thread's
   * status says what is waited for, right before the question itself.
   */
  readonly item?: ThreadItem;
  /** Stands among the flags of the thread's status meanwhile. */
  readonly waitingOn?: WaitingOn;
  /** Whether subscribers hear `serverRequest/resolved`. Default: they do. */
  readonly isSilent?: boolean;
}

/**
 * What a turn is played on: its thread, as far as a turn may touch it. All of
 * it happens in the order of the calls, for every subscriber the same: what is
 * to be stored is written before anybody is told.
 */
export interface Stage {
  /** The thread. */
  readonly threadId: string;
  /** The turn. */
  readonly turnId: string;
  /** Tells that an item begins; stamps and sends `item/started`. */
  started(item: ThreadItem): void;
  /**
   * Stores an item as it ended, then tells `item/completed`. One that was never
   * started is told as started first.
   *
   * @throws {StorageError} if it can't be stored.
   */
  completed(item: ThreadItem): void;
  /** Tells the subscribers what is not stored, such as a delta. */
  tell<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N],
  ): void;
  /**
   * Stores what belongs to the thread's history, and tells nobody.
   *
   * @throws {StorageError} if it can't be stored.
   */
  record(...records: RolloutRecord[]): void;
  /**
   * Asks whoever is subscribed, now or later; the first answer counts. Waits as
   * long as it takes, clients or not.
   *
   * @throws {RpcError} what a client answered in place of a result, or that its
   * result can't be read.
   * @throws {unknown} the signal's reason.
   */
  ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    options: AskOptions,
  ): Promise<ServerRequests[M]["result"]>;
}

/** A thread's history can't be written. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}
