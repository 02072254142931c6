import type { Change } from "../catalog/mod.ts";
import {
  Announcement,
  type NotificationName,
  type ServerNotifications,
} from "../protocol/mod.ts";
import type { Household } from "./household.ts";

/** What concerns those alone who follow the thread. */
const forFollowers: ReadonlySet<NotificationName> = new Set([
  "thread/queue/changed",
  "thread/readState/changed",
]);

/** Tells what a change in the catalog calls for, and gives its result. */
export function tellChange<R>(
  threads: Household,
  { result, notifications }: Change<R>,
): R {
  for (const { method, params } of notifications) {
    tell(threads, method, params);
  }
  return result;
}

/**
 * Tells one thing. A thread that is loaded tells it itself, so that it has its
 * number among what happened there.
 */
export function tell<N extends NotificationName>(
  threads: Household,
  method: N,
  params: ServerNotifications[N],
): void {
  const { threadId } = params as { threadId?: string };
  const thread = threadId === undefined ? undefined : threads.find(threadId);
  if (forFollowers.has(method)) thread?.publish(method, params);
  else if (thread !== undefined) thread.proclaim(method, params);
  else {
    const announcement = new Announcement(method, params);
    threads.announce(announcement as unknown as Announcement);
  }
}
