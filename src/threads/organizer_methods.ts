import { checkAttachmentName, checkGitInfoChange } from "../catalog/mod.ts";
import { RpcError, toThreadId } from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import { appendMeta } from "./_append_meta.ts";
import {
  locate,
  type Located,
  locateKept,
  missing,
  toLocatedView,
} from "./_located.ts";
import { tell, tellChange } from "./tell_change.ts";
import type { Threads } from "./threads.ts";

/** How a thread is named, sorted, marked, and what hangs on it. */
export const organizerHandlers: Handlers<
  Threads,
  | "thread/name/set"
  | "thread/metadata/update"
  | "thread/memoryMode/set"
  | "thread/readState/update"
  | "thread/section/move"
  | "thread/attachment/add"
  | "thread/attachment/list"
  | "thread/attachment/remove"
  | "thread/attachmentOwner/list"
  | "threadSection/list"
  | "threadSection/create"
  | "threadSection/update"
  | "threadSection/delete"
  | "project/list"
  | "project/read"
  | "project/create"
  | "project/import"
  | "project/update"
  | "project/move"
  | "project/delete"
> = {
  async "thread/name/set"(threads, { threadId, name }, { afterReply }) {
    toThreadId(threadId);
    if (name.trim() === "") {
      throw RpcError.invalidRequest("thread name must not be empty");
    }
    const located = await locateActive(threads, threadId);
    const { id, catalog, thread } = located;
    const threadName = await catalog.threads.setName(id, name);
    thread?.change({ name: threadName });
    afterReply(() =>
      tell(threads, "thread/name/updated", { threadId: id, threadName })
    );
    return {};
  },
  async "thread/metadata/update"(threads, params) {
    const { gitInfo, projectId, daybreakEnabled } = params;
    toThreadId(params.threadId);
    if (gitInfo == null && projectId == null && daybreakEnabled == null) {
      throw RpcError.invalidRequest(
        "thread metadata update must include at least one field",
      );
    }
    if (gitInfo != null) checkGitInfoChange(gitInfo);
    if (projectId) (await threads.catalog()).projects.check(projectId);
    const located = await locateKept(
      threads,
      params.threadId,
      "metadata updates",
      missing.noRollout,
    );
    const { id, catalog, thread } = located;
    const project = projectId == null
      ? undefined
      : catalog.projects.assign(id, projectId);
    if (gitInfo != null) {
      catalog.threads.setGitInfo(id, gitInfo, thread?.unsaidGitInfo);
      const known = catalog.threads.get(id)?.gitInfo ?? null;
      thread?.change({ gitInfo: known });
      await appendMeta(threads, located, {
        git: {
          commit_hash: known?.sha ?? null,
          branch: known?.branch ?? null,
          repository_url: known?.originUrl ?? null,
        },
      });
    }
    if (daybreakEnabled != null) {
      catalog.threads.setDaybreakEnabled(id, daybreakEnabled);
      thread?.change({ daybreakEnabled });
    }
    if (project !== undefined) {
      thread?.change({ projectId: project.result });
      tellChange(threads, project);
    }
    return {
      thread: { ...toLocatedView(located), canAcceptDirectInput: null },
    };
  },
  async "thread/memoryMode/set"(threads, { threadId, mode }) {
    const located = await locateActive(threads, threadId);
    located.catalog.threads.setMemoryMode(located.id, mode);
    await appendMeta(threads, located, { memory_mode: mode });
    return {};
  },
  async "thread/readState/update"(threads, params) {
    const threadId = toParamsId(params.threadId);
    const { catalog } = await locate(threads, threadId, missing.notLoaded);
    return tellChange(
      threads,
      catalog.readStates.update({ ...params, threadId }),
    );
  },
  async "thread/section/move"(threads, params, { afterReply }) {
    const { sectionId } = params;
    if (sectionId?.trim() === "") {
      throw RpcError.invalidRequest("sectionId must not be empty");
    }
    toThreadId(params.threadId);
    const beforeThreadId = params.beforeThreadId == null
      ? null
      : toThreadId(params.beforeThreadId, "before thread id");
    const { id, catalog } = await locateKept(
      threads,
      params.threadId,
      "section moves",
    );
    const change = catalog.sections.move({
      ...params,
      threadId: id,
      beforeThreadId,
    });
    afterReply(() => void tellChange(threads, change));
    return change.result;
  },
  async "thread/attachment/add"(threads, params, { afterReply }) {
    checkAttachmentName(params);
    const { id, catalog } = await locateOwner(threads, params.threadId);
    const change = catalog.attachments.add({ ...params, threadId: id });
    afterReply(() => void tellChange(threads, change));
    return change.result;
  },
  async "thread/attachment/list"(threads, params) {
    const threadId = toParamsId(params.threadId);
    const { attachments } = await threads.catalog();
    return attachments.list({ ...params, threadId });
  },
  async "thread/attachment/remove"(threads, params, { afterReply }) {
    checkAttachmentName(params);
    const { id, catalog } = await locateOwner(threads, params.threadId);
    const change = catalog.attachments.remove({ ...params, threadId: id });
    afterReply(() => void tellChange(threads, change));
    return change.result;
  },
  async "thread/attachmentOwner/list"(threads, params) {
    return (await threads.catalog()).attachments.owners(params);
  },
  async "threadSection/list"(threads, params) {
    return (await threads.catalog()).sections.list(params);
  },
  async "threadSection/create"(threads, params) {
    return (await threads.catalog()).sections.create(params);
  },
  async "threadSection/update"(threads, params) {
    return (await threads.catalog()).sections.update(params);
  },
  async "threadSection/delete"(threads, params) {
    return (await threads.catalog()).sections.delete(params);
  },
  async "project/list"(threads, params) {
    return (await threads.catalog()).projects.list(params);
  },
  async "project/read"(threads, params) {
    return (await threads.catalog()).projects.read(params);
  },
  async "project/create"(threads, params) {
    const { projects } = await threads.catalog();
    return tellChange(threads, projects.create(params));
  },
  async "project/import"(threads, params) {
    const { projects, threads: index } = await threads.catalog();
    // Some may have been put on the disk only now.
    for (const id of params.threads ?? []) await index.find(id);
    return tellChange(threads, projects.import(params));
  },
  async "project/update"(threads, params) {
    const { projects } = await threads.catalog();
    return tellChange(threads, projects.update(params));
  },
  async "project/move"(threads, params) {
    const { projects } = await threads.catalog();
    return tellChange(threads, projects.move(params));
  },
  async "project/delete"(threads, params) {
    const { projects } = await threads.catalog();
    return tellChange(threads, projects.delete(params));
  },
};

/** A thread that is kept and was not put away. */
async function locateActive(
  threads: Threads,
  threadId: string,
): Promise<Located> {
  const located = await locateKept(
    threads,
    threadId,
    "metadata updates",
    missing.noRollout,
  );
  if (!located.row.archived) return located;
  throw missing.noRollout(located.id);
}

/** A thread on which something hangs. */
async function locateOwner(
  threads: Threads,
  threadId: string,
): Promise<Located> {
  return await locate(
    threads,
    toParamsId(threadId),
    (id) => RpcError.invalidParams(`thread not found: ${id}`),
  );
}

/** An id; what is none is a wrong parameter to some methods. */
function toParamsId(threadId: string): string {
  try {
    return toThreadId(threadId);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw RpcError.invalidParams(error.message);
  }
}
