import type { HookVerdict } from "../agent/mod.ts";
import type { HookEventName, JsonValue } from "../protocol/mod.ts";
import type { HookRun } from "./_hook_run.ts";

/** What several hooks together make of an occasion. */
export function toVerdict(
  event: HookEventName,
  runs: readonly HookRun[],
): HookVerdict {
  const reports = runs.map(({ report }) => report);
  const fragments = runs.flatMap(({ run, report: { blocked } }) =>
    blocked === null ? [] : [{ text: blocked, hookRunId: run.id }]
  );
  // Of two that rewrite the same, the one that took longer has the last word.
  const input = runs.toSorted((a, b) => a.rank - b.rank)
    .findLast(({ report }) => report.input !== undefined)?.report.input;
  return {
    blocked: event === "postToolUse"
      ? toObjection(runs)
      : fragments[0]?.text ?? null,
    stopped: reports.find(({ stopped }) => stopped !== null)?.stopped ?? null,
    contexts: reports.flatMap(({ context }) => context ?? []),
    fragments,
    ...input !== undefined && { input: input as JsonValue },
    ...reports.some(({ isAllowed }) => isAllowed) && { isAllowed: true },
  };
}

/** What a model reads in place of an output that hooks object to. */
function toObjection(runs: readonly HookRun[]): string | null {
  const words = runs.flatMap(({ report: { blocked, stopped } }) =>
    blocked ?? stopped ?? []
  );
  return words.length === 0 ? null : words.join("\n\n");
}
