import type { Turn } from "../protocol/mod.ts";
import { decodeError } from "./_stored_error.ts";
import { type Place, Places } from "./_places.ts";
import type { OpenPayload, SessionMeta } from "./record.ts";
import { type Head, parseLine } from "./_sniff.ts";

/** A turn without its items. */
export interface TurnEntry {
  readonly id: string;
  rootTurnId: string | null;
  startedAt: number | null;
  completedAt: number | null;
  durationMs: number | null;
  status: Turn["status"] | "open";
  error: Turn["error"];
  /** Its first line. */
  readonly place: Place;
  /** Number of that line, if lines have numbers. */
  readonly ordinal: number | undefined;
  /** Which of the thread's items are in it. */
  readonly items: number[];
  /** Length of the conversation before it. */
  readonly conversationStart: number;
  /** Last context of the thread before it. */
  readonly contextBefore: Place | undefined;
}

/** Kinds of `event_msg` that were items before there was `item_completed`. */
const OLDER_ITEMS: ReadonlySet<string> = new Set([
  "user_message",
  "agent_message",
  "agent_reasoning",
  "agent_reasoning_raw_content",
  "web_search_end",
  "patch_apply_end",
  "mcp_tool_call_end",
  "exec_command_end",
  "view_image_tool_call",
  "image_generation_end",
  "entered_review_mode",
  "exited_review_mode",
  "context_compacted",
]);

/**
 * What is where in a history: made from its lines in order, one by one, without
 * parsing those that are long.
 */
export class TurnIndex {
  /** Turns, oldest first. */
  turns: TurnEntry[] = [];
  /** Lines of items, in the order of the file. */
  readonly items = new Places();
  /** Index of the turn of each item; -1 if it was rolled back. */
  readonly turnOfItem: number[] = [];
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
  usage: Place | undefined;
  /** Lines that can't be read. */
  skipped = 0;
  /** Number of the next record. */
  nextOrdinal = 0;
  /** Index of the last `session_meta`'s segment. */
  #metaSegment = -1;
  readonly #turnById = new Map<string, number>();

  /** Takes the next line. */
  add(head: Head | undefined, line: Uint8Array, place: Place): void {
    if (!head) {
      this.skipped++;
      return;
    }
    this.nextOrdinal = (head.ordinal ?? this.nextOrdinal) + 1;
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
    if (segment !== this.#metaSegment) this.meta = meta;
    // The metadata of the source, in a fork that is a copy of it.
    else if (meta.id !== this.meta?.id) return;
    else this.meta = { ...this.meta, ...meta };
    this.#metaSegment = segment;
  }

  #addEvent(head: Head, line: Uint8Array, place: Place): void {
    switch (head.kind) {
      case "item_completed":
        return this.#addItem(toTurnId(head) ?? this.#lastTurnId(), head, place);
      case "task_started":
      case "turn_started":
        return this.#startTurn(head, line, place);
      case "task_complete":
      case "turn_complete":
        return this.#endTurn("completed", line);
      case "turn_aborted":
        return this.#endTurn("interrupted", line);
      case "token_count":
        if (!head.text.includes(`"info":null`)) this.usage = place;
        return;
      case "thread_settings_applied":
        this.settings = place;
        return;
      case "thread_rolled_back":
        return this.#rollBack(line);
    }
    if (head.kind !== undefined && OLDER_ITEMS.has(head.kind)) {
      this.#addOlderItem(head, place);
    }
  }

  #lastTurnId(): string | undefined {
    return this.turns.at(-1)?.id;
  }

  #startTurn(head: Head, line: Uint8Array, place: Place): void {
    const payload = parseLine(line)?.payload;
    const id = payload?.["turn_id"];
    if (typeof id !== "string") return;
    const entry = this.#turn(id, head, place);
    entry.rootTurnId = toStringOrNull(payload?.["root_turn_id"]) ?? id;
    entry.startedAt = toNumberOrNull(payload?.["started_at"]) ??
      toSeconds(head.timestamp);
  }

  #turn(id: string, head: Head, place: Place): TurnEntry {
    const index = this.#turnById.get(id) ?? this.turns.length;
    const known = this.turns[index];
    if (known) return known;
    const entry: TurnEntry = {
      id,
      rootTurnId: null,
      startedAt: toSeconds(head.timestamp),
      completedAt: null,
      durationMs: null,
      status: "open",
      error: null,
      place,
      ordinal: head.ordinal,
      items: [],
      conversationStart: this.conversation.length,
      contextBefore: this.context,
    };
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
    entry.error = decodeError(payload["error"]);
    entry.status = entry.error && status === "completed" ? "failed" : status;
    entry.completedAt = toNumberOrNull(payload["completed_at"]);
    entry.durationMs = toNumberOrNull(payload["duration_ms"]);
  }

  #addItem(id: string | undefined, head: Head, place: Place): void {
    if (id === undefined) return;
    const entry = this.#turn(id, head, place);
    entry.items.push(this.items.length);
    this.turnOfItem.push(this.indexOfTurn(id));
    this.items.push(place);
  }

  #addOlderItem(head: Head, place: Place): void {
    const last = this.turns.at(-1);
    const isOpen = last?.status === "open";
    // The oldest rollouts have no turns: each user message begins one.
    const isNext = !last || !isOpen ||
      (head.kind === "user_message" && last.rootTurnId === null);
    const id = isNext && (head.kind === "user_message" || !last)
      ? `turn-${this.turns.length + 1}`
      : this.#lastTurnId();
    if (isNext && last?.status === "open" && id !== last.id) {
      last.status = "completed";
    }
    this.#addItem(id, head, place);
  }

  #rollBack(line: Uint8Array): void {
    const count = toNumberOrNull(parseLine(line)?.payload["num_turns"]) ?? 0;
    const first = this.turns[Math.max(0, this.turns.length - count)];
    if (!first) return;
    const from = this.indexOfTurn(first.id);
    for (const { id, items } of this.turns.splice(from)) {
      this.#turnById.delete(id);
      for (const item of items) this.turnOfItem[item] = -1;
    }
    this.conversation.truncate(first.conversationStart);
    while ((this.compactions.at(-1) ?? -1) >= first.conversationStart) {
      this.compactions.pop();
    }
    this.context = first.contextBefore;
  }
}

function toTurnId(head: Head): string | undefined {
  return /"turn_id":"([^"]+)"/.exec(head.text)?.[1];
}

function toSeconds(timestamp: string): number | null {
  const ms = Date.parse(timestamp);
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}

function toNumberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function toStringOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
