import {
  type AgentMessageItem,
  type MessagePhase,
  type ReasoningItem,
  uuid7,
  type WebSearchItem,
} from "../protocol/mod.ts";
import type { ProposedPlan } from "./_proposed_plan.ts";

/** A message that is being said. */
export interface OpenMessage {
  readonly kind: "message";
  readonly id: string;
  readonly phase: MessagePhase | null;
  text: string;
  /** Tells the plan in it apart, while planning. */
  readonly plan: ProposedPlan | null;
  isStarted: boolean;
}

/** A thought that is being thought. */
export interface OpenReasoning {
  readonly kind: "reasoning";
  readonly id: string;
  /** What came of it so far, by part. */
  readonly summary: string[];
  readonly content: string[];
}

/** A search that runs. */
export interface OpenSearch {
  readonly kind: "search";
  readonly id: string;
  readonly item: WebSearchItem;
}

/** What deltas may belong to. */
export type Open = OpenMessage | OpenReasoning | OpenSearch;

/** What an item is when it is open, by its type. */
export const kinds: Readonly<Record<string, Open["kind"]>> = {
  message: "message",
  reasoning: "reasoning",
  web_search_call: "search",
};

/** Parts that a thought may have; what counts further is made up. */
const maxParts = 1000;

/** A thought as far as it came. */
export function toThought(
  { id, summary, content }: OpenReasoning,
): ReasoningItem {
  const whole = (parts: string[]) => Array.from(parts, (part) => part ?? "");
  return {
    type: "reasoning",
    id,
    summary: whole(summary),
    content: whole(content),
  };
}

/** Whether a thought may have a part of that number. */
export function isPart(index: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < maxParts;
}

/** Adds to a part. */
export function append(parts: string[], index: number, delta: string): void {
  parts[index] = (parts[index] ?? "") + delta;
}

/** A message as clients see it. */
export function toMessage(
  id: string,
  text: string,
  phase: MessagePhase | null,
): AgentMessageItem {
  return {
    type: "agentMessage",
    moderation: null,
    id,
    text,
    phase,
    memoryCitation: null,
    delivery: null,
    questions: null,
  };
}

/** What a message is for, if that is known here. */
export function toPhase(phase: unknown): MessagePhase | null {
  return phase === "commentary" || phase === "partial_answer" ||
      phase === "final_answer"
    ? phase
    : null;
}

/** Id of an item that came without one. */
export function toId(type: string): string {
  const prefix = type === "message"
    ? "msg"
    : type === "reasoning"
    ? "rs"
    : "ws";
  return `${prefix}_${uuid7()}`;
}
