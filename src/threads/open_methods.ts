import type { Catalog } from "../catalog/mod.ts";
import {
  Announcement,
  RpcError,
  type ThreadResumeParams,
  type ThreadResumeResponse,
  toThreadId,
} from "../protocol/mod.ts";
import {
  archiveRollout,
  deleteRollout,
  findForks,
  ReferencedError,
  unarchiveRollout,
} from "../rollout/mod.ts";
import type { Context, Handlers } from "../rpc/mod.ts";
import { readHistoryEnds } from "./_history_ends.ts";
import { readPageOfTurns } from "./_page_of_turns.ts";
import { toOpenResponse } from "./_to_open_response.ts";
import type { Attendance } from "./attendance.ts";
import { forkThread } from "./fork_thread.ts";
import { acquire, findStored, loadStored } from "./resume_thread.ts";
import { startThread } from "./start_thread.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

/** `thread/*`: what opens threads, puts them away and takes them back. */
export const openHandlers: Handlers<
  Threads,
  | "thread/start"
  | "thread/resume"
  | "thread/fork"
  | "thread/unsubscribe"
  | "thread/archive"
  | "thread/unarchive"
  | "thread/delete"
  | "thread/loaded/list"
> = {
  async "thread/start"(threads, params, context) {
    const attendance = attend(threads, context);
    const thread = await startThread(threads, params, context.client);
    // Whoever starts it hears how its tools come up.
    thread.followers.join(attendance);
    await threads.equip(thread);
    const response = await toOpenResponse(thread);
    threads.tellWarnings(thread);
    follow(thread, attendance, context, () => {
      threads.tellStarted(thread);
      threads.tellFallbacks(thread);
    });
    return { ...response, ...replayState(thread, context) };
  },
  async "thread/resume"(threads, params, context) {
    const attendance = attend(threads, context);
    checkIsStored(threads, params);
    const { thread, wasLoaded } = await openThread(threads, params, context);
    const sources = await toOpenResponse(thread);
    const catalog = await threads.catalog();
    await threads.agenda(thread)?.ready();
    const located = { id: thread.threadId, catalog, thread, row: undefined };
    const ends = await readHistoryEnds(threads, located);
    const turns = params.excludeTurns === true ? [] : await thread.readTurns();
    const page = params.initialTurnsPage == null ? null : await readPageOfTurns(
      threads,
      located,
      { ...params.initialTurnsPage, threadId: thread.threadId },
      (range) => thread.readTurns(range),
    );
    // From here to the end in one go: what is shown is what follows goes on from.
    const missed = toMissed(thread, params);
    const response: ThreadResumeResponse = {
      ...sources,
      ...replayState(thread, context, missed),
      thread: { ...thread.view, turns },
      collaborationMode: thread.settings.collaborationMode,
      initialTurnsPage: page,
      ...ends,
    };
    follow(thread, attendance, context, () => {
      for (const one of missed ?? []) attendance.attendee.announce(one);
    }, () => {
      threads.tellFallbacks(thread);
      if (params.excludeTurns !== true || !wasLoaded) {
        tellUsage(thread, attendance);
      }
      tellGoal(thread, catalog.goals, attendance);
      thread.followers.repeatQuestions(attendance);
      threads.agenda(thread)?.proceed();
    });
    return response;
  },
  async "thread/fork"(threads, params, context) {
    const attendance = attend(threads, context);
    const { thread, turns } = await forkThread(threads, params, context.client);
    if (params.excludeTurns !== true) {
      tellDeprecated(context, "use `excludeTurns: true`, then");
    }
    await threads.equip(thread);
    const response = await toOpenResponse(thread);
    follow(thread, attendance, context, () => {
      if (params.excludeTurns !== true) tellUsage(thread, attendance);
      threads.tellStarted(thread);
      threads.tellFallbacks(thread);
    });
    return {
      ...response,
      ...replayState(thread, context),
      thread: { ...thread.view, turns: params.excludeTurns ? [] : turns },
    };
  },
  "thread/unsubscribe"(threads, { threadId }, context) {
    const thread = threads.find(threadId);
    if (thread === undefined) return { status: "notLoaded" };
    const wasThere = thread.followers.leave(attend(threads, context));
    return { status: wasThere ? "unsubscribed" : "notSubscribed" };
  },
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
    afterReply(() =>
      threads.announce(announce("thread/archived", { threadId: id }))
    );
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
    afterReply(() =>
      threads.announce(announce("thread/unarchived", { threadId: id }))
    );
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
    if (!wasThere) {
      throw RpcError.invalidRequest(`no rollout found for thread id ${id}`);
    }
    afterReply(() =>
      threads.announce(announce("thread/deleted", { threadId: id }))
    );
    return {};
  },
  "thread/loaded/list"(threads, { cursor, limit }) {
    const ids = threads.loaded.sort();
    if (cursor != null) checkCursor(cursor);
    const from = cursor == null ? 0 : ids.findIndex((id) => id > cursor);
    const rest = from < 0 ? [] : ids.slice(from);
    // A wish for none gets one, as clients know it.
    const data = rest.slice(0, Math.max(limit ?? rest.length, 1));
    const hasMore = data.length < rest.length;
    return { data, nextCursor: hasMore ? data.at(-1) ?? null : null };
  },
};

/** @throws {RpcError} if it is no place in a list of threads. */
function checkCursor(cursor: string): void {
  try {
    toThreadId(cursor);
  } catch {
    throw RpcError.invalidRequest(`invalid cursor: ${cursor}`);
  }
}

