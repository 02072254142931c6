import { Rollout, ThreadLockedError, WriterLock } from "../rollout/mod.ts";
import { type Located, openHistory } from "./_located.ts";
import type { Threads } from "./threads.ts";

/**
 * Repeats the metadata of a thread in its file, with something else in it, for
 * those who read the file and not the catalog. Left out while there is no file,
 * or another process writes to it: the catalog has it in any case.
 */
export async function appendMeta(
  threads: Threads,
  located: Located,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const history = await openHistory(threads, located);
  if (history === undefined) return;
  const payload = { ...history.meta, ...changes };
  const record = { type: "session_meta" as const, payload };
  if (located.thread !== undefined) {
    located.thread.journal.append([record]);
    return;
  }
  if (!history.path.endsWith(".jsonl")) return; // compressed: nobody adds to it
  try {
    await using _lock = await WriterLock.acquire(threads.home, located.id);
    await using rollout = await Rollout.open(history.path, {
      log: threads.log,
    });
    rollout.append(record);
  } catch (error) {
    if (!(error instanceof ThreadLockedError)) throw error;
  }
}
