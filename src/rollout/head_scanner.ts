import { Beginning } from "./_beginning.ts";
import { readHead, type RolloutHead } from "./read_edges.ts";

/** Most files say what is wanted within their first bytes. */
const FIRST_BYTES = 64 * 1024;
const NEWLINE = 10;

/** A file as it was when its beginning was read. */
export interface ScannedHead {
  /** What it says; undefined if it does not say whose it is. */
  readonly head: RolloutHead | undefined;
  /** Unix milliseconds when it last changed. */
  readonly changedMs: number;
  /** Its size. */
  readonly bytes: number;
}

/**
 * Reads the beginnings of many rollouts, one after the other: tens of thousands
 * when a server meets a home for the first time.
 */
export class HeadScanner {
  readonly #home: string;
  readonly #buffer = new Uint8Array(FIRST_BYTES);

  /** @param home Where other files of a history are found. */
  constructor(home: string) {
    this.#home = home;
  }

  /**
   * Reads one file as {@linkcode readHead} does, but stays on this thread: some
   * 30 µs where every trip to another one would cost more than that. So the
   * caller has to pause between files.
   *
   * @returns undefined if it takes more than that: then it is to be read with
   * {@linkcode scanFully}.
   * @throws {Deno.errors.NotFound} if there is none.
   */
  scan(path: string): ScannedHead | undefined {
    if (!path.endsWith(".jsonl")) return undefined;
    using file = Deno.openSync(path, { read: true });
    const length = file.readSync(this.#buffer) ?? 0;
    const { mtime, size } = file.statSync();
    const beginning = new Beginning();
    const isWhole = this.#take(beginning, length) || size <= length;
    const { meta, preview } = beginning;
    const isElsewhere = preview === undefined &&
      meta?.history_base !== undefined;
    if (!isWhole || isElsewhere) return undefined;
    return {
      head: meta && { meta, preview: preview ?? "" },
      changedMs: mtime?.getTime() ?? 0,
      bytes: size,
    };
  }

  /**
   * The same, however far it has to look.
   *
   * @throws {Deno.errors.NotFound} if there is none.
   */
  async scanFully(path: string): Promise<ScannedHead> {
    const { mtime, size } = await Deno.stat(path);
    const head = await readHead(path, { home: this.#home })
      .catch(() => undefined);
    return { head, changedMs: mtime?.getTime() ?? 0, bytes: size };
  }

  /** Whether all that is wanted stands in the first bytes. */
  #take(beginning: Beginning, length: number): boolean {
    const view = this.#buffer.subarray(0, length);
    let from = 0;
    for (
      let newline = view.indexOf(NEWLINE);
      newline >= 0;
      newline = view.indexOf(NEWLINE, from)
    ) {
      if (!beginning.take(view.subarray(from, newline))) return true;
      from = newline + 1;
    }
    return false;
  }
}
