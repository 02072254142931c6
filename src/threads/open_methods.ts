import {
  RpcError,
  type ThreadResumeParams,
  type ThreadResumeResponse,
  toThreadId,
} from "../protocol/mod.ts";
import type { Context, Handlers } from "../rpc/mod.ts";
import { readHistoryEnds } from "./_history_ends.ts";
import { readPageOfTurns } from "./_page_of_turns.ts";
import {
  receive,
  tellGoal,
  tellUsage,
  toMissed,
  toReplayState,
} from "./_reception.ts";
import { toOpenResponse } from "./_to_open_response.ts";
import type { Attendance } from "./attendance.ts";
import { findForkSource } from "./fork_source.ts";
import { forkThread } from "./fork_thread.ts";
import { findStored, loadStored } from "./resume_thread.ts";
import { startThread } from "./start_thread.ts";
import { tellChange } from "./tell_change.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

/** `thread/*`: what opens threads, and leaves them. */
export const openHandlers: Handlers<
  Threads,
  | "thread/start"
  | "thread/resume"
  | "thread/fork"
  | "thread/unsubscribe"
  | "thread/loaded/list"
> = {
  async "thread/start"(threads, params, context) {
    const attendance = attend(threads, context);
    const thread = await startThread(threads, params, context.client);
    // Whoever starts it hears how its tools come up.
    thread.followers.join(attendance);
    await threads.equip(thread);
    const response = await toOpenResponse(thread);
    threads.notices.tellWarnings(thread);
    receive(thread, attendance, context.afterReply, {
      after: () => {
        threads.notices.tellStarted(thread);
        thread.introduce();
      },
    });
    return { ...response, ...toReplayState(thread, context.client) };
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
      ...toReplayState(thread, context.client, missed),
      thread: { ...thread.view, turns },
      collaborationMode: thread.settings.collaborationMode,
      initialTurnsPage: page,
      ...ends,
    };
    receive(thread, attendance, context.afterReply, {
      before: () => {
        for (const one of missed ?? []) attendance.attendee.announce(one);
      },
      after: () => {
        if (params.excludeTurns !== true || !wasLoaded) {
          tellUsage(thread, attendance);
        }
        tellGoal(thread, catalog.goals);
        thread.followers.repeatQuestions(attendance);
        threads.agenda(thread)?.proceed();
      },
    });
    return response;
  },
  async "thread/fork"(threads, params, context) {
    const attendance = attend(threads, context);
    const source = await findForkSource(threads, params);
    const isPaginated = source.stored.meta.history_mode === "paginated";
    if (isPaginated && params.excludeTurns !== true) discourage(context);
    const { thread, turns } = await forkThread(
      threads,
      source,
      params,
      context.client,
    );
    thread.followers.join(attendance);
    await threads.equip(thread);
    await thread.introduce();
    const response = await toOpenResponse(thread);
    const { goals } = await threads.catalog();
    const goal = params.deferGoalContinuation
      ? goals.copy(source.id, thread.threadId)
      : undefined;
    receive(thread, attendance, context.afterReply, {
      after: () => {
        if (params.excludeTurns !== true) tellUsage(thread, attendance);
        // One that hangs on another is nobody's business but the client's.
        if (params.attachToSource !== true) threads.notices.tellStarted(thread);
        if (goal !== undefined) tellChange(threads, goal);
      },
    });
    return {
      ...response,
      ...toReplayState(thread, context.client),
      thread: { ...thread.view, turns: params.excludeTurns ? [] : turns },
    };
  },
  "thread/unsubscribe"(threads, { threadId }, context) {
    const thread = threads.find(threadId);
    if (thread === undefined) return { status: "notLoaded" };
    const wasThere = thread.followers.leave(attend(threads, context));
    return { status: wasThere ? "unsubscribed" : "notSubscribed" };
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
function attend(threads: Threads, { session }: Context): Attendance {
  return session(threads.createAttendance);
}

/** Advises against asking for the whole history of a thread that has pages. */
function discourage({ notify }: Context): void {
  notify("deprecationNotice", {
    summary: "Full-history hydration is deprecated for paginated threads; " +
      "use `excludeTurns: true`, then page with `thread/turns/list` and " +
      "`thread/items/list`.",
    details: null,
  });
}

/** The thread, loaded if it was not; whoever has it loaded follows it. */
async function openThread(
  threads: Threads,
  params: ThreadResumeParams,
  context: Context,
): Promise<{ readonly thread: Thread; readonly wasLoaded: boolean }> {
  const { client, notify } = context;
  const hasPath = params.path != null && params.path !== "";
  const loaded = hasPath ? undefined : threads.find(
    toThreadId(params.threadId, "session id"),
  );
  const advise = ({ view }: Thread) => {
    const isPaginated = view.historyMode === "paginated";
    if (isPaginated && params.excludeTurns !== true) discourage(context);
  };
  if (loaded !== undefined) {
    advise(loaded);
    return { thread: loaded, wasLoaded: true };
  }
  const found = await findStored(threads, params, "write");
  let wasLoaded = true;
  const thread = await threads.open(found.id, async () => {
    wasLoaded = false;
    const thread = await loadStored(threads, found, params, {
      name: client.name,
      warn: (message) => notify("warning", { threadId: found.id, message }),
    });
    advise(thread);
    // Whoever opens it hears what is odd about it, and how its tools come up.
    thread.followers.join(attend(threads, context));
    await threads.equip(thread);
    await thread.introduce();
    thread.proclaim("thread/status/changed", {
      threadId: thread.threadId,
      status: thread.view.status,
    });
    return thread;
  });
  if (wasLoaded) advise(thread);
  return { thread, wasLoaded };
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
