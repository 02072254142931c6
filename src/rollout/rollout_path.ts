/** What the name of a rollout says. */
export interface RolloutName {
  /** The thread. */
  readonly threadId: string;
  /**
   * What stands for this file in a history base: the thread's id, or an id of
   * its own for what goes on after a revert.
   */
  readonly segmentId: string;
  /** When the thread was made, `YYYY-MM-DDTHH-MM-SS`, local time. */
  readonly time: string;
}

const NAME =
  /^rollout-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d)-([0-9a-f-]{36})(?:_([0-9a-f-]{36}))?\.jsonl(?:\.zst)?$/;

/** Directory of the rollouts in a home; archived ones lie flat in the other. */
export function toSessionsDirectory(
  home: string,
  { archived = false }: { readonly archived?: boolean } = {},
): string {
  return `${home}/${archived ? "archived_sessions" : "sessions"}`;
}

/**
 * Where the rollout of a new thread belongs: a directory per day, by the local
 * time of the host.
 *
 * @example
 * ```ts
 * import { toRolloutPath } from "./mod.ts";
 * const path = toRolloutPath("/home/me/.codex", "U", new Date(2026, 0, 2, 3, 4, 5));
 * if (
 *   path !==
 *     "/home/me/.codex/sessions/2026/01/02/rollout-2026-01-02T03-04-05-U.jsonl"
 * ) throw new Error(path);
 * ```
 */
export function toRolloutPath(
  home: string,
  threadId: string,
  at: Date,
  { segmentId = threadId }: { readonly segmentId?: string } = {},
): string {
  const two = (value: number): string => `${value}`.padStart(2, "0");
  const year = `${at.getFullYear()}`.padStart(4, "0");
  const month = two(at.getMonth() + 1);
  const day = two(at.getDate());
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two);
  const tail = segmentId === threadId ? "" : `_${segmentId}`;
  const name = `rollout-${year}-${month}-${day}T${clock.join("-")}-${threadId}`;
  return `${
    toSessionsDirectory(home)
  }/${year}/${month}/${day}/${name}${tail}.jsonl`;
}

/** Where a thread's next file belongs: beside the one before, with its time. */
export function toSegmentPath(path: string, segmentId: string): string {
  const at = path.lastIndexOf("/") + 1;
  const name = parseRolloutName(path);
  if (!name) throw new TypeError(`"${path}" is not the name of a rollout`);
  return `${
    path.slice(0, at)
  }rollout-${name.time}-${name.threadId}_${segmentId}.jsonl`;
}

/** Takes the name of a rollout apart; undefined for that of another file. */
export function parseRolloutName(path: string): RolloutName | undefined {
  const match = NAME.exec(path.slice(path.lastIndexOf("/") + 1));
  const [, time, threadId, segmentId] = match ?? [];
  if (time === undefined || threadId === undefined) return undefined;
  return { threadId, segmentId: segmentId ?? threadId, time };
}
