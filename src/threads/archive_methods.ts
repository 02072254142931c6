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
    const { threads: index } = await threads.catalog();
    if (path !== undefined) index.setArchived(id, true, path);
    const moved = await forAgents(
      threads,
      index.descendants(id).toReversed(),
      async (agent) => {
        const path = await archiveRollout(threads.home, agent);
        if (path !== undefined) index.setArchived(agent, true, path);
        return path !== undefined;
      },
    );
    afterReply(() => {
      for (const threadId of [id, ...moved]) {
        tell(threads, "thread/archived", { threadId });
      }
    });
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
    const moved = await forAgents(
      threads,
      index.descendants(id),
      async (agent) => {
        const path = await unarchiveRollout(threads.home, agent);
        if (path !== undefined) index.setArchived(agent, false, path);
        return path !== undefined;
      },
    );
    afterReply(() => {
      for (const threadId of [id, ...moved]) {
        tell(threads, "thread/unarchived", { threadId });
      }
    });
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
    const { threads: index } = await threads.catalog();
    const agents = index.descendants(id).toReversed();
    index.remove(id);
    // One that nobody has said anything to has no file yet.
    if (!wasThere && thread === undefined) {
      throw RpcError.invalidRequest(`no rollout found for thread id ${id}`);
    }
    const removed = await forAgents(threads, agents, async (agent) => {
      const wasThere = await deleteRollout(threads.home, agent);
      index.remove(agent);
      return wasThere;
    });
    afterReply(() => {
      for (const threadId of [...removed, id]) {
        tell(threads, "thread/deleted", { threadId });
      }
    });
    return {};
  },
};

/**
 * Does with agents what was done with the thread above them. What can't be done
 * with one of them, because another process writes to it or a fork goes on from
 * it, is no reason to leave the others.
 *
 * @returns Those that something came of.
 */
async function forAgents(
  threads: Threads,
  agents: readonly string[],
  work: (id: string) => Promise<boolean>,
): Promise<string[]> {
  const done: string[] = [];
  for (const id of agents) {
    try {
      const thread = threads.find(id);
      if (thread !== undefined) await closeThread(threads, thread);
      if (await withLock(threads, id, () => work(id))) done.push(id);
    } catch (error) {
      threads.log.warn("an agent is left where it is", {
        threadId: id,
        error: String(error),
      });
    }
  }
  return done;
}

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
  await threads.unload(thread, () => threads.notices.tellUnloaded(threadId));
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
