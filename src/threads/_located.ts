import type { Catalog, StoredThread as StoredRow } from "../catalog/mod.ts";
import {
  RpcError,
  type Thread as ThreadView,
  toThreadId,
} from "../protocol/mod.ts";
import type { Outline, StoredThread } from "../rollout/mod.ts";
import { StoredTurns } from "./past_turns.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";

/** A thread that is there: loaded, stored, or both. */
export interface Located {
  readonly id: string;
  readonly catalog: Catalog;
  /** It, if it is loaded. */
  readonly thread: Thread | undefined;
  /** What the catalog knows of it; nothing of one that is not kept. */
  readonly row: StoredRow | undefined;
}

/** What is said of a thread that is not there. */
export type Missing = (id: string) => RpcError;

/** Texts for threads that are not there; methods differ. */
export const missing = {
  notFound: (id) => RpcError.invalidRequest(`thread not found: ${id}`),
  notLoaded: (id) => RpcError.invalidRequest(`thread not loaded: ${id}`),
  noRollout: (id) =>
    RpcError.invalidRequest(`no rollout found for thread id ${id}`),
} satisfies Record<string, Missing>;

/**
 * Finds a thread, loaded or not.
 *
 * @throws {RpcError} if there is none, or the id is none.
 */
export async function locate(
  threads: Threads,
  threadId: string,
  toError: Missing,
): Promise<Located> {
  const id = toThreadId(threadId);
  const catalog = await threads.catalog();
  const thread = threads.find(id);
  if (thread === undefined) {
    const row = await catalog.threads.find(id);
    if (row === undefined) throw toError(id);
    // It may have been loaded while its file was looked for.
    return { id, catalog, thread: threads.find(id), row };
  }
  if (catalog.threads.get(id) === undefined) await threads.enter(thread);
  return { id, catalog, thread, row: catalog.threads.get(id) };
}

/**
 * The same for what is kept beside the files of threads.
 *
 * @param what names it in the error.
 * @throws {RpcError} also if the thread is not kept.
 */
export async function locateKept(
  threads: Threads,
  threadId: string,
  what: string,
  toError: Missing = missing.notFound,
): Promise<Located & { readonly row: StoredRow }> {
  const located = await locate(threads, threadId, toError);
  const { id, row, thread } = located;
  if (row !== undefined && thread?.view.ephemeral !== true) {
    return { ...located, row };
  }
  throw RpcError.invalidRequest(
    `ephemeral thread does not support ${what}: ${id}`,
  );
}

/** A thread as clients see it, without turns. */
export function toLocatedView({ id, catalog, thread }: Located): ThreadView {
  const stored = catalog.threads.read(id);
  if (thread === undefined) return stored!;
  return stored === undefined ? thread.view : withKept(thread.view, stored);
}

/** A loaded thread with what others may have changed about it meanwhile. */
export function withKept(view: ThreadView, stored: ThreadView): ThreadView {
  const { name, section, sectionEnteredAt, projectId, gitInfo } = stored;
  return {
    ...view,
    name,
    section,
    sectionEnteredAt,
    projectId,
    gitInfo,
    daybreakEnabled: stored.daybreakEnabled ?? view.daybreakEnabled,
  };
}

/**
 * What stands where in the past of a thread. What is about to become an item of
 * the turn that runs is left out: whoever saw it here would see it twice.
 */
export function toOutline(
  history: StoredThread | undefined,
  { thread }: Located,
): Outline {
  const { turns, items } = history?.outline() ?? { turns: [], items: [] };
  const liveTurnId = thread?.turn?.turnId;
  return {
    turns,
    items: items.filter(({ isPending, turnId }) =>
      !isPending || turnId !== liveTurnId
    ),
  };
}

/** What the file of a thread tells; nothing while it has none. */
export async function openHistory(
  threads: Threads,
  { thread, row }: Located,
): Promise<StoredThread | undefined> {
  if (thread?.past instanceof StoredTurns) return await thread.past.open();
  if (row === undefined || !row.hasUserMessage) return undefined;
  return await threads.histories.open(row.path);
}
