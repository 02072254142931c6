import type { ResponseItem } from "../model/mod.ts";
import type { RateLimitSnapshot, ThreadTokenUsage } from "../protocol/mod.ts";
import type { Past } from "./agent.ts";
import { pairCalls } from "./_pair_calls.ts";
import { uuidV7 } from "./_uuid_v7.ts";

/** Limits of which nothing is known yet. */
const noLimits: RateLimitSnapshot = {
  limitId: "codex",
  limitName: null,
  normalModelSlug: null,
  primary: null,
  secondary: null,
  credits: null,
  individualLimit: null,
  spendControlReached: null,
  planType: null,
  rateLimitReachedType: null,
};

/**
 * What a model and the others said to each other, and what it took. Items are
 * never changed once they are in it: what was sent before is sent again byte
 * for byte, so that a provider finds it in its cache.
 */
export class Conversation {
  /** What it took so far. */
  usage: ThreadTokenUsage | null;
  /** How often it was compacted. */
  compactions: number;
  /** Names the stretch between two compactions. */
  windowId: string = uuidV7();
  /** What the provider said last about its limits. */
  rateLimits: RateLimitSnapshot = noLimits;
  /** Model of the last turn; null before the first. */
  model: string | null;
  /** Whether it was read from a rollout. */
  readonly isResumed: boolean;
  #items: ResponseItem[];

  /** Puts right what `past` lacks. */
  constructor(past: Past) {
    this.#items = [...pairCalls(past.history)];
    this.usage = past.usage;
    this.compactions = past.compactions;
    this.isResumed = past.history.length > 0;
    const model = past.lastContext?.model;
    this.model = typeof model === "string" ? model : null;
  }

  /** All of it, oldest first. */
  get items(): readonly ResponseItem[] {
    return this.#items;
  }

  /** Goes on. */
  add(...items: readonly ResponseItem[]): void {
    this.#items.push(...items);
  }

  /** Begins anew with `items`. */
  replace(items: readonly ResponseItem[]): void {
    this.#items = [...pairCalls(items)];
  }

  /** Puts right what was cut apart; nothing in the usual case. */
  mend(): void {
    const whole = pairCalls(this.#items);
    if (whole !== this.#items) this.#items = [...whole];
  }
}
