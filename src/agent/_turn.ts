import {
  type Clock,
  type ModelFacts,
  type ModelUsage,
  type ResponseItem,
  systemClock,
  type ToolSpec,
} from "../model/mod.ts";
import type {
  AgentMessageItem,
  JsonValue,
  RateLimitSnapshot,
  ThreadSettings,
} from "../protocol/mod.ts";
import {
  searchTools,
  type Stage,
  type Tool,
  type ToolSurroundings,
  toToolSpecs,
} from "../tools/mod.ts";
import type { AgentOptions } from "./agent.ts";
import type { Conversation } from "./_conversation.ts";
import { toSnakeCase } from "./_snake_case.ts";
import {
  addTokens,
  noTokens,
  type Tokens,
  toRecordedTokens,
  toTokens,
} from "./_usage.ts";

/** What stays of an agent's options: the past lives in its conversation. */
export type AgentParts = Omit<AgentOptions, "past">;

/** What a turn is, beside its conversation and its stage. */
export interface TurnParts {
  readonly settings: ThreadSettings;
  readonly rootTurnId: string;
  /** Turn of another thread that wants it; null for none. */
  readonly parentTurnId: string | null;
  readonly turnTrigger: string | null;
  readonly startedAtMs: number;
  readonly clientMetadata: Readonly<Record<string, string>>;
  readonly outputSchema: JsonValue | null;
  /** Thread in whose name the model is asked. */
  readonly threadId: string;
  /** Kind of the agent that works in the name of another; null for none. */
  readonly subagent: "review" | null;
  /** Said first in place of the thread's own. */
  readonly baseInstructions: string | null;
  /** Whether its items belong to the rollout of the stage's thread. */
  readonly isRecorded: boolean;
  readonly signal: AbortSignal;
}

/** Tools for work that is not a reviewer's: agents, goals, what is on the web. */
const notForReviewers: ReadonlySet<string> = new Set([
  "spawn_agent",
  "send_input",
  "wait_agent",
  "resume_agent",
  "close_agent",
  "get_goal",
  "create_goal",
  "update_goal",
  "web_search",
]);

/** One turn that is played: what all of its steps share. */
export class Turn {
  readonly agent: AgentParts;
  readonly conversation: Conversation;
  readonly stage: Stage;
  readonly parts: TurnParts;
  readonly clock: Clock;
  /** What the agent said last in it. */
  lastAgentMessage: AgentMessageItem | null = null;
  /** What it took so far. */
  tokens: Tokens = noTokens;
  /** Why its last items could not be stored; nothing if they could. */
  storageFailure: unknown;
  readonly #end = new AbortController();
  readonly #closing = new AbortController();
  #isInterrupted = false;
  #isHalted = false;
  #plans = 0;
  readonly #outer: () => void;

  /** Begins nothing; to be closed at its end. */
  constructor(
    agent: AgentParts,
    conversation: Conversation,
    stage: Stage,
    parts: TurnParts,
  ) {
    this.agent = agent;
    this.conversation = conversation;
    this.stage = stage;
    this.parts = parts;
    this.clock = agent.clock ?? systemClock;
    this.#outer = () => {
      if (this.signal.aborted) return;
      this.#isInterrupted = true;
      this.#end.abort(parts.signal.reason);
    };
    if (parts.signal.aborted) this.#outer();
    else parts.signal.addEventListener("abort", this.#outer, { once: true });
  }

  /** Aborted when the turn is interrupted, by whomever. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** How the next step is set up. */
  get settings(): ThreadSettings {
    return this.parts.settings;
  }

  /** What is known of the model that takes it. */
  get facts(): ModelFacts {
    return this.agent.facts(this.settings.model);
  }

  get isPlanning(): boolean {
    return this.settings.collaborationMode.mode === "plan";
  }

  /** Whether somebody interrupted it, before anything went wrong. */
  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  /** Ends it from within: a person said so in answer to a question. */
  stop(): void {
    if (this.signal.aborted) return;
    this.#isInterrupted = true;
    this.#end.abort(new DOMException("The turn was stopped", "AbortError"));
  }

  /** Whether a hook ended it, before anything was done. */
  get isHalted(): boolean {
    return this.#isHalted;
  }

  /**
   * Ends it because a hook wants it so.
   *
   * @throws {unknown} the signal's reason, always.
   */
  halt(): never {
    this.#isHalted = !this.signal.aborted;
    this.stop();
    throw this.signal.reason;
  }

  /** Aborted when it is over: for what goes on while it ends. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Ends what still runs, for the turn can't go on. */
  fail(): void {
    this.#end.abort(new DOMException("The turn failed", "AbortError"));
  }

