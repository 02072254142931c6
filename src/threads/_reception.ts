import type { Catalog } from "../catalog/mod.ts";
import {
  Announcement,
  type ThreadResumeParams,
  type ThreadResumeResponse,
} from "../protocol/mod.ts";
import type { Attendance } from "./attendance.ts";
import type { Thread } from "./thread.ts";

/** What somebody is told who begins to follow, right behind the reply. */
export interface Reception {
  /** Before what happened meanwhile. */
  readonly before?: () => void;
  /** After it. */
  readonly after: () => void;
}

/**
 * Lets a connection follow a thread, from right behind the reply on.
 *
 * @param afterReply Does work right behind it.
 */
export function receive(
  thread: Thread,
  attendance: Attendance,
  afterReply: (work: () => void) => void,
  { before, after }: Reception,
): void {
  thread.followers.join(attendance);
  attendance.hold(thread.followers);
  afterReply(() => {
    before?.();
    attendance.release(thread.followers);
    after();
    thread.external.start();
  });
}

/** What a client missed; undefined if that is not known any more. */
export function toMissed(
  { followers: { epoch, replay } }: Thread,
  { replaySince }: ThreadResumeParams,
): Announcement[] | undefined {
  if (replaySince == null || replaySince.epoch !== epoch) return undefined;
  return replay.since(replaySince.seq);
}

/** Where a thread stands, for clients that can catch up. */
export function toReplayState(
  { followers: { epoch, replay } }: Thread,
  client: { readonly gangway?: unknown },
  missed?: readonly Announcement[],
): Pick<ThreadResumeResponse, "replay"> {
  if (client.gangway === undefined) return {};
  const replayed = missed?.length ?? null;
  return { replay: { epoch, seq: replay.last, replayed } };
}

/** Tells all, when one joins, which goal the thread has, or that it has none. */
export function tellGoal(
  thread: Thread,
  goals: Catalog["goals"],
): void {
  const { threadId, view } = thread;
  const { goal } = view.ephemeral ? { goal: null } : goals.get({ threadId });
  if (goal === null) thread.proclaim("thread/goal/cleared", { threadId });
  else {
    thread.proclaim("thread/goal/updated", { threadId, turnId: null, goal });
  }
}

/**
 * Tells one who joins what the thread took, if that is a matter of its own
 * turns: one that hangs on another begins with what the other took.
 */
export function tellUsage(
  { agent, threadId, view, turn }: Thread,
  { attendee }: Attendance,
): void {
  const { usage: tokenUsage, usageTurnId } = agent;
  // What a first turn took so far has not been told of it yet.
  const turnId = usageTurnId ?? turn?.turnId ?? "";
  if (tokenUsage === null || view.attachedToThreadId !== null) return;
  attendee.announce(announce("thread/tokenUsage/updated", {
    threadId,
    turnId,
    tokenUsage,
  }));
}

function announce<N extends Announcement["method"]>(
  method: N,
  params: Announcement<N>["params"],
): Announcement {
  return new Announcement(method, params) as unknown as Announcement;
}
