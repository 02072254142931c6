import type { ResponseItem } from "../model/mod.ts";
import {
  type RateLimitSnapshot,
  type ThreadTokenUsage,
  uuid7,
} from "../protocol/mod.ts";
import type { ForkOrigin, Past } from "./agent.ts";
import type { SessionSource } from "./extensions.ts";
import { pairCalls } from "./_pair_calls.ts";

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
  /** The turn that said so, if that is known. */
  usageTurnId: string | undefined;
  /** How often it was compacted. */
  compactions: number;
  /** Names the stretch between two compactions. */
  windowId: string = uuid7();
  /** What the provider said last about its limits. */
  rateLimits: RateLimitSnapshot = noLimits;
  /** Model of the last turn; null before the first. */
  model: string | null;
  /** How its session began, until hooks have heard of it. */
  unheard: SessionSource | undefined;
  /** What it is a fork of; null if of nothing. */
  readonly forkedFrom: ForkOrigin | null;
  #isResumed = false;
  #items: ResponseItem[] = [];
  /** How its beginning is read; nothing once it was, or is not wanted. */
  #source: (() => Promise<readonly ResponseItem[]>) | undefined;
  #recalled: Promise<void> | undefined;

  /** Puts right what `past` lacks. */
  constructor(past: Past) {
    if (typeof past.history === "function") this.#source = past.history;
    else this.#begin(past.history);
    this.usage = past.usage;
    this.usageTurnId = past.usageTurnId;
    this.compactions = past.compactions;
    this.forkedFrom = past.forkedFrom ?? null;
    const { history, opening } = past;
    const isNew = Array.isArray(history) && history.length === 0;
    this.unheard = opening ?? (isNew ? "startup" : "resume");
    const model = past.lastContext?.model;
    this.model = typeof model === "string" ? model : null;
  }

  /** Whether it was read from a rollout. */
  get isResumed(): boolean {
    return this.#isResumed;
  }

  /** How it came to be what it was at first, in the words of providers. */
  get initialization(): "new" | "cold_resume" | "warm_fork" | "cold_fork" {
    if (!this.#isResumed) return "new";
    return this.forkedFrom?.making ?? "cold_resume";
  }

  /**
   * Reads its beginning, if that was not needed so far.
   *
   * @throws {Error} if it can't be read; the next call tries again.
   */
  async recall(): Promise<void> {
    if (this.#source === undefined) return;
    this.#recalled ??= this.#read(this.#source).finally(() =>
      this.#recalled = undefined
    );
    await this.#recalled;
  }

  async #read(source: () => Promise<readonly ResponseItem[]>): Promise<void> {
    const items = await source();
    // Something else may have been put in its place meanwhile.
    if (this.#source !== source) return;
    this.#source = undefined;
    this.#begin(items);
  }

  /** Puts what came before in front of what has been said since. */
  #begin(past: readonly ResponseItem[]): void {
    this.#items = [...pairCalls([...past, ...this.#items])];
    this.#isResumed = past.length > 0;
  }

  /** All of it, oldest first; what was read of it so far. */
  get items(): readonly ResponseItem[] {
    return this.#items;
  }

  /** Goes on. */
  add(...items: readonly ResponseItem[]): void {
    this.#items.push(...items);
  }

  /** Begins anew with `items`. */
  replace(items: readonly ResponseItem[]): void {
    this.#source = undefined;
    this.#items = [...pairCalls(items)];
  }

  /** Puts right what was cut apart; nothing in the usual case. */
  mend(): void {
    const whole = pairCalls(this.#items);
    if (whole !== this.#items) this.#items = [...whole];
  }
}
