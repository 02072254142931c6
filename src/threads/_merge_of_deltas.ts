import type {
  Merge,
  NotificationName,
  ServerNotifications,
} from "../protocol/mod.ts";

/** A reader that far behind gets deltas joined. */
const BEHIND_BYTES = 256 * 1024;

/** Joined up to here: it is put together anew with every delta that joins. */
const JOINED_LENGTH = 4096;

/** Notifications that tell what is added to an item. */
const deltas: ReadonlySet<NotificationName> = new Set<NotificationName>([
  "item/agentMessage/delta",
  "item/plan/delta",
  "item/reasoning/summaryTextDelta",
  "item/reasoning/textDelta",
  "item/commandExecution/outputDelta",
]);

/** What all of them have; the index only some. */
interface Delta {
  readonly itemId: string;
  readonly delta: string;
  readonly summaryIndex?: number;
  readonly contentIndex?: number;
}

/**
 * How deltas are joined for those who read slowly; nothing for notifications
 * that are no deltas. What is joined has the number of the later one, so only
 * neighbours are: numbers go up for everybody.
 */
export function toMerge<N extends NotificationName>(
  method: N,
  params: ServerNotifications[N],
): Merge<ServerNotifications[N]> | undefined {
  if (!deltas.has(method)) return undefined;
  const { itemId, summaryIndex, contentIndex } = params as unknown as Delta;
  const merge: Merge<Delta> = {
    key: `${method} ${itemId} ${summaryIndex ?? contentIndex ?? 0}`,
    isOrdered: true,
    behindBytes: BEHIND_BYTES,
    join,
  };
  return merge as unknown as Merge<ServerNotifications[N]>;
}

function join(earlier: Delta, later: Delta): Delta | undefined {
  if (earlier.delta.length + later.delta.length > JOINED_LENGTH) {
    return undefined;
  }
  return { ...later, delta: earlier.delta + later.delta };
}
