import type { ResponseItem } from "../model/mod.ts";
import type { Turn } from "../protocol/mod.ts";
import { GrowingIndex } from "./_growing_index.ts";
import type { LineReader } from "./_line_reader.ts";
import type { Place } from "./_places.ts";
import { toPreview } from "./_preview.ts";
import { readConversation } from "./_read_conversation.ts";
import { readItems, readItemsOfTurns, takeItems } from "./_read_items.ts";
import type { Segment } from "./_segments.ts";
import { toTurn } from "./_to_turn.ts";
import type { TurnIndex } from "./_turn_index.ts";
import type { Outline } from "./outline.ts";
import type { HistoryBase, OpenPayload, SessionMeta } from "./record.ts";
import type {
  CutTurn,
  ItemOfTurn,
  ReadTurnsOptions,
  StoredPreview,
  StoredUsage,
} from "./stored_history.ts";

/**
 * A thread on disk: where its turns, its items and its conversation stand. The
 * file may grow meanwhile; {@linkcode StoredThread.refresh} takes in what is
 * new. Holds places, no text.
 */
export class StoredThread {
  /** The newest file. */
  readonly path: string;
  readonly #files: GrowingIndex;
  readonly #index: TurnIndex;

  /** Nothing is read yet; {@linkcode readRollout} does both. */
  constructor(path: string, segments: readonly Segment[]) {
    this.path = path;
    this.#files = new GrowingIndex(path, segments);
    this.#index = this.#files.index;
  }

  /** Whose it is, as it was said last. */
  get meta(): SessionMeta {
    return this.#files.meta;
  }

  /** How many turns there are. */
  get turnCount(): number {
    return this.#index.turns.length;
  }

  /** How many items there are, those of turns rolled back left out. */
  get itemCount(): number {
    return this.#index.turnOfItem.filter((turn) => turn >= 0).length;
  }

  /** How many lines could not be read. */
  get skippedLines(): number {
    return this.#index.skipped;
  }

  /** How often the conversation was compacted. */
  get compactions(): number {
    return this.#index.compactions.length;
  }

  /** Number of the next record. */
  get nextOrdinal(): number {
    return this.#index.nextOrdinal;
  }

  /** Ids of the turns, oldest first. */
  get turnIds(): string[] {
    return this.#index.turns.map(({ id }) => id);
  }

  /** Index of a turn, from the oldest; -1 if there is none. */
  indexOfTurn(id: string): number {
    return this.#index.indexOfTurn(id);
  }

  /** What stands where, as it is now. */
  outline(): Outline {
    const { turns, turnOfItem, ordinalOfItem } = this.#index;
    const pending = new Set(turns.flatMap(({ accepted }) => accepted));
    return {
      turns: turns.map(({ id, started, ended }) => ({ id, started, ended })),
      items: turnOfItem.flatMap((turn, index) => {
        const turnId = turns[turn]?.id;
        if (turnId === undefined) return [];
        const ordinal = ordinalOfItem[index]!;
        return [{ index, turnId, ordinal, isPending: pending.has(index) }];
      }),
    };
  }

  /** Takes in what has been written since. */
  refresh(
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    return this.#files.refresh(options);
  }

