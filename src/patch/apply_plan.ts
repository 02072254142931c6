import type { PatchPlan, PlannedFile } from "./plan_patch.ts";
import { toText } from "./_to_text.ts";
import type { PatchFiles, Sight } from "./patch_files.ts";

/** What is in a file: its text, or its bytes if they are no text. */
export type FileContent = string | Uint8Array;

/** A change that was made to a file. */
export interface AppliedChange {
  /** The file: absolute. */
  readonly path: string;
  /** Where it is now, if it was moved. */
  readonly movedTo: string | undefined;
  /** What was in it; nothing if there was no file. */
  readonly before: FileContent | undefined;
  /** What is in it; nothing if there is no file. */
  readonly after: FileContent | undefined;
  /** What was at `movedTo`; nothing if there was no file. */
  readonly replaced: FileContent | undefined;
}

/** What came of a patch. */
export interface PatchOutcome {
  /** Whether all of it was done. */
  readonly isSuccess: boolean;
  /** What the program `apply_patch` would say on stdout. */
  readonly stdout: string;
  /** What it would say on stderr: what failed, and how far it came. */
  readonly stderr: string;
  /** What was done, in order. */
  readonly applied: readonly AppliedChange[];
}

/**
 * Does what was planned, file by file, each in one step. It stops at the first
 * file that can't be changed or is not any more what it was; what was done until
 * then stays, and the outcome names it.
 *
 * @param options.signal Stops the work between two files; it is never thrown.
 */
export async function applyPlan(
  plan: PatchPlan,
  { files, signal }: { files: PatchFiles; signal?: AbortSignal },
): Promise<PatchOutcome> {
  const applied: AppliedChange[] = [];
  for (const [at, file] of plan.files.entries()) {
    try {
      signal?.throwIfAborted();
      await applyFile(file, files, applied);
    } catch (error) {
      const stderr = explain(error, plan.files, at, applied);
      return { isSuccess: false, stdout: "", stderr, applied };
    }
  }
  const stdout = `Success. Updated the following files:\n${list(plan.files)}`;
  return { isSuccess: true, stdout, stderr: "", applied };
}

async function applyFile(
  file: PlannedFile,
  files: PatchFiles,
  applied: AppliedChange[],
): Promise<void> {
  const { sight, target, after } = file;
  const { path } = sight;
  const before = toContent(sight);
  if (after === undefined) {
    await naming(`Failed to delete file ${path}`, () => files.remove(sight));
    applied.push(toChange(path, before, undefined));
    return;
  }
  if (target === undefined) {
    await naming(
      `Failed to write file ${path}`,
      () => files.write(sight, after),
    );
    applied.push(toChange(path, before, after));
    return;
  }
  const replaced = toContent(target);
  await naming(
    `Failed to write file ${target.path}`,
    () => files.write(target, after, sight.mode),
  );
  try {
    await naming(
      `Failed to remove original ${path}`,
      () => files.remove(sight),
    );
  } catch (error) {
    applied.push(toChange(target.path, replaced, after));
    throw error;
  }
  applied.push({ path, movedTo: target.path, before, after, replaced });
}

function toChange(
  path: string,
  before: FileContent | undefined,
  after: FileContent | undefined,
): AppliedChange {
  return { path, movedTo: undefined, before, after, replaced: undefined };
}

function toContent({ bytes }: Sight): FileContent | undefined {
  return bytes && (toText(bytes) ?? bytes);
}

async function naming(
  failure: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${failure}: ${reason}`, { cause: error });
  }
}

const letters = { add: "A", update: "M", delete: "D" } as const;

/** New files first, then changed ones, then those that are gone. */
function list(files: readonly PlannedFile[]): string {
  return (["add", "update", "delete"] as const).flatMap((kind) =>
    files.filter((file) => file.kind === kind)
      .map((file) => `${letters[kind]} ${file.name}\n`)
  ).join("");
}

function explain(
  error: unknown,
  files: readonly PlannedFile[],
  at: number,
  applied: readonly AppliedChange[],
): string {
  const reason = error instanceof Error ? error.message : String(error);
  const done = applied.map(({ path, movedTo }) => movedTo ?? path);
  const undone = files.slice(at).map(({ sight }) => sight.path)
    .filter((path) => !done.includes(path));
  return [
    reason,
    ...done.length === 0
      ? ["No file was changed."]
      : ["Changed before that:", ...done],
    ...done.length === 0 ? [] : ["Not changed:", ...undone],
  ].join("\n") + "\n";
}
