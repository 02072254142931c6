import type { FoundFork } from "./find_forks.ts";

/**
 * A rollout can't be written. What was there before is still whole, and a later
 * attempt may succeed.
 */
export class RolloutError extends Error {
  /** Name of the class. */
  override readonly name = "RolloutError";
}

/** Somebody else writes to the thread. */
export class ThreadLockedError extends Error {
  /** Name of the class. */
  override readonly name = "ThreadLockedError";
  /** The thread. */
  readonly threadId: string;
  /** The process that does, if the operating system says. */
  readonly ownerPid: number | undefined;

  /** Makes the message, too. */
  constructor(threadId: string, ownerPid: number | undefined) {
    // In these very words: there are clients that look for them.
    super(`thread ${threadId} already has an active writer`);
    this.threadId = threadId;
    this.ownerPid = ownerPid;
  }
}

/** Forks go on from a thread that is to be removed. */
export class ReferencedError extends Error {
  /** Name of the class. */
  override readonly name = "ReferencedError";
  /** The thread. */
  readonly threadId: string;
  /** The forks. */
  readonly forks: readonly FoundFork[];

  /** Makes the message, too. */
  constructor(threadId: string, forks: readonly FoundFork[]) {
    const attached = forks.find(({ isAttached }) => isAttached);
    // In the words of the reference, as above.
    super(
      attached !== undefined
        ? `cannot delete thread while attached thread ${attached.threadId} ` +
          "exists; delete the attached thread first"
        : `cannot delete thread ${threadId}: forked history still references it`,
    );
    this.threadId = threadId;
    this.forks = forks;
  }
}
