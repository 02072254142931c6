import type {
  ExternalAgentConfigImportHistory,
  ExternalAgentConfigImportHistoryRecordParams,
} from "../protocol/mod.ts";

/** How an import went that somebody else has done, with nothing left open. */
export function toRecorded(
  { itemTypeResults }: ExternalAgentConfigImportHistoryRecordParams,
): Pick<ExternalAgentConfigImportHistory, "successes" | "failures"> {
  return {
    successes: itemTypeResults.flatMap(({ successes }) =>
      successes.map((one) => ({
        itemType: one.itemType,
        cwd: one.cwd ?? null,
        source: one.source ?? null,
        target: one.target ?? null,
        title: one.title ?? null,
      }))
    ),
    failures: itemTypeResults.flatMap(({ failures }) =>
      failures.map((one) => ({
        itemType: one.itemType,
        errorType: one.errorType ?? null,
        subErrorType: one.subErrorType ?? null,
        failureStage: one.failureStage,
        message: one.message,
        cwd: one.cwd ?? null,
        source: one.source ?? null,
      }))
    ),
  };
}
