import { hasAcceptedMessage } from "./_accepted_message.ts";
import { olderItems } from "./_older_item.ts";
import { type Place, Places } from "./_places.ts";
import type { OpenPayload, SessionMeta } from "./record.ts";
import { type Head, parseLine } from "./_sniff.ts";
import {
  createEntry,
  noteEnd,
  noteStart,
  type TurnEntry,
  type UsagePlace,
} from "./_turn_entry.ts";

/** Lines up to here are parsed where their beginning does not say enough. */
const SHORT_LINE_BYTES = 4096;

/**
 * What is where in a history: made from its lines in order, one by one, without
 * parsing those that are long.
 */
export class TurnIndex {
  /** Turns, oldest first. */
  turns: TurnEntry[] = [];
  /** Lines of items, in the order of the file. */
  readonly items = new Places();
  /** Index of the turn of each item; -1 if it is not shown. */
  readonly turnOfItem: number[] = [];
  /** Number of each item among those without an id; 0 for one that has one. */
  readonly numberOfItem: number[] = [];
  /** Number of the line of each item, counted where lines have none. */
  readonly ordinalOfItem: number[] = [];
  /** Index of the first item of the newest file. */
  ownItems = 0;
  /** Lines that the conversation is made of; `compacted` ones included. */
  readonly conversation = new Places();
  /** Lines of the conversation that replace what is before them. */
  readonly compactions: number[] = [];
  /** What the first line says, and later ones of the same thread. */
  meta: SessionMeta | undefined;
  /** Last `turn_context`. */
  context: Place | undefined;
  /** Last `thread_settings_applied`. */
  settings: Place | undefined;
  /** Last `token_count` with figures. */
  usage: UsagePlace | undefined;
  /** Lines that can't be read. */
  skipped = 0;
  /** Number of the next record. */
  nextOrdinal = 0;
  /** Number of the line that is taken. */
  #ordinal = 0;
  /** Index of the last `session_meta`'s segment. */
  #metaSegment = -1;
  #numbered = 0;
  readonly #turnById = new Map<string, number>();

  /** Takes the next line. */
  add(head: Head | undefined, line: Uint8Array, place: Place): void {
    if (!head) {
      this.skipped++;
      return;
    }
    this.#ordinal = head.ordinal ?? this.nextOrdinal;
    this.nextOrdinal = this.#ordinal + 1;
    switch (head.type) {
      case "session_meta":
        return this.#addMeta(line, place);
      case "response_item":
        return this.conversation.push(place);
      case "compacted":
        this.compactions.push(this.conversation.length);
        return this.conversation.push(place);
      case "turn_context":
        this.context = place;
        return;
      case "event_msg":
        return this.#addEvent(head, line, place);
    }
  }

  /** Index of a turn; -1 if there is none. */
  indexOfTurn(id: string): number {
    return this.#turnById.get(id) ?? -1;
  }