  /** Turns with their items, oldest first. */
  async readTurns(
    { from = 0, to, itemsView = "full", liveTurnId = null }: ReadTurnsOptions =
      {},
  ): Promise<Turn[]> {
    await this.refresh();
    const entries = this.#index.turns.slice(from, to);
    const wanted = itemsView === "notLoaded"
      ? []
      : entries.flatMap(({ items }) => items);
    await using lines = this.#files.createReader();
    // All at once, so that the items of many small turns are read together.
    const records = lines.readAll(wanted.map((at) => this.#index.items.at(at)));
    const turns: Turn[] = [];
    for (const entry of entries) {
      const items = wanted.length === 0
        ? []
        : await takeItems(entry.items, this.#index, records);
      turns.push(toTurn(entry, items, itemsView, liveTurnId));
    }
    return turns;
  }

  /** Items in the order in which they were complete, whatever their turn. */
  async readItems(
    { from = 0, to }: { readonly from?: number; readonly to?: number } = {},
  ): Promise<ItemOfTurn[]> {
    await this.refresh();
    const { turnOfItem } = this.#index;
    const alive = turnOfItem.flatMap((turn, item) => turn < 0 ? [] : [item]);
    const found = await this.readItemsAt(alive.slice(from, to));
    return found.filter((item) => item !== undefined);
  }

  /**
   * Items by their indices in the {@linkcode outline}, in that order; undefined
   * for one that can't be read.
   */
  async readItemsAt(
    wanted: readonly number[],
  ): Promise<(ItemOfTurn | undefined)[]> {
    await using lines = this.#files.createReader();
    return await readItemsOfTurns(wanted, this.#index, lines);
  }

  /** The conversation as a model is to see it next. */
  async readConversation(
    { beforeTurnId }: { readonly beforeTurnId?: string | undefined } = {},
  ): Promise<ResponseItem[]> {
    await this.refresh();
    if (beforeTurnId === undefined) return await this.conversationSoFar()();
    const turn = this.#index.turns[this.indexOfTurn(beforeTurnId)];
    if (turn === undefined) {
      throw new RangeError(`No turn ${beforeTurnId} in the thread`);
    }
    const to = turn.conversationStart;
    const from = this.#index.compactions.findLast((start) => start < to) ?? 0;
    return await this.#readSpan(from, to);
  }

  /**
   * How the conversation that there is now can be read later: without what
   * comes to it meanwhile, and for as long as nothing of it is taken back.
   */
  conversationSoFar(): () => Promise<ResponseItem[]> {
    const { conversation, compactions } = this.#index;
    const from = compactions.at(-1) ?? 0;
    const to = conversation.length;
    return () => this.#readSpan(from, to);
  }

  async #readSpan(from: number, to: number): Promise<ResponseItem[]> {
    await using lines = this.#files.createReader();
    const places = this.#index.conversation.slice(from, to);
    return await readConversation(lines.readAll(places));
  }

  /** What the user said first in the newest file, else in those before it. */
  async readPreview(): Promise<StoredPreview> {
    await using lines = this.#files.createReader();
    const own = await this.#findPreview(this.#index.ownItems, lines);
    if (own !== undefined) return { text: own, isOwn: true };
    return { text: await this.#findPreview(0, lines) ?? "", isOwn: false };
  }

  async #findPreview(
    from: number,
    lines: LineReader,
  ): Promise<string | undefined> {
    const to = Math.min(this.#index.items.length, from + 16);
    for (let index = from; index < to; index++) {
      const [item] = await readItems([index], this.#index, lines);
      if (item?.type === "userMessage") return toPreview(item.content);
    }
    return undefined;
  }

  /**
   * What a writer that died, or is not done, has left undone, oldest first: in
   * all turns, or in those before one that there is.
   */
  async readCutTurns(
    { beforeTurnId }: { readonly beforeTurnId?: string | undefined } = {},
  ): Promise<CutTurn[]> {
    await using lines = this.#files.createReader();
    const cut: CutTurn[] = [];
    const end = beforeTurnId === undefined
      ? undefined
      : this.indexOfTurn(beforeTurnId);
    for (
      const { id, isMarked, status, accepted } of this.#index.turns.slice(
        0,
        end,
      )
    ) {
      const isOpen = isMarked && status === "open";
      if (!isOpen && accepted.length === 0) continue;
      const said = await readItems(accepted, this.#index, lines);
      cut.push({ turnId: id, isOpen, said });
    }
    return cut;
  }

  /** Last `turn_context`. */
  readContext(): Promise<OpenPayload | null> {
    return this.#readPayload(this.#index.context);
  }

  /** Last `thread_settings` that were applied. */
  async readSettings(): Promise<OpenPayload | null> {
    const payload = await this.#readPayload(this.#index.settings);
    const settings = payload?.["thread_settings"];
    return typeof settings === "object" ? settings as OpenPayload : null;
  }

  /** What the conversation took so far, or before a turn that there is. */
  async readUsage(
    { beforeTurnId }: { readonly beforeTurnId?: string | undefined } = {},
  ): Promise<StoredUsage | null> {
    const found = beforeTurnId === undefined
      ? this.#index.usage
      : this.#index.turns[this.indexOfTurn(beforeTurnId)]?.usageBefore;
    const payload = await this.#readPayload(found?.place);
    const info = payload?.["info"];
    if (typeof info !== "object" || info === null) return null;
    return { info: info as OpenPayload, turnId: found?.turnId };
  }

  /**
   * What comes before a turn, or all there is: where the history of a fork, or
   * of what is left after a revert, goes on from. Undefined if nothing does.
   *
   * @throws {RangeError} if there is no such turn.
   */
  baseBefore(turnId?: string): HistoryBase | undefined {
    return this.#files.baseBefore(turnId);
  }

  /** The files of what is before a turn, or of all, and how far they count. */
  filesBefore(
    turnId?: string,
  ): Promise<{ readonly path: string; readonly endByte: number }[]> {
    return this.#files.filesBefore(turnId);
  }

  async #readPayload(place: Place | undefined): Promise<OpenPayload | null> {
    if (!place) return null;
    await using lines = this.#files.createReader();
    return (await lines.read(place))?.payload ?? null;
  }
}
