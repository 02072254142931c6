import { RpcError } from "../protocol/mod.ts";
import { toArchivedError } from "./_archived.ts";
import type { Handlers } from "../rpc/mod.ts";
import { type Located, locateKept, missing } from "./_located.ts";
import { tellChange } from "./tell_change.ts";
import type { Threads } from "./threads.ts";

/** `thread/goal/*` and `thread/queue/*`: what a thread is to do by itself. */
export const agendaHandlers: Handlers<
  Threads,
  | "thread/goal/set"
  | "thread/goal/get"
  | "thread/goal/clear"
  | "thread/queue/add"
  | "thread/queue/list"
  | "thread/queue/update"
  | "thread/queue/delete"
  | "thread/queue/reorder"
  | "thread/queue/start"
> = {
  async "thread/goal/set"(threads, params, { afterReply }) {
    const located = await locateKept(threads, params.threadId, "goals");
    checkIsActive(located, missing.notFound(located.id));
    const { id, catalog, thread } = located;
    const agenda = thread && threads.agenda(thread);
    await agenda?.ready();
    agenda?.chargeGoal();
    const change = catalog.goals.set({ ...params, threadId: id });
    if (thread?.view.preview === "") {
      thread.change({ preview: change.result.goal.objective });
    }
    agenda?.startGoal(change.result.goal);
    afterReply(() => {
      tellChange(threads, change);
      agenda?.proceed();
    });
    return change.result;
  },
  async "thread/goal/get"(threads, { threadId }) {
    const { id, catalog } = await locateKept(threads, threadId, "goals");
    return catalog.goals.get({ threadId: id });
  },
  async "thread/goal/clear"(threads, { threadId }, { afterReply }) {
    const { id, catalog } = await locateKept(threads, threadId, "goals");
    const change = catalog.goals.clear({ threadId: id });
    afterReply(() => void tellChange(threads, change));
    return change.result;
  },
  async "thread/queue/add"(threads, params, { afterReply }) {
    const located = await locateQueue(threads, params.threadId);
    const { id, catalog, thread } = located;
    const change = catalog.queues.add({ ...params, threadId: id });
    const agenda = thread && threads.agenda(thread);
    await agenda?.ready();
    afterReply(() => {
      tellChange(threads, change);
      agenda?.proceed();
    });
    return change.result;
  },
  async "thread/queue/list"(threads, params) {
    const { id, catalog } = await locateQueue(threads, params.threadId);
    return catalog.queues.list({ ...params, threadId: id });
  },
  async "thread/queue/update"(threads, params, { afterReply }) {
    const { id, catalog } = await locateQueue(threads, params.threadId);
    const change = catalog.queues.update({ ...params, threadId: id });
    afterReply(() => void tellChange(threads, change));
    return change.result;
  },
  async "thread/queue/delete"(threads, params, { afterReply }) {
    const { id, catalog } = await locateQueue(threads, params.threadId);
    const change = catalog.queues.delete({ ...params, threadId: id });
    afterReply(() => void tellChange(threads, change));
    return change.result;
  },
  async "thread/queue/reorder"(threads, params, { afterReply }) {
    const { id, catalog } = await locateQueue(threads, params.threadId);
    const change = catalog.queues.reorder({ ...params, threadId: id });
    afterReply(() => void tellChange(threads, change));
    return change.result;
  },
  async "thread/queue/start"(threads, params, { afterReply }) {
    const { id, catalog, thread } = await locateQueue(threads, params.threadId);
    const { queuedSubmissionId } = params;
    const next = catalog.queues.peek(id, queuedSubmissionId ?? null);
    if (next === undefined) {
      throw RpcError.invalidRequest(
        queuedSubmissionId == null
          ? "queue is empty"
          : `queued submission not found: ${queuedSubmissionId}`,
      );
    }
    const agenda = thread && threads.agenda(thread);
    if (thread === undefined || agenda === undefined) {
      throw RpcError.invalidRequest(
        "resume the thread before starting a queued message",
      );
    }
    await agenda.ready();
    if (!thread.isIdle) {
      throw RpcError.invalidRequest(
        "thread already has an active or pending turn",
      );
    }
    const turn = agenda.submit(next);
    afterReply(() => thread.play());
    return { turn };
  },
};

/** A thread with a queue. */
async function locateQueue(
  threads: Threads,
  threadId: string,
): Promise<Located> {
  const located = await locateKept(
    threads,
    threadId,
    "queued submissions",
    missing.noRollout,
  );
  const { id } = located;
  checkIsActive(
    located,
    toArchivedError(id),
  );
  return located;
}

function checkIsActive({ row, thread }: Located, error: RpcError): void {
  if (thread === undefined && row?.archived === true) throw error;
}