  #addMeta(line: Uint8Array, { segment }: Place): void {
    const meta = parseLine(line)?.payload as SessionMeta | undefined;
    if (!meta) return;
    const isOther = this.meta !== undefined && meta.id !== this.meta.id;
    if (segment !== this.#metaSegment) {
      // It hangs on the thread that it goes on from, and shows none of that.
      if (isOther && meta.attached_thread === true) this.#hide(0);
      this.ownItems = this.items.length;
      this.meta = meta;
    } // The metadata of the source, in a fork that is a copy of it.
    else if (isOther) return;
    else this.meta = { ...this.meta, ...meta };
    this.#metaSegment = segment;
  }

  #addEvent(head: Head, line: Uint8Array, place: Place): void {
    switch (head.kind) {
      case "item_completed":
        return this.#addCompletedItem(head, place);
      case "gangway_said":
        return this.#addSaid(head, line, place);
      case "task_started":
      case "turn_started":
        return this.#startTurn(head, line, place);
      case "task_complete":
      case "turn_complete":
        return this.#endTurn("completed", line);
      case "turn_aborted":
        return this.#endTurn("interrupted", line);
      case "token_count":
        if (head.text.includes(`"info":null`)) return;
        this.usage = { place, turnId: this.turns.at(-1)?.id };
        return;
      case "thread_settings_applied":
        this.settings = place;
        return;
      case "thread_rolled_back":
        return this.#rollBack(line);
    }
    const isNumbered = olderItems.get(head.kind ?? "");
    if (isNumbered !== undefined) {
      this.#addOlderItem(head, line, place, isNumbered);
    }
  }

  #startTurn(head: Head, line: Uint8Array, place: Place): void {
    const payload = parseLine(line)?.payload;
    const id = payload?.["turn_id"];
    if (typeof id !== "string") return;
    const entry = this.#turn(id, head, place);
    noteStart(entry, payload ?? {}, head.timestamp);
    if (payload && hasAcceptedMessage(payload)) this.#accept(entry, place);
  }

  #addSaid(head: Head, line: Uint8Array, place: Place): void {
    const payload = parseLine(line)?.payload;
    const id = payload?.["turn_id"];
    if (typeof id !== "string" || !hasAcceptedMessage(payload!)) return;
    this.#accept(this.#turn(id, head, place), place);
  }

  /** Until there is an item of it, what was accepted stands for it. */
  #accept(entry: TurnEntry, place: Place): void {
    entry.accepted.push(this.items.length);
    this.#addItem(entry, place, 0);
  }

  /** Messages become items in the order in which they were accepted. */
  #becomeItem({ accepted, items }: TurnEntry): void {
    const item = accepted.shift();
    if (item === undefined) return;
    items.splice(items.indexOf(item), 1);
    this.turnOfItem[item] = -1;
  }

  #turn(id: string, head: Head, place: Place): TurnEntry {
    const index = this.#turnById.get(id) ?? this.turns.length;
    const known = this.turns[index];
    if (known) return known;
    const entry = createEntry(id, head, {
      place,
      started: this.#ordinal,
      conversationStart: this.conversation.length,
      contextBefore: this.context,
      usageBefore: this.usage,
    });
    this.#turnById.set(id, index);
    this.turns.push(entry);
    return entry;
  }

  #endTurn(status: "completed" | "interrupted", line: Uint8Array): void {
    const payload: OpenPayload = parseLine(line)?.payload ?? {};
    const id = payload["turn_id"];
    const index = typeof id === "string"
      ? this.indexOfTurn(id)
      : this.turns.length - 1;
    const entry = this.turns[index];
    if (!entry) return;
    noteEnd(entry, payload, { status, ordinal: this.#ordinal });
  }

  #addCompletedItem(head: Head, place: Place): void {
    const id = toTurnId(head.text) ?? this.turns.at(-1)?.id;
    if (id === undefined) return;
    const entry = this.#turn(id, head, place);
    // What rollouts without pages have, too, is no sign of one with them.
    if (!/"type":"(?:Plan|FunctionCallOutput)"/.test(head.text)) {
      entry.hasCompletedItems = true;
    }
    if (head.text.includes(`"type":"UserMessage"`)) this.#becomeItem(entry);
    this.#addItem(entry, place, 0);
  }

  #addOlderItem(
    head: Head,
    line: Uint8Array,
    place: Place,
    isNumbered: boolean,
  ): void {
    const entry = this.#turnOfOlderItem(head, line, place);
    // Written for older readers beside the item itself.
    if (entry.hasCompletedItems) return;
    this.#addItem(entry, place, isNumbered ? ++this.#numbered : 0);
  }

  #turnOfOlderItem(head: Head, line: Uint8Array, place: Place): TurnEntry {
    const named = toTurnId(head.text) ??
      (line.length < SHORT_LINE_BYTES
        ? parseLine(line)?.payload["turn_id"]
        : undefined);
    if (typeof named === "string") return this.#turn(named, head, place);
    const last = this.turns.at(-1);
    // The oldest rollouts have no turns: each user message begins one.
    if (last && (last.isMarked || head.kind !== "user_message")) return last;
    if (last?.status === "open") last.status = "completed";
    return this.#turn(`turn-${this.turns.length + 1}`, head, place);
  }

  #addItem(entry: TurnEntry, place: Place, number: number): void {
    entry.items.push(this.items.length);
    this.turnOfItem.push(this.indexOfTurn(entry.id));
    this.numberOfItem.push(number);
    this.ordinalOfItem.push(this.#ordinal);
    this.items.push(place);
  }

  #rollBack(line: Uint8Array): void {
    const count = toCount(parseLine(line)?.payload["num_turns"]);
    const first = this.turns[Math.max(0, this.turns.length - count)];
    if (!first) return;
    this.#hide(this.indexOfTurn(first.id));
    this.conversation.truncate(first.conversationStart);
    while ((this.compactions.at(-1) ?? -1) >= first.conversationStart) {
      this.compactions.pop();
    }
    this.context = first.contextBefore;
    this.usage = first.usageBefore;
  }

  /** Shows the turns from one on no longer, and none of their items. */
  #hide(from: number): void {
    for (const { id, items } of this.turns.splice(from)) {
      this.#turnById.delete(id);
      for (const item of items) this.turnOfItem[item] = -1;
    }
  }
}

function toTurnId(text: string): string | undefined {
  return /"turn_id":"([^"]+)"/.exec(text)?.[1];
}

function toCount(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
