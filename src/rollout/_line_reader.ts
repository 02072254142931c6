import type { Place } from "./_places.ts";
import { type ParsedLine, parseLine } from "./_sniff.ts";
import { openBytes, type StoredBytes } from "./_stored_bytes.ts";

const WINDOW_BYTES = 1 << 20;
/** Up to here it is cheaper to read what is between two lines than to seek. */
const GAP_BYTES = 64 * 1024;

/** Reads lines at their places; keeps the files open meanwhile. */
export class LineReader implements AsyncDisposable {
  readonly #paths: readonly string[];
  readonly #open = new Map<number, StoredBytes>();

  /** @param paths Files of the history, from the oldest. */
  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** The line at a place; undefined if it can't be read. */
  async read(place: Place): Promise<ParsedLine | undefined> {
    const [line] = await Array.fromAsync(this.readAll([place]));
    return line;
  }

  /**
   * The lines at many places, which are best in order: neighbours are read at
   * once.
   */
  async *readAll(
    places: readonly Place[],
  ): AsyncGenerator<ParsedLine | undefined> {
    for (let from = 0; from < places.length;) {
      const first = places[from];
      if (!first) break;
      const to = findRun(places, from);
      const end = places[to - 1]?.end ?? first.end;
      const bytes = await this.#bytes(first.segment);
      const window = await bytes.read(first.start, end);
      for (const { start, end } of places.slice(from, to)) {
        yield parseLine(
          window.subarray(start - first.start, end - first.start),
        );
      }
      from = to;
    }
  }

  async #bytes(segment: number): Promise<StoredBytes> {
    let bytes = this.#open.get(segment);
    if (!bytes) {
      bytes = await openBytes(this.#paths[segment] ?? "");
      this.#open.set(segment, bytes);
    }
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const bytes of this.#open.values()) await bytes[Symbol.asyncDispose]();
  }
}

/** Index behind the places that are read together with one. */
function findRun(places: readonly Place[], from: number): number {
  const first = places[from];
  let to = from + 1;
  for (let last = first; first && last; to++) {
    const next = places[to];
    const fits = next && next.segment === first.segment &&
      next.start >= last.end && next.start - last.end <= GAP_BYTES &&
      next.end - first.start <= WINDOW_BYTES;
    if (!fits) break;
    last = next;
  }
  return to;
}
