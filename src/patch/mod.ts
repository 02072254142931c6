/**
 * Patches in the `apply_patch` format: read, verified against the files as a
 * whole, applied file by file, and shown as diffs. Asks nobody whether a patch
 * may be applied: it says what would be written, and whoever calls decides.
 *
 * @module
 */
export {
  type AppliedChange,
  applyPlan,
  type FileContent,
  type PatchOutcome,
} from "./apply_plan.ts";
export { DiskFiles } from "./disk_files.ts";
export { findHeredocPatch, type HeredocPatch } from "./find_heredoc_patch.ts";
export { parsePatch } from "./parse_patch.ts";
export type {
  AddFile,
  DeleteFile,
  FileOperation,
  Hunk,
  HunkLine,
  LineSign,
  Patch,
  UpdateFile,
} from "./patch.ts";
export { EmptyPatchError, PatchError } from "./patch_error.ts";
export type { PatchFiles, Sight } from "./patch_files.ts";
export {
  type PatchPlan,
  type PlannedFile,
  type PlannedPlace,
  type PlanOptions,
  planPatch,
} from "./plan_patch.ts";
export { printPatch } from "./print_patch.ts";
export { TurnDiff } from "./turn_diff.ts";
export { toUnifiedDiff } from "./unified_diff.ts";
