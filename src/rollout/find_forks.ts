import { listRollouts } from "./find_rollout.ts";
import { readHeadLine } from "./_read_head_line.ts";

/**
 * Threads whose history goes on from that of a thread: it can't be removed
 * without theirs. Looks at the first line of every rollout of the home, which is
 * what a removal costs: the catalog may not know yet of a fork that another
 * program has made, and a history that is gone can't be found again.
 */
export async function findForks(
  home: string,
  threadId: string,
): Promise<string[]> {
  const bases = new Map<string, Set<string>>();
  const segments = new Set<string>();
  for (const archived of [false, true]) {
    for await (const found of listRollouts(home, { archived })) {
      if (found.threadId === threadId) {
        segments.add(found.segmentId);
        continue;
      }
      const base = (await readHeadLine(found.path))?.history_base;
      if (!base) continue;
      const forks = bases.get(base.thread_id) ?? new Set();
      bases.set(base.thread_id, forks.add(found.threadId));
    }
  }
  return [...segments].flatMap((segment) => [...bases.get(segment) ?? []]);
}
