import { listRollouts } from "./find_rollout.ts";
import { readHeadLine } from "./_read_head_line.ts";

/** A thread whose history goes on from that of another. */
export interface FoundFork {
  /** The fork. */
  readonly threadId: string;
  /** Whether it hangs on the other. */
  readonly isAttached: boolean;
}

/**
 * Threads whose history goes on from that of a thread: it can't be removed
 * without theirs. Looks at the first line of every rollout of the home, which is
 * what a removal costs: the catalog may not know yet of a fork that another
 * program has made, and a history that is gone can't be found again.
 */
export async function findForks(
  home: string,
  threadId: string,
): Promise<FoundFork[]> {
  const bases = new Map<string, Map<string, FoundFork>>();
  const segments = new Set<string>();
  for (const archived of [false, true]) {
    for await (const found of listRollouts(home, { archived })) {
      if (found.threadId === threadId) {
        segments.add(found.segmentId);
        continue;
      }
      const meta = await readHeadLine(found.path);
      if (!meta?.history_base) continue;
      const { thread_id } = meta.history_base;
      const forks = bases.get(thread_id) ?? new Map();
      forks.set(found.threadId, {
        threadId: found.threadId,
        isAttached: meta.attached_thread === true &&
          meta.forked_from_id === threadId,
      });
      bases.set(thread_id, forks);
    }
  }
  return [...segments].flatMap((
    segment,
  ) => [...bases.get(segment)?.values() ?? []]);
}
