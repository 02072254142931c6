import type { NotificationName, ThreadItem } from "../protocol/mod.ts";

/** Characters of a command's output that are kept while it runs. */
const MAX_OUTPUT = 1024 * 1024;
/** Characters of a command's output that are kept in memory behind its end. */
const MAX_HELD_OUTPUT = 16 * 1024;

/** The items of a turn while it lasts, as whoever comes in has to see them. */
export class LiveItems {
  readonly #items = new Map<string, ThreadItem>();
  /** Items that are here without all that they hold. */
  readonly #light = new Set<string>();

  /**
   * The items as they are now, in the order of their beginnings; without the
   * output of commands that are over, where that is long.
   */
  get all(): ThreadItem[] {
    return [...this.#items.values()];
  }

  /** How many items are no longer held whole. */
  get storedOnly(): number {
    return this.#light.size;
  }

  /**
   * The items whole.
   *
   * @param stored Those of this turn that have been stored.
   */
  whole(stored: readonly ThreadItem[]): ThreadItem[] {
    if (this.#light.size === 0) return this.all;
    const whole = new Map(stored.map((item) => [item.id, item]));
    return this.all.map((item) =>
      this.#light.has(item.id) ? whole.get(item.id) ?? item : item
    );
  }

  /** An item by its id. */
  get(id: string): ThreadItem | undefined {
    return this.#items.get(id);
  }

  /** Takes in an item, or how it is now. */
  set(item: ThreadItem): void {
    this.#items.set(item.id, item);
  }

  /** The same for one that is stored as it is, and can be read again. */
  setStored(item: ThreadItem): void {
    this.set(this.#lighten(item));
  }

  /** Lets go of an item. */
  delete(id: string): void {
    this.#items.delete(id);
  }

  /** A turn may run a thousand commands: what they wrote is in the file. */
  #lighten(item: ThreadItem): ThreadItem {
    const isLong = item.type === "commandExecution" &&
      (item.aggregatedOutput?.length ?? 0) > MAX_HELD_OUTPUT;
    if (!isLong) return item;
    this.#light.add(item.id);
    return { ...item, aggregatedOutput: null };
  }

  /** Keeps the items in step with what followers are told of them. */
  follow(method: NotificationName, params: unknown): void {
    const delta = params as {
      itemId: string;
      delta: string;
      summaryIndex: number;
      contentIndex: number;
    };
    switch (method) {
      case "item/agentMessage/delta":
      case "item/plan/delta": {
        const item = this.#items.get(delta.itemId);
        if (item?.type === "agentMessage" || item?.type === "plan") {
          item.text += delta.delta;
        }
        return;
      }
      case "item/commandExecution/outputDelta": {
        const item = this.#items.get(delta.itemId);
        if (item?.type !== "commandExecution") return;
        const output = (item.aggregatedOutput ?? "") + delta.delta;
        // As much as the item itself will hold in the end, about.
        item.aggregatedOutput = output.length > 2 * MAX_OUTPUT
          ? output.slice(-MAX_OUTPUT)
          : output;
        return;
      }
      case "item/reasoning/summaryPartAdded":
      case "item/reasoning/summaryTextDelta":
      case "item/reasoning/textDelta": {
        const item = this.#items.get(delta.itemId);
        if (item?.type !== "reasoning") return;
        const parts = method === "item/reasoning/textDelta"
          ? item.content
          : item.summary;
        const index = delta.summaryIndex ?? delta.contentIndex;
        while (parts.length <= index) parts.push("");
        parts[index] += delta.delta ?? "";
      }
    }
  }
}
