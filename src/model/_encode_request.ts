import type { ModelRequest } from "./model.ts";
import type { ResponseItem } from "./response_item.ts";

/** A request that was sent, with the items whose text it holds. */
interface Sent {
  readonly items: readonly ResponseItem[];
  readonly body: Uint8Array<ArrayBuffer>;
  /** Where the text of the first item begins. */
  readonly start: number;
  /** Where the text of each item ends. */
  readonly ends: readonly number[];
}

/** Conversations whose last request is remembered. */
const remembered = 8;
/** Bytes that a request must have to be worth remembering. */
const worthwhile = 64 * 1024;

/** What an item is, and which one. */
const providerId = /^[^_]+_./s;

const encoder = new TextEncoder();

/**
 * Writes the bodies of requests. A conversation only grows at its end, so what
 * was written of it for the last request is copied as bytes: a history of many
 * megabytes costs a copy and not another pass through all of it. Items count as
 * the same if they are the same objects: nobody changes one that was sent.
 */
export class RequestEncoder {
  readonly #sent = new Map<string, Sent>();

  /** The JSON text of a request, as UTF-8. */
  encode(
    request: ModelRequest,
    further: { readonly reasoningContext: string | null },
  ): Uint8Array<ArrayBuffer> {
    const key = request.promptCacheKey;
    const before = this.#sent.get(key);
    this.#sent.delete(key);
    const same = before === undefined ? 0 : countSame(before, request.input);
    const head = encoder.encode(toHead(request));
    const from = before?.start ?? 0;
    const kept = before !== undefined && same > 0
      ? before.body.subarray(from, before.ends[same - 1])
      : new Uint8Array();
    const ends: number[] = [];
    for (let index = 0; index < same; index++) {
      ends.push((before?.ends[index] ?? 0) - from + head.length);
    }
    const pieces: Uint8Array[] = [head, kept];
    let length = head.length + kept.length;
    for (let index = same; index < request.input.length; index++) {
      const text = JSON.stringify(toSent(request.input[index]));
      const piece = encoder.encode(index === 0 ? text : `,${text}`);
      pieces.push(piece);
      length += piece.length;
      ends.push(length);
    }
    const tail = encoder.encode(`],${toTail(request, further)}`);
    pieces.push(tail);
    const body = concat(pieces, length + tail.length);
    if (body.length >= worthwhile) {
      const items = [...request.input];
      this.#sent.set(key, { items, body, start: head.length, ends });
      this.#forget();
    }
    return body;
  }

  /** Lets go of what was asked the longest time ago. */
  #forget(): void {
    if (this.#sent.size <= remembered) return;
    const [oldest] = this.#sent.keys();
    if (oldest !== undefined) this.#sent.delete(oldest);
  }
}

/**
 * An item as providers take it back: an id that none of theirs can be is left
 * out, for it has a request refused.
 */
function toSent(item: ResponseItem | undefined): ResponseItem | undefined {
  if (item?.id === undefined || providerId.test(item.id)) return item;
  const { id: _, ...rest } = item;
  return rest as ResponseItem;
}

function countSame(before: Sent, input: readonly ResponseItem[]): number {
  const most = Math.min(before.items.length, input.length);
  let same = 0;
  while (same < most && before.items[same] === input[same]) same++;
  return same;
}

function concat(
  pieces: readonly Uint8Array[],
  length: number,
): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** All that stands before the input, which is left open. */
function toHead({ model, serviceTier }: ModelRequest): string {
  const fields = JSON.stringify({
    model,
    stream: true,
    ...(serviceTier === undefined ? {} : { service_tier: serviceTier }),
  });
  return `${fields.slice(0, -1)},"input":[`;
}

/** All that follows the input; without the brace that opens it. */
function toTail(
  request: ModelRequest,
  { reasoningContext }: { readonly reasoningContext: string | null },
): string {
  const { reasoning, text } = request;
  const context = reasoningContext === null
    ? {}
    : { context: reasoningContext };
  return JSON.stringify({
    tools: request.tools,
    tool_choice: "auto",
    parallel_tool_calls: request.parallelToolCalls,
    reasoning: reasoning === null ? null : { ...reasoning, ...context },
    store: false,
    include: reasoning === null ? [] : ["reasoning.encrypted_content"],
    prompt_cache_key: request.promptCacheKey,
    ...(text === undefined ? {} : { text }),
    client_metadata: request.clientMetadata,
  }).slice(1);
}
