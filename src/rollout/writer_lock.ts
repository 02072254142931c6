import { findLockOwner } from "./_find_lock_owner.ts";
import { toWords } from "./_to_words.ts";
import { RolloutError, ThreadLockedError } from "./rollout_error.ts";

const DIRECTORY = "thread-writer-locks";
const COORDINATION = ".coordination.lock";
const COORDINATION_TIMEOUT_MS = 5_000;
const FIRST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 50;

/**
 * The right to write to a thread, one for all processes of a home. It is an
 * flock(2) on an empty file per thread, so the kernel takes it back when its
 * owner dies. A second lock keeps a file from being removed between another's
 * opening it and locking it.
 *
 * @example
 * ```ts
 * import { WriterLock } from "./mod.ts";
 * const home = await Deno.makeTempDir();
 * {
 *   await using lock = await WriterLock.acquire(home, "01a1feef-2dbe-7b22-a317-e61651d2905d");
 *   lock.threadId;
 * }
 * await Deno.remove(home, { recursive: true });
 * ```
 */
export class WriterLock implements AsyncDisposable {
  /** The thread. */
  readonly threadId: string;
  readonly #directory: string;
  #file: Deno.FsFile | undefined;

  private constructor(
    threadId: string,
    directory: string,
    file: Deno.FsFile,
  ) {
    this.threadId = threadId;
    this.#directory = directory;
    this.#file = file;
  }

  /**
   * Takes it, or says who has it; waits for nobody but those who are just
   * taking or returning one.
   *
   * @throws {ThreadLockedError} if somebody has it, this process included.
   * @throws {RolloutError} if the lock files can't be had.
   */
  static async acquire(
    home: string,
    threadId: string,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<WriterLock> {
    const directory = `${home}/${DIRECTORY}`;
    await Deno.mkdir(directory, { recursive: true }).catch(refuse);
    using _coordination = await coordinate(directory, signal);
    const path = toLockPath(directory, threadId);
    const file = await openLock(path);
    if (await file.tryLock(true)) {
      return new WriterLock(threadId, directory, file);
    }
    file.close();
    throw new ThreadLockedError(threadId, await findLockOwner(path));
  }

  /** Gives it back and removes its file. Does nothing the second time. */
  async [Symbol.asyncDispose](): Promise<void> {
    const file = this.#file;
    if (!file) return;
    this.#file = undefined;
    using _held = file;
    try {
      using _coordination = await coordinate(this.#directory);
      await Deno.remove(toLockPath(this.#directory, this.threadId));
    } catch {
      // An empty file that stays behind locks nobody out.
    }
  }
}

function toLockPath(directory: string, threadId: string): string {
  return `${directory}/${threadId}.lock`;
}

function openLock(path: string): Promise<Deno.FsFile> {
  return Deno.open(path, { create: true, read: true, write: true })
    .catch(refuse);
}

function refuse(cause: unknown): never {
  throw new RolloutError(
    `The thread's writer lock can't be taken: ${toWords(cause)}`,
    { cause },
  );
}

async function coordinate(
  directory: string,
  signal?: AbortSignal,
): Promise<Deno.FsFile> {
  const file = await openLock(`${directory}/${COORDINATION}`);
  try {
    const end = performance.now() + COORDINATION_TIMEOUT_MS;
    for (
      let waitMs = FIRST_WAIT_MS;
      !await file.tryLock(true);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
    ) {
      signal?.throwIfAborted();
      if (performance.now() > end) {
        throw new RolloutError(
          "Another process keeps the writer locks busy; it may be suspended",
        );
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}
