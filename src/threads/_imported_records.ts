import type { RolloutRecord } from "../rollout/mod.ts";
import type { ImportedMessage } from "./imported_talk.ts";

/** What clients show behind what was said elsewhere; models are not told. */
export const importedMark = "<EXTERNAL SESSION IMPORTED>";

/** Begins the ids of turns that were not played here. */
export const importedTurn = "external-import-turn-";

/** A turn of what was said elsewhere. */
type Said = readonly ImportedMessage[];

/** Where messages stand in a thread. */
export interface ImportPlace {
  /** How many turns come before them. */
  readonly turnsBefore: number;
  /** Tokens that the whole conversation takes, as far as one can guess. */
  readonly tokens: number;
}

/** Messages as a rollout holds them: turns that are over, in the older form. */
export function toImportedRecords(
  messages: Said,
  { turnsBefore, tokens }: ImportPlace,
): RolloutRecord[] {
  const turns = splitTurns(messages);
  const isFirst = turnsBefore === 0;
  return turns.flatMap((said, index) => {
    const isLast = index === turns.length - 1;
    const turn = {
      turn_id: `${importedTurn}${turnsBefore + index + 1}`,
      root_turn_id: null,
      ...toSeconds("started_at", said[0]),
    };
    return [
      event("task_started", {
        ...turn,
        model_context_window: null,
        collaboration_mode_kind: "default",
      }),
      ...said.flatMap(toMessage),
      ...isLast && isFirst ? [toAgentEvent(importedMark)] : [],
      ...isLast ? [toTokenCount(tokens)] : [],
      event("task_complete", {
        ...turn,
        last_agent_message: null,
        ...isLast ? toSeconds("completed_at", said.at(-1)) : {},
      }),
    ];
  });
}

/**
 * Tokens that a model would be told, guessed by their bytes: what comes behind
 * its last word is not counted yet.
 */
export function guessTokens(messages: Said): number {
  const last = messages.findLastIndex(({ from }) => from === "agent");
  const encoder = new TextEncoder();
  const bytes = messages.slice(0, last + 1)
    .reduce((sum, { text }) => sum + encoder.encode(text).length, 0);
  return Math.ceil(bytes / 4);
}

function splitTurns(messages: Said): ImportedMessage[][] {
  const turns: ImportedMessage[][] = [];
  for (const message of messages) {
    if (message.from === "user" || turns.length === 0) turns.push([message]);
    else turns.at(-1)!.push(message);
  }
  return turns;
}

function toMessage({ from, text }: ImportedMessage): RolloutRecord[] {
  const isUser = from === "user";
  return [
    isUser
      ? event("user_message", {
        message: text,
        local_images: [],
        local_audio: [],
        text_elements: [],
      })
      : toAgentEvent(text),
    {
      type: "response_item",
      payload: {
        type: "message",
        role: isUser ? "user" : "assistant",
        content: [{ type: isUser ? "input_text" : "output_text", text }],
      },
    },
  ];
}

function toAgentEvent(message: string): RolloutRecord {
  return event("agent_message", {
    message,
    phase: null,
    memory_citation: null,
  });
}

function toTokenCount(tokens: number): RolloutRecord {
  const usage = {
    input_tokens: 0,
    cached_input_tokens: 0,
    cache_write_input_tokens: 0,
    output_tokens: 0,
    reasoning_output_tokens: 0,
    total_tokens: tokens,
  };
  return event("token_count", {
    info: {
      total_token_usage: usage,
      last_token_usage: usage,
      model_context_window: null,
    },
    rate_limits: null,
  });
}

function event(type: string, fields: object): RolloutRecord {
  return { type: "event_msg", payload: { type, ...fields } };
}

function toSeconds(
  field: string,
  message: ImportedMessage | undefined,
): Record<string, number> {
  return message?.atMs == null
    ? {}
    : { [field]: Math.floor(message.atMs / 1000) };
}
