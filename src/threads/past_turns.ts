import type { ThreadItem, Turn, TurnItemsView } from "../protocol/mod.ts";
import {
  type ItemOfTurn,
  readRollout,
  type Rollout,
  type StoredThread,
} from "../rollout/mod.ts";
import type { LiveTurn } from "./live_turn.ts";

/** Which turns are wanted, by index from the oldest, and how much of them. */
export interface TurnRange {
  readonly from?: number;
  /** Index behind the last. Default: all. */
  readonly to?: number;
  /** Default `full`. */
  readonly view?: TurnItemsView;
}

/** The turns of a thread that are over, oldest first. */
export interface PastTurns {
  /** How many there are, the running one too once it is stored. */
  count(): Promise<number>;
  /** Ids, oldest first. */
  ids(): Promise<string[]>;
  /** Some of them. */
  read(range: TurnRange, liveTurnId: string | null): Promise<Turn[]>;
  /** Items of all turns, in the order of their ends. */
  readItems(): Promise<ItemOfTurn[]>;
  /** Takes in a turn that is over. */
  add(turn: LiveTurn): void;
}

/** Turns of a thread with a file: they are read from it when somebody asks. */
export class StoredTurns implements PastTurns {
  readonly #rollout: Rollout;
  readonly #home: string;
  #stored: Promise<StoredThread> | undefined;

  /** @param stored What has been read of it, if anything was. */
  constructor(rollout: Rollout, home: string, stored?: StoredThread) {
    this.#rollout = rollout;
    this.#home = home;
    if (stored !== undefined) this.#stored = Promise.resolve(stored);
  }

  /** What the file tells, up to now; nothing while there is none. */
  async open(): Promise<StoredThread | undefined> {
    if (!this.#rollout.isMaterialized) return undefined;
    if (this.#stored === undefined) {
      const reading = readRollout(this.#rollout.path, { home: this.#home });
      this.#stored = reading;
      reading.catch(() => this.#stored = undefined); // it may be there later
      return await reading;
    }
    const stored = await this.#stored;
    await stored.refresh();
    return stored;
  }

  async count(): Promise<number> {
    return (await this.open())?.turnCount ?? 0;
  }

  async ids(): Promise<string[]> {
    return (await this.open())?.turnIds ?? [];
  }

  async read(
    { from = 0, to, view = "full" }: TurnRange,
    liveTurnId: string | null,
  ): Promise<Turn[]> {
    const stored = await this.open();
    return await stored?.readTurns({
      from,
      ...to !== undefined && { to },
      itemsView: view,
      liveTurnId,
    }) ?? [];
  }

  async readItems(): Promise<ItemOfTurn[]> {
    return await (await this.open())?.readItems() ?? [];
  }

  add(): void {}
}

/** Items of turns that are kept nowhere else, so that memory has a bound. */
const MAX_KEPT_ITEMS = 10_000;

/**
 * Turns of a thread that is kept nowhere but here, for as long as it is loaded.
 * Beyond a bound the oldest lose their items: they say so themselves.
 */
export class KeptTurns implements PastTurns {
  readonly #turns: Turn[] = [];
  readonly #maxItems: number;
  #itemCount = 0;
  /** Turns that have lost their items: so many, from the oldest on. */
  #lightCount = 0;

  /** @param turns Those that a fork begins with. */
  constructor(turns: readonly Turn[] = [], maxItems: number = MAX_KEPT_ITEMS) {
    this.#maxItems = maxItems;
    for (const turn of turns) this.#push(turn);
  }

  count(): Promise<number> {
    return Promise.resolve(this.#turns.length);
  }

  ids(): Promise<string[]> {
    return Promise.resolve(this.#turns.map(({ id }) => id));
  }

  read({ from, to, view = "full" }: TurnRange): Promise<Turn[]> {
    const turns = this.#turns.slice(from, to);
    return Promise.resolve(turns.map((turn) => toView(turn, view)));
  }

  readItems(): Promise<ItemOfTurn[]> {
    return Promise.resolve(
      this.#turns.flatMap(({ id, items }) =>
        items.map((item) => ({ turnId: id, item }))
      ),
    );
  }

  add(turn: LiveTurn): void {
    this.#push(turn.toTurn("full", turn.items));
  }

  #push(turn: Turn): void {
    this.#turns.push(turn);
    this.#itemCount += turn.items.length;
    const newest = this.#turns.length - 1;
    while (this.#itemCount > this.#maxItems && this.#lightCount < newest) {
      const oldest = this.#turns[this.#lightCount]!;
      this.#turns[this.#lightCount++] = toView(oldest, "notLoaded");
      this.#itemCount -= oldest.items.length;
    }
  }
}

/** A whole turn, with as much of it as is wanted. */
export function toView(turn: Turn, view: TurnItemsView): Turn {
  if (turn.itemsView === "notLoaded") return turn;
  if (view === "full") return { ...turn, itemsView: view };
  if (view === "notLoaded") return { ...turn, itemsView: view, items: [] };
  return { ...turn, itemsView: view, items: toSummary(turn.items) };
}

/** What the user said first, and the agent last. */
function toSummary(items: readonly ThreadItem[]): ThreadItem[] {
  const first = items.find(({ type }) => type === "userMessage");
  const last = items.findLast(({ type }) => type === "agentMessage");
  return [first, last].filter((item) => item !== undefined);
}