/** The attendance of the connection that asks. */
export function attend(threads: Threads, { session }: Context): Attendance {
  return session(threads.createAttendance);
}

/** The thread, loaded if it was not. */
async function openThread(
  threads: Threads,
  params: ThreadResumeParams,
  context: Context,
): Promise<{ readonly thread: Thread; readonly wasLoaded: boolean }> {
  const { client, notify } = context;
  const discourage = () => {
    if (params.excludeTurns === true) return;
    tellDeprecated(context, "use `excludeTurns: true`, then");
  };
  const hasPath = params.path != null && params.path !== "";
  const loaded = hasPath ? undefined : threads.find(
    toThreadId(params.threadId, "session id"),
  );
  if (loaded !== undefined) {
    discourage();
    return { thread: loaded, wasLoaded: true };
  }
  const found = await findStored(threads, params, "write");
  let wasLoaded = true;
  const thread = await threads.open(found.id, async () => {
    wasLoaded = false;
    const thread = await threads.equip(
      await loadStored(threads, found, params, {
        name: client.name,
        warn: (message) => notify("warning", { threadId: found.id, message }),
      }),
    );
    discourage();
    thread.proclaim("thread/status/changed", {
      threadId: thread.threadId,
      status: thread.view.status,
    });
    return thread;
  });
  if (wasLoaded) discourage();
  return { thread, wasLoaded };
}

/**
 * Lets a connection follow a thread, from right behind the reply on.
 *
 * @param steps What comes right behind the reply: the first of two before what
 * happened meanwhile, the last after it.
 */
function follow(
  thread: Thread,
  attendance: Attendance,
  { afterReply }: Context,
  ...steps: [last: () => void] | [first: () => void, last: () => void]
): void {
  const [last, first = () => {}] = steps.toReversed() as [
    () => void,
    (() => void)?,
  ];
  thread.followers.join(attendance);
  attendance.hold(thread.followers);
  afterReply(() => {
    first();
    attendance.release(thread.followers);
    last();
    thread.external.start();
  });
}

/** What a client missed; undefined if that is not known any more. */
function toMissed(
  { followers: { epoch, replay } }: Thread,
  { replaySince }: ThreadResumeParams,
): Announcement[] | undefined {
  if (replaySince == null || replaySince.epoch !== epoch) return undefined;
  return replay.since(replaySince.seq);
}

/** Where a thread stands, for clients that can catch up. */
function replayState(
  { followers: { epoch, replay } }: Thread,
  { client }: Context,
  missed?: readonly Announcement[],
): Pick<ThreadResumeResponse, "replay"> {
  if (client.gangway === undefined) return {};
  const replayed = missed?.length ?? null;
  return { replay: { epoch, seq: replay.last, replayed } };
}

/** Tells one who joins which goal the thread has, or that it has none. */
function tellGoal(
  { threadId, view }: Thread,
  goals: Catalog["goals"],
  { attendee }: Attendance,
): void {
  const { goal } = view.ephemeral ? { goal: null } : goals.get({ threadId });
  attendee.announce(
    goal === null
      ? announce("thread/goal/cleared", { threadId })
      : announce("thread/goal/updated", { threadId, turnId: null, goal }),
  );
}

function tellUsage({ agent, threadId }: Thread, to: Attendance) {
  const { usage: tokenUsage, usageTurnId: turnId = "" } = agent;
  if (tokenUsage === null) return;
  to.attendee.announce(announce("thread/tokenUsage/updated", {
    threadId,
    turnId,
    tokenUsage,
  }));
}

/** A loaded thread; whoever names a file may leave the id open. */
function findLoaded(threads: Threads, threadId: string): Thread | undefined {
  try {
    return threads.find(threadId);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return undefined;
  }
}

/**
 * A thread goes on from what is stored of it, and nothing else.
 *
 * @throws {RpcError} if a client brings a past of its own, or names another
 * file than that of a thread that is loaded.
 */
function checkIsStored(
  threads: Threads,
  { threadId, history, path }: ThreadResumeParams,
): void {
  if (history == null && !path) return;
  const thread = findLoaded(threads, threadId);
  if (history?.length === 0) {
    throw RpcError.invalidRequest("history must not be empty");
  }
  if (history != null) {
    throw RpcError.invalidRequest(
      thread === undefined
        ? "history is not supported by this server: start a thread, and add " +
          "to it with thread/inject_items"
        : `cannot resume thread ${threadId} with history while it is already ` +
          "running",
    );
  }
  const active = thread?.view.path;
  if (!path || active == null) return;
  if (threads.paths.resolveRollout(path) === active) return;
  throw RpcError.invalidRequest(
    `cannot resume running thread ${threadId} with stale path: requested ` +
      `\`${path}\`, active \`${active}\``,
  );
}

function tellDeprecated({ notify }: Context, advice: string): void {
  notify("deprecationNotice", {
    summary: "Full-history hydration is deprecated for paginated threads; " +
      `${advice} page with \`thread/turns/list\` and \`thread/items/list\`.`,
    details: null,
  });
}

/** @throws {RpcError} if forks go on from a thread. */
function refuseReferenced(id: string, forks: readonly string[]): void {
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
  threads.announce(announce("thread/status/changed", {
    threadId,
    status: { type: "notLoaded" },
  }));
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

function announce<N extends Announcement["method"]>(
  method: N,
  params: Announcement<N>["params"],
): Announcement {
  return new Announcement(method, params) as unknown as Announcement;
}
