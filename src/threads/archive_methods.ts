import { RpcError, toThreadId } from "../protocol/mod.ts";
import {
  archiveRollout,
  deleteRollout,
  findForks,
  type FoundFork,
  ReferencedError,
  unarchiveRollout,
} from "../rollout/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import { acquire } from "./resume_thread.ts";
import { tell } from "./tell_change.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

/** `thread/*`: what puts threads away, takes them back and deletes them. */
export const archiveHandlers: Handlers<
  Threads,
  "thread/archive" | "thread/unarchive" | "thread/delete"
> = {
  async "thread/archive"(threads, { threadId }, { afterReply }) {
    const id = toThreadId(threadId, "session id");
    const thread = threads.find(id);
    // Whoever is refused must not have lost a thread for that.
    if (thread?.view.ephemeral === true) {
      throw RpcError.invalidRequest(`no rollout found for thread id ${id}`);
    }
    await closeThread(threads, thread);
    const path = await withLock(
      threads,
      id,
      () => archiveRollout(threads.home, id),
    );
    if (path === undefined && thread === undefined) {
      throw RpcError.invalidRequest(`no rollout found for thread id ${id}`);
    }
    if (path !== undefined) {
      (await threads.catalog()).threads.setArchived(id, true, path);
    }
    afterReply(() => tell(threads, "thread/archived", { threadId: id }));
    return {};
  },
  async "thread/unarchive"(threads, { threadId }, { afterReply }) {
    const id = toThreadId(threadId, "session id");
    const path = await withLock(
      threads,
      id,
      () => unarchiveRollout(threads.home, id),
    );
    if (path === undefined) {
      throw RpcError.invalidRequest(
        `no archived rollout found for thread id ${id}`,
      );
    }
    const { threads: index } = await threads.catalog();
    index.setArchived(id, false, path);
    afterReply(() => tell(threads, "thread/unarchived", { threadId: id }));
    return { thread: await threads.readView(id) };
  },
  async "thread/delete"(threads, { threadId }, { afterReply }) {
    const id = toThreadId(threadId);
    const thread = threads.find(id);
    if (thread?.view.ephemeral === true) {
      throw RpcError.invalidRequest(
        `thread is not persisted and cannot be deleted: ${id}`,
      );
    }
    // Whoever is refused must not have ended a turn for that.
    if (thread !== undefined) {
      refuseReferenced(id, await findForks(threads.home, id));
    }
    await closeThread(threads, thread);
    const wasThere = await withLock(threads, id, async () => {
      try {
        return await deleteRollout(threads.home, id);
      } catch (error) {
        if (!(error instanceof ReferencedError)) throw error;
        throw RpcError.invalidRequest(error.message);
      }
    });
    (await threads.catalog()).threads.remove(id);
    // One that nobody has said anything to has no file yet.
    if (!wasThere && thread === undefined) {
      throw RpcError.invalidRequest(`no rollout found for thread id ${id}`);
    }
    afterReply(() => tell(threads, "thread/deleted", { threadId: id }));
    return {};
  },
};

/** @throws {RpcError} if forks go on from a thread. */
function refuseReferenced(id: string, forks: readonly FoundFork[]): void {
  if (forks.length === 0) return;
  throw RpcError.invalidRequest(new ReferencedError(id, forks).message);
}

async function closeThread(
  threads: Threads,
  thread: Thread | undefined,
): Promise<void> {
  if (thread === undefined) return;
  const { threadId } = thread;
  await threads.unload(thread);
  tell(threads, "thread/status/changed", {
    threadId,
    status: { type: "notLoaded" },
  });
}

/** Does what nobody else may do with a thread's files meanwhile. */
async function withLock<T>(
  threads: Threads,
  id: string,
  work: () => Promise<T>,
): Promise<T> {
  await threads.closed(id);
  await using _lock = await acquire(threads.home, id);
  return await work();
}
