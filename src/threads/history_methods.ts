import {
  RpcError,
  type Thread as ThreadView,
  type ThreadListResponse,
  toThreadId,
} from "../protocol/mod.ts";
import { parseRolloutName } from "../rollout/mod.ts";
import type { Context, Handlers } from "../rpc/mod.ts";
import {
  locate,
  type Located,
  missing,
  openHistory,
  toLocatedView,
  withKept,
} from "./_located.ts";
import { readChosenItems, readPageOfItems } from "./_page_of_items.ts";
import { readPageOfTimeline } from "./_page_of_timeline.ts";
import { readPageOfTurns, toTurnCursor } from "./_page_of_turns.ts";
import { toSummary } from "./_summary.ts";
import type { Threads } from "./threads.ts";

/** Most items that are asked for by their ids. */
const MAX_CHOSEN = 100;

/** `thread/*`: which threads there are, and what was said in them. */
export const historyHandlers: Handlers<
  Threads,
  | "thread/list"
  | "thread/read"
  | "thread/turns/list"
  | "thread/items/list"
  | "thread/items/read"
  | "thread/turns/items/list"
  | "thread/timeline/list"
  | "thread/search"
  | "thread/searchOccurrences"
  | "getConversationSummary"
> = {
  async "thread/list"(threads, params) {
    const { threads: index } = await threads.catalog();
    const page = await index.list(params);
    const hasSource = params.sortKey === "section_position";
    return {
      ...page,
      data: page.data.map((one) => toListed(threads, one, { hasSource })),
    };
  },
  async "thread/read"(threads, { threadId, includeTurns }, context) {
    const located = await locate(threads, threadId, missing.notLoaded);
    const { id, catalog, thread } = located;
    if (includeTurns === true && thread?.view.ephemeral === true) {
      throw RpcError.invalidRequest(
        "ephemeral threads do not support includeTurns",
      );
    }
    const turns = includeTurns === true
      ? await readAllTurns(threads, located, context)
      : [];
    return {
      thread: { ...toLocatedView(located), turns },
      readState: catalog.readStates.get(id),
    };
  },
  async "thread/turns/list"(threads, params) {
    const located = await locate(threads, params.threadId, missing.notLoaded);
    checkIsKept(located, "thread/turns/list");
    return await readPageOfTurns(threads, located, params);
  },
  async "thread/items/list"(threads, params) {
    const located = await locate(threads, params.threadId, missing.notLoaded);
    checkIsKept(located, "thread/items/list");
    return await readPageOfItems(threads, located, params);
  },
  async "thread/items/read"(threads, { threadId, turnId, itemIds }) {
    if (itemIds.length === 0 || itemIds.length > MAX_CHOSEN) {
      throw RpcError.invalidRequest(
        `itemIds must contain 1 to ${MAX_CHOSEN} IDs`,
      );
    }
    const located = await locate(threads, threadId, missing.notLoaded);
    checkIsKept(located, "thread/items/read");
    return { data: await readChosenItems(threads, located, turnId, itemIds) };
  },
  async "thread/turns/items/list"(threads, params) {
    const located = await locate(threads, params.threadId, missing.notLoaded);
    checkIsKept(located, "thread/turns/items/list");
    const page = await readPageOfItems(threads, located, params);
    return { ...page, data: page.data.map(({ item }) => item) };
  },
  async "thread/timeline/list"(threads, params) {
    const located = await locate(threads, params.threadId, missing.notLoaded);
    checkIsKept(located, "thread/timeline/list");
    return await readPageOfTimeline(threads, located, params);
  },
  async "thread/search"(threads, params, { signal }) {
    const { messages } = await threads.catalog();
    const page = await messages.search(params, { signal });
    return {
      ...page,
      data: page.data.map(({ thread, snippet }) => ({
        thread: toListed(threads, thread),
        snippet,
      })),
    };
  },
  async "thread/searchOccurrences"(threads, params, { signal }) {
    const located = await locate(threads, params.threadId, missing.notLoaded);
    checkIsKept(located, "thread/searchOccurrences");
    const { id, catalog } = located;
    const history = await openHistory(threads, located);
    return await catalog.messages.searchOccurrences(
      { ...params, threadId: id },
      toTurnCursor(id, history),
      { signal },
    );
  },
  async getConversationSummary(threads, params) {
    const { threads: index } = await threads.catalog();
    if ("conversationId" in params) {
      const located = await locate(
        threads,
        toConversationId(params.conversationId),
        (id) =>
          RpcError.invalidRequest(
            `no rollout found for conversation id ${id}`,
          ),
      );
      if (located.row !== undefined) return { summary: toSummary(located.row) };
      throw RpcError.invalidRequest(
        `no rollout found for conversation id ${located.id}`,
      );
    }
    const { rolloutPath } = params;
    const whole = threads.paths.resolveRollout(rolloutPath);
    const path = await threads.paths.checkRollout(whole, "read");
    const id = parseRolloutName(path)?.threadId;
    const known = id === undefined ? undefined : await index.find(id);
    const row = known?.path === path ? known : await index.adopt(path);
    if (row !== undefined) return { summary: toSummary(row) };
    throw RpcError.invalidRequest(
      `failed to resolve rollout path \`${whole}\`: file does not exist`,
    );
  },
};

/** The id of a conversation; what is none makes the parameters be neither kind. */
function toConversationId(text: string): string {
  try {
    return toThreadId(text);
  } catch {
    throw RpcError.invalidRequest(
      "Invalid request: data did not match any variant of untagged enum " +
        "GetConversationSummaryParams",
    );
  }
}

/**
 * A stored thread in a list, with what is only known of it while it is loaded.
 * Lists do not tell where a thread came from; those of a section in its own
 * order tell its source.
 */
function toListed(
  threads: Threads,
  stored: ThreadView,
  { hasSource = false }: { readonly hasSource?: boolean } = {},
): ThreadListResponse["data"][number] {
  const thread = threads.find(stored.id);
  const shown = thread === undefined ? stored : withKept(thread.view, stored);
  return {
    ...shown,
    canAcceptDirectInput: null,
    forkedFromId: null,
    threadSource: hasSource ? shown.threadSource : null,
  };
}

/** All of them at once, which is not what clients should ask for. */
async function readAllTurns(
  threads: Threads,
  located: Located,
  { notify }: Context,
): Promise<ThreadView["turns"]> {
  const { thread, row } = located;
  const mode = thread?.view.historyMode ?? row?.historyMode;
  if (mode === "paginated") {
    notify("deprecationNotice", {
      summary: "Full-history hydration is deprecated for paginated threads; " +
        "omit `includeTurns` or set it to `false`, then page with " +
        "`thread/turns/list` and `thread/items/list`.",
      details: null,
    });
  }
  if (thread !== undefined) return await thread.readTurns();
  const history = await openHistory(threads, located);
  return await history?.readTurns() ?? [];
}

/** @throws {RpcError} if there are no pages of a thread; as clients know it. */
function checkIsKept({ thread }: Located, method: string): void {
  if (thread?.view.ephemeral !== true) return;
  throw method === "thread/turns/list"
    ? RpcError.invalidRequest(`ephemeral threads do not support ${method}`)
    : RpcError.methodNotFound(`${method} is not supported yet`);
}
