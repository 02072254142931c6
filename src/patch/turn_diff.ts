import type { AppliedChange, FileContent } from "./apply_plan.ts";
import { findWorkTree } from "./_find_work_tree.ts";
import { toUnifiedDiff } from "./unified_diff.ts";

/** Lines around a change. */
const CONTEXT_LINES = 3;
/** Length of a text from which on it is not compared any more. */
const MAX_LENGTH = 4 * 1024 * 1024;
/** Id of a blob that is not there. */
const NO_BLOB = "0".repeat(40);

/** A file of this turn. */
interface TrackedFile {
  /** What it was before its first change. */
  readonly baseline: FileContent | undefined;
  /** What it is now. */
  current: FileContent | undefined;
  /** Where its content was before the turn, if it was moved. */
  origin: string | undefined;
}

/**
 * All that the patches of one turn have done to files, as one diff in the style
 * of git. Knows the patches alone: what else happens to the files in between
 * does not show.
 */
export class TurnDiff {
  readonly #findRoot: () => Promise<string>;
  #root: Promise<string> | undefined;
  readonly #files = new Map<string, TrackedFile>();
  /** Parts of the diff that were made before, by what they say. */
  readonly #sections = new Map<string, Section>();

  /**
   * An empty diff.
   *
   * @param options.cwd Where the turn works: absolute. Paths in the diff start
   * at the work tree of git that it lies in, or else there.
   * @param options.findRoot Finds that work tree. Default: on this machine.
   */
  constructor(
    { cwd, findRoot = () => findWorkTree(cwd) }: {
      cwd: string;
      findRoot?: (() => Promise<string>) | undefined;
    },
  ) {
    this.#findRoot = findRoot;
  }

  /** Takes note of changes, in the order in which they were made. */
  record(changes: readonly AppliedChange[]): void {
    for (const change of changes) this.#recordOne(change);
  }

  #recordOne({ path, movedTo, before, after, replaced }: AppliedChange): void {
    const file = this.#track(path, before);
    if (movedTo === undefined) {
      file.current = after;
      if (after === undefined) file.origin = undefined;
      return;
    }
    const target = this.#track(movedTo, replaced);
    target.current = after;
    target.origin = file.origin ?? path;
    file.current = undefined;
    file.origin = undefined;
  }

  #track(path: string, before: FileContent | undefined): TrackedFile {
    let file = this.#files.get(path);
    if (file === undefined) {
      file = { baseline: before, current: before, origin: undefined };
      this.#files.set(path, file);
    }
    return file;
  }

  /** The diff; empty if everything is as it was. */
  async toText(): Promise<string> {
    const root = await (this.#root ??= this.#findRoot());
    const pairs = this.#toPairs().sort((a, b) => compare(a.from, b.from));
    let text = "";
    for (const pair of pairs) text += await this.#toSection(pair, root);
    return text;
  }

  /** Every file with what it is compared to: itself, or where it was moved from. */
  #toPairs(): Pair[] {
    const pairs: Pair[] = [];
    const moved = new Set<string>();
    for (const [path, file] of this.#files) {
      const origin = this.#originOf(path, file, moved);
      if (origin === undefined) continue;
      moved.add(origin.path);
      const { baseline: before } = origin.file;
      pairs.push({ from: origin.path, to: path, before, after: file.current });
    }
    for (const [path, { baseline: before, current: after }] of this.#files) {
      if (moved.has(path) || pairs.some(({ to }) => to === path)) continue;
      pairs.push({ from: path, to: path, before, after });
    }
    return pairs;
  }

  /** Where a file was moved from, if nothing is left there. */
  #originOf(
    path: string,
    { baseline, current, origin }: TrackedFile,
    taken: ReadonlySet<string>,
  ): { path: string; file: TrackedFile } | undefined {
    if (baseline !== undefined || current === undefined) return undefined;
    if (origin === undefined || origin === path) return undefined;
    const file = this.#files.get(origin);
    const isFree = file?.baseline !== undefined &&
      file.current === undefined && !taken.has(origin);
    return isFree ? { path: origin, file } : undefined;
  }

  async #toSection(pair: Pair, root: string): Promise<string> {
    const key = `${pair.from}\0${pair.to}`;
    const known = this.#sections.get(key);
    if (known?.before === pair.before && known?.after === pair.after) {
      return known?.text ?? "";
    }
    const from = toShown(pair.from, root);
    const to = toShown(pair.to, root);
    const text = await describe({ ...pair, from, to });
    this.#sections.set(key, { before: pair.before, after: pair.after, text });
    return text;
  }
}

function toShown(path: string, root: string): string {
  const start = root === "/" ? "/" : `${root}/`;
  return path.startsWith(start) ? path.slice(start.length) : path;
}

/** A file before and after, and its names then. */
interface Pair {
  readonly from: string;
  readonly to: string;
  readonly before: FileContent | undefined;
  readonly after: FileContent | undefined;
}

interface Section extends Omit<Pair, "from" | "to"> {
  readonly text: string;
}

async function describe({ from, to, before, after }: Pair): Promise<string> {
  const isSame = areEqual(before, after);
  if (isSame && from === to) return "";
  const header = `diff --git a/${from} b/${to}\n`;
  if (isSame) {
    return `${header}similarity index 100%\nrename from ${from}\n` +
      `rename to ${to}\n`;
  }
  const mode = before === undefined
    ? "new file mode 100644\n"
    : after === undefined
    ? "deleted file mode 100644\n"
    : "";
  const [oldId, newId] = await Promise.all([toBlobId(before), toBlobId(after)]);
  const old = before === undefined ? "/dev/null" : `a/${from}`;
  const fresh = after === undefined ? "/dev/null" : `b/${to}`;
  const index = `index ${oldId}..${newId}\n`;
  return header + mode + index + compareContents(before, after, old, fresh);
}

function compareContents(
  before: FileContent = "",
  after: FileContent = "",
  old: string,
  fresh: string,
): string {
  const isText = typeof before === "string" && typeof after === "string" &&
    before.length <= MAX_LENGTH && after.length <= MAX_LENGTH;
  if (!isText) return `Binary files ${old} and ${fresh} differ\n`;
  const diff = toUnifiedDiff(before, after, { context: CONTEXT_LINES });
  const end = diff.endsWith("\n") ? "" : "\n";
  return diff === "" ? "" : `--- ${old}\n+++ ${fresh}\n${diff}${end}`;
}

/** The id that git gives to such a content. */
async function toBlobId(content: FileContent | undefined): Promise<string> {
  if (content === undefined) return NO_BLOB;
  const bytes = toBytes(content);
  const header = new TextEncoder().encode(`blob ${bytes.length}\0`);
  const blob = new Uint8Array(header.length + bytes.length);
  blob.set(header);
  blob.set(bytes, header.length);
  return new Uint8Array(await crypto.subtle.digest("SHA-1", blob)).toHex();
}

function areEqual(
  a: FileContent | undefined,
  b: FileContent | undefined,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (typeof a === "string" && typeof b === "string") return a === b;
  const [left, right] = [toBytes(a), toBytes(b)];
  return left.length === right.length &&
    left.every((byte, at) => byte === right[at]);
}

function toBytes(content: FileContent): Uint8Array {
  return typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
