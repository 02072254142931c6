import type { HookRunSummary } from "../protocol/mod.ts";
import type { HookReport } from "./_hook_output.ts";

/** A hook that was waited for, in the order in which they ended. */
export interface HookRun {
  readonly run: HookRunSummary;
  readonly report: HookReport;
  /** Which one ended before which. */
  readonly rank: number;
}