  /** The first plan of a turn needs no number. */
  nextPlanSuffix(): string {
    this.#plans++;
    return this.#plans === 1 ? "" : `-${this.#plans}`;
  }

  /** Lets go of the outer signal. */
  close(): void {
    this.parts.signal.removeEventListener("abort", this.#outer);
    this.#closing.abort(new DOMException("The turn is over", "AbortError"));
  }

  /**
   * Stores items and takes them into the conversation.
   *
   * @throws {StorageError} if they can't be stored; then they are not in it.
   */
  remember(...items: ResponseItem[]): void {
    if (this.parts.isRecorded) {
      this.stage.record(
        ...items.map((payload) => ({
          type: "response_item" as const,
          payload,
        })),
      );
    }
    this.conversation.add(...items);
  }

  /**
   * The same where a turn ends anyway: the conversation stays whole even if
   * nothing can be stored any more.
   */
  rememberAtLast(...items: ResponseItem[]): void {
    try {
      this.remember(...items);
    } catch (thrown) {
      this.conversation.add(...items);
      this.storageFailure ??= thrown;
    }
  }

  /** What the model is told that it can call. */
  specs(): ToolSpec[] {
    return toToolSpecs(this.tools(), this.surroundings);
  }

  /** Which of the others a search finds. */
  search(input: unknown): ToolSpec[] {
    return searchTools(this.tools(), input, this.surroundings);
  }

  /** What decides over its tools. */
  get surroundings(): ToolSurroundings {
    return { settings: this.settings, model: this.facts };
  }

  /** What works now. */
  tools(): readonly Tool[] {
    const tools = this.agent.tools();
    return this.parts.subagent === "review"
      ? tools.filter(({ name }) => !notForReviewers.has(name))
      : tools;
  }

  /** Counts what a response took; told later, by {@linkcode tellUsage}. */
  count(usage: ModelUsage, responseId: string): void {
    const last = toTokens(usage);
    this.tokens = addTokens(this.tokens, last);
    const { conversation, agent, stage } = this;
    const total = addTokens(conversation.usage?.total ?? noTokens, last);
    conversation.usage = {
      total,
      last,
      modelContextWindow: this.facts.contextWindow,
    };
    if (!this.parts.isRecorded) return;
    stage.record({
      type: "token_usage_record",
      payload: {
        thread_id: agent.threadId,
        turn_id: stage.turnId,
        session_id: agent.sessionId,
        root_turn_id: this.parts.rootTurnId,
        response_id: responseId,
        usage: toRecordedTokens(last),
        turn_token_usage: toRecordedTokens(this.tokens),
        thread_token_usage: toRecordedTokens(total),
      },
    });
  }

  /** Tells and stores what the conversation took, and the limits. */
  tellUsage(): void {
    const { usage, rateLimits } = this.conversation;
    if (!this.parts.isRecorded) return;
    if (usage === null) return this.tellLimits();
    this.conversation.usageTurnId = this.stage.turnId;
    this.stage.record({
      type: "event_msg",
      payload: {
        type: "token_count",
        info: {
          total_token_usage: toRecordedTokens(usage.total),
          last_token_usage: toRecordedTokens(usage.last),
          model_context_window: usage.modelContextWindow,
        },
        rate_limits: toSnakeCase(rateLimits),
      },
    });
    this.stage.tell("thread/tokenUsage/updated", {
      threadId: this.stage.threadId,
      turnId: this.stage.turnId,
      tokenUsage: usage,
    });
    this.tellLimits();
  }

  /**
   * Notes that the conversation is as long as it can be, whatever was counted:
   * the provider refused it. The next turn begins with a compaction.
   */
  fillWindow(): void {
    const { contextWindow } = this.facts;
    if (contextWindow === null) return;
    const before = this.conversation.usage?.total.totalTokens ?? 0;
    this.conversation.usage = {
      total: { ...noTokens, totalTokens: Math.max(contextWindow, before) },
      last: { ...noTokens, totalTokens: contextWindow },
      modelContextWindow: contextWindow,
    };
    this.tellUsageAtLast();
  }

  /** The same where a turn ends anyway. */
  tellUsageAtLast(): void {
    try {
      this.tellUsage();
    } catch (thrown) {
      this.storageFailure ??= thrown;
    }
  }

  /** Tells the limits as they are known. */
  tellLimits(limits?: RateLimitSnapshot): void {
    if (limits !== undefined) this.conversation.rateLimits = limits;
    this.stage.tell("account/rateLimits/updated", {
      rateLimits: this.conversation.rateLimits,
    });
  }
}
