import type { ThreadRow } from "../catalog/mod.ts";
import type { Thread as ThreadView } from "../protocol/mod.ts";

/** What the catalog is to know of a loaded thread. */
export function toRow(
  view: ThreadView,
  path: string,
  hasUserMessage: boolean,
): ThreadRow {
  return {
    id: view.id,
    sessionId: view.sessionId,
    forkedFromId: view.forkedFromId,
    attachedToThreadId: view.attachedToThreadId,
    parentThreadId: view.parentThreadId,
    preview: view.preview,
    hasUserMessage,
    historyMode: view.historyMode,
    modelProvider: view.modelProvider,
    model: view.model,
    reasoningEffort: view.reasoningEffort,
    createdAtMs: view.createdAt * 1000,
    updatedAtMs: view.updatedAt * 1000,
    recencyAtMs: (view.recencyAt ?? view.updatedAt) * 1000,
    path,
    cwd: view.cwd,
    cliVersion: view.cliVersion,
    originator: view.originator,
    source: view.source,
    threadSource: view.threadSource,
    agentNickname: view.agentNickname,
    agentRole: view.agentRole,
    gitInfo: view.gitInfo,
    archived: false,
  };
}
