import type { Answer } from "./model_server.ts";

const encoder = new TextEncoder();

/** An event of the Responses API as it goes over the wire. */
export function toSse(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

/** A message that is told in pieces: its events, but for those of the pieces. */
export interface ToldMessage {
  readonly before: string;
  readonly after: string;
  /** The event of a piece. */
  toDelta(delta: string): string;
}

/** The events of an answer that is one message. */
export function tellMessage(text: string): ToldMessage {
  const id = `msg_${crypto.randomUUID()}`;
  const message = { type: "message", role: "assistant", id };
  let sequence = 2;
  return {
    before: toCreated() + toSse("response.output_item.added", {
      output_index: 0,
      item: { ...message, content: [] },
    }),
    after: toSse("response.output_item.done", {
      output_index: 0,
      item: { ...message, content: [{ type: "output_text", text }] },
    }) + toCompleted(),
    toDelta: (delta) =>
      toSse("response.output_text.delta", {
        item_id: id,
        output_index: 0,
        content_index: 0,
        delta,
        logprobs: [],
        sequence_number: sequence++,
        obfuscation: "x7Qw2rTz",
      }),
  };
}

/** An answer of one message in one piece. */
export function toMessage(text: string): string {
  const { before, toDelta, after } = tellMessage(text);
  return before + toDelta(text) + after;
}

/** An answer that calls a function. */
export function toCall(name: string, args: unknown): string {
  return toCreated() + toSse("response.output_item.done", {
    output_index: 0,
    item: {
      type: "function_call",
      id: `fc_${crypto.randomUUID()}`,
      call_id: `call_${crypto.randomUUID()}`,
      name,
      arguments: JSON.stringify(args),
    },
  }) + toCompleted();
}

/** Says all of it at once. */
export function atOnce(text: string): Answer {
  const bytes = encoder.encode(text);
  return (say) => say(bytes);
}

function toCreated(): string {
  return toSse("response.created", {
    response: { id: `resp_${crypto.randomUUID()}` },
  });
}

function toCompleted(): string {
  return toSse("response.completed", {
    response: {
      id: `resp_${crypto.randomUUID()}`,
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: 20,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 120,
      },
    },
  });
}
