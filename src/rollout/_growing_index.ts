import { LineReader } from "./_line_reader.ts";
import { scanSegment } from "./_scan_segment.ts";
import type { Segment } from "./_segments.ts";
import { TurnIndex } from "./_turn_index.ts";
import type { HistoryBase, SessionMeta } from "./record.ts";

/**
 * What stands where in the files of a thread, of which the newest may grow: each
 * line is taken in once.
 */
export class GrowingIndex {
  /** What has been taken in so far. */
  readonly index: TurnIndex = new TurnIndex();
  readonly #path: string;
  readonly #segments: readonly Segment[];
  /** Up to where the newest file has been read. */
  #scanned = 0;
  #segmentsRead = 0;
  #refreshed: Promise<void> = Promise.resolve();

  /** @param path The newest file. */
  constructor(path: string, segments: readonly Segment[]) {
    this.#path = path;
    this.#segments = segments;
  }

  /** Whose it is, as it was said last. */
  get meta(): SessionMeta {
    const { meta } = this.index;
    if (!meta) throw new Error(`Rollout "${this.#path}" has no session_meta`);
    return meta;
  }

  /** Takes in what has been written since. */
  async refresh(
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    // One at a time: lines are taken in once.
    const turn = this.#refreshed.then(() => this.#takeIn(signal));
    this.#refreshed = turn.catch(() => {});
    await turn;
  }

  async #takeIn(signal: AbortSignal | undefined): Promise<void> {
    for (let at = this.#segmentsRead; at < this.#segments.length; at++) {
      const segment = this.#segments[at];
      if (!segment) break;
      const isLast = at === this.#segments.length - 1;
      const end = await scanSegment(
        segment,
        isLast ? this.#scanned : 0,
        (head, line, start) => {
          const place = { segment: at, start, end: start + line.length };
          this.index.add(head, line, place);
        },
        { signal },
      );
      if (isLast) this.#scanned = end;
      else this.#segmentsRead = at + 1;
    }
  }

  /** Reads lines by their places, until it is disposed. */
  createReader(): LineReader {
    return new LineReader(this.#segments.map(({ path }) => path));
  }

  /**
   * What comes before a turn, or all there is: where the history of a fork, or
   * of what is left after a revert, goes on from. Undefined if nothing does.
   *
   * @throws {RangeError} if there is no such turn.
   */
  baseBefore(turnId?: string): HistoryBase | undefined {
    const newest = this.#segments.at(-1);
    const at = turnId === undefined ? -1 : this.index.indexOfTurn(turnId);
    const entry = this.index.turns[at];
    if (turnId !== undefined && !entry) {
      throw new RangeError(`No turn ${turnId} in the thread`);
    }
    if (at === 0 && entry?.conversationStart === 0) return undefined;
    const segment = entry ? this.#segments[entry.place.segment] : newest;
    return {
      thread_id: segment?.id ?? this.meta.id,
      end_ordinal_exclusive: entry?.ordinal ?? this.index.nextOrdinal,
      end_byte_offset: entry?.place.start ?? this.#scanned,
    };
  }

  /** The files of what is before a turn, or of all, and how far they count. */
  async filesBefore(
    turnId?: string,
  ): Promise<{ readonly path: string; readonly endByte: number }[]> {
    await this.refresh();
    const stop = turnId === undefined
      ? undefined
      : this.index.turns[this.index.indexOfTurn(turnId)]?.place;
    const last = stop?.segment ?? this.#segments.length - 1;
    return this.#segments.slice(0, last + 1).map(({ path, endByte }, at) => ({
      path,
      endByte: at === last && stop ? stop.start : endByte ?? this.#scanned,
    }));
  }
}
