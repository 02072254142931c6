import { type FileUpdateChange, resolvePath } from "../protocol/mod.ts";
import { fitHunks } from "./fit_hunks.ts";
import type { FileOperation, Patch } from "./patch.ts";
import { EmptyPatchError, PatchError } from "./patch_error.ts";
import type { PatchFiles, Sight } from "./patch_files.ts";
import { toText } from "./_to_text.ts";
import { toUnifiedDiff } from "./unified_diff.ts";

/** Lines around a change in the diff of an item. */
const CONTEXT_LINES = 1;

/** What a patch will do to one file. */
export interface PlannedFile {
  /** Tag of the operation. */
  readonly kind: FileOperation["kind"];
  /** How the patch names the file, or where it moves to. */
  readonly name: string;
  /** The file. */
  readonly sight: Sight;
  /** Where it moves to. */
  readonly target: Sight | undefined;
  /** Its text; nothing if there was no file, or no text. */
  readonly before: string | undefined;
  /** Its text afterwards; nothing if there will be no file. */
  readonly after: string | undefined;
}

/** A path that a patch writes to. */
export interface PlannedPlace {
  /** The path: absolute. */
  readonly path: string;
  /** Real paths that are written. */
  readonly places: readonly string[];
  /** Whether all of them may be written without asking. */
  readonly isWritable: boolean;
}

/** A patch that fits the files, and what it will do. */
export interface PatchPlan {
  /** In the order of the patch. */
  readonly files: readonly PlannedFile[];
  /** The same for people, as items show it; sorted by path. */
  readonly changes: FileUpdateChange[];
  /** All paths that are written, moves with both ends. */
  readonly places: readonly PlannedPlace[];
  /** Whether all of them may be written without asking. */
  readonly isWritable: boolean;
}

/** What a patch is verified against. */
export interface PlanOptions {
  /** Where its relative paths start: absolute. */
  readonly cwd: string;
  /** The files. */
  readonly files: PatchFiles;
  /**
   * Whether a real path may be written without asking anybody. Default: every
   * path.
   */
  readonly isWritable?: (place: string) => boolean;
  /** Stops the work between two files. */
  readonly signal?: AbortSignal;
}

/**
 * Verifies a patch against the files, all of it, and works out what it will do.
 * Writes nothing.
 *
 * @throws {PatchError} what does not fit.
 * @throws {unknown} the signal's reason.
 */
export async function planPatch(
  patch: Patch,
  options: PlanOptions,
): Promise<PatchPlan> {
  const { cwd, files, isWritable = () => true, signal } = options;
  if (patch.operations.length === 0) throw new EmptyPatchError();
  refuseTwice(patch, cwd);
  const planned: PlannedFile[] = [];
  for (const operation of patch.operations) {
    signal?.throwIfAborted();
    planned.push(await planFile(operation, cwd, files));
  }
  refuseSamePlace(planned);
  const places = planned.flatMap((file) => toPlaces(file, isWritable));
  return {
    files: planned,
    changes: planned.map(toChange).sort(byPath),
    places,
    isWritable: places.every((place) => place.isWritable),
  };
}

/** Two operations on one file would not be what was shown to anybody. */
function refuseTwice(patch: Patch, cwd: string): void {
  const seen = new Set<string>();
  for (const operation of patch.operations) {
    const path = resolvePath(cwd, operation.path);
    const target = targetOf(operation, cwd);
    for (const one of target === undefined ? [path] : [path, target]) {
      if (seen.has(one)) throw targetedTwice(one);
      seen.add(one);
    }
  }
}

/** The same for one file under two names. */
function refuseSamePlace(planned: readonly PlannedFile[]): void {
  const seen = new Set<string>();
  for (const { sight, target } of planned) {
    const own = new Set([sight, target].flatMap((one) => one?.place ?? []));
    for (const place of own) {
      if (seen.has(place)) throw targetedTwice(place);
      seen.add(place);
    }
  }
}

function targetedTwice(path: string): PatchError {
  return new PatchError(`invalid patch: multiple operations target ${path}`);
}

/** Where a file moves to, unless that is where it is. */
function targetOf(operation: FileOperation, cwd: string): string | undefined {
  if (operation.kind !== "update" || operation.movePath === undefined) {
    return undefined;
  }
  const target = resolvePath(cwd, operation.movePath);
  return target === resolvePath(cwd, operation.path) ? undefined : target;
}

async function planFile(
  operation: FileOperation,
  cwd: string,
  files: PatchFiles,
): Promise<PlannedFile> {
  const path = resolvePath(cwd, operation.path);
  const { kind } = operation;
  if (kind === "add") {
    const sight = await look(files, path, "Failed to write file");
    const before = sight.bytes && toText(sight.bytes);
    const after = operation.content;
    return {
      kind,
      name: operation.path,
      sight,
      target: undefined,
      before,
      after,
    };
  }
  const failure = kind === "delete"
    ? "Failed to read"
    : "Failed to read file to update";
  const sight = await look(files, path, failure);
  if (sight.bytes === undefined) {
    throw new PatchError(
      `${failure} ${path}: No such file or directory (os error 2)`,
    );
  }
  const before = toText(sight.bytes);
  if (before === undefined) {
    throw new PatchError(`${failure} ${path}: invalid utf-8 sequence`);
  }
  if (kind === "delete") {
    const name = operation.path;
    return { kind, name, sight, target: undefined, before, after: undefined };
  }
  const after = fitHunks(before, operation.hunks, path);
  const moves = targetOf(operation, cwd);
  const target = moves === undefined
    ? undefined
    : await look(files, moves, "Failed to write file");
  const name = operation.movePath ?? operation.path;
  return { kind, name, sight, target, before, after };
}

async function look(
  files: PatchFiles,
  path: string,
  failure: string,
): Promise<Sight> {
  try {
    return await files.look(path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new PatchError(`${failure} ${path}: ${error.message}`, {
      cause: error,
    });
  }
}

function toPlaces(
  { kind, sight, target }: PlannedFile,
  isWritable: (place: string) => boolean,
): PlannedPlace[] {
  const goes = kind === "delete" || target !== undefined;
  const own = goes ? [sight.entry] : [sight.place];
  const all = [{ path: sight.path, places: own }];
  if (target !== undefined) {
    all.push({ path: target.path, places: [target.place] });
  }
  return all.map((one) => ({
    ...one,
    isWritable: one.places.every(isWritable),
  }));
}

function toChange(file: PlannedFile): FileUpdateChange {
  const { kind, sight: { path }, before = "", after = "", target } = file;
  switch (kind) {
    case "add":
      return { path, kind: { type: "add" }, diff: after };
    case "delete":
      return { path, kind: { type: "delete" }, diff: before };
    case "update": {
      const diff = toUnifiedDiff(before, after, { context: CONTEXT_LINES });
      if (target === undefined) {
        return { path, kind: { type: "update", move_path: null }, diff };
      }
      return {
        path,
        kind: { type: "update", move_path: target.path },
        diff: `${diff}\n\nMoved to: ${target.path}`,
      };
    }
  }
}

function byPath(a: FileUpdateChange, b: FileUpdateChange): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
