import { isItem } from "./_check_item.ts";
import { toFailedResponse, toIncompleteResponse } from "./_failed_response.ts";
import { ModelError, type ModelEvent, type ModelUsage } from "./model.ts";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const toText = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;
const isIndex = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0;

type Reader = (event: Fields) => ModelEvent | undefined;

const delta = (
  event: Fields,
  toEvent: (delta: string, itemId: string | undefined) => ModelEvent,
): ModelEvent | undefined => {
  const text = event["delta"];
  if (typeof text !== "string" || text === "") return undefined;
  return toEvent(text, toText(event["item_id"]));
};

const readers: Readonly<Record<string, Reader>> = {
  "response.created": ({ response }) => ({
    type: "created",
    responseId: isFields(response) ? toText(response["id"]) : undefined,
  }),
  "response.output_item.added": ({ item }) =>
    isItem(item) ? { type: "itemAdded", item } : undefined,
  "response.output_item.done": ({ item }) =>
    isItem(item) ? { type: "itemDone", item } : undefined,
  "response.output_text.delta": (event) =>
    delta(event, (delta, itemId) => ({ type: "textDelta", itemId, delta })),
  "response.reasoning_summary_part.added": ({ item_id, summary_index }) =>
    isIndex(summary_index)
      ? {
        type: "reasoningPartAdded",
        itemId: toText(item_id),
        summaryIndex: summary_index,
      }
      : undefined,
  "response.reasoning_summary_text.delta": (event) => {
    const summaryIndex = event["summary_index"];
    if (!isIndex(summaryIndex)) return undefined;
    return delta(event, (delta, itemId) => ({
      type: "reasoningSummaryDelta",
      itemId,
      delta,
      summaryIndex,
    }));
  },
  "response.reasoning_text.delta": (event) => {
    const contentIndex = event["content_index"];
    if (!isIndex(contentIndex)) return undefined;
    return delta(event, (delta, itemId) => ({
      type: "reasoningTextDelta",
      itemId,
      delta,
      contentIndex,
    }));
  },
  "response.custom_tool_call_input.delta": (event) =>
    delta(event, (delta, itemId) => ({
      type: "toolInputDelta",
      itemId,
      callId: toText(event["call_id"]),
      delta,
    })),
  "response.completed": ({ response }) =>
    isFields(response) ? toCompleted(response) : undefined,
  "response.failed": ({ response }) => {
    throw toFailedResponse(isFields(response) ? response : {});
  },
  "response.incomplete": ({ response }) => {
    throw toIncompleteResponse(isFields(response) ? response : {});
  },
};

/** How the events of every provider seen so far begin. */
const beginning = '{"type":"';

/**
 * What an event of the Responses API means; nothing if it is of a type that
 * nobody needs, or not what its type says.
 *
 * @throws {ModelError} if the event is the end, and not a good one.
 */
export function toEvent(data: string): ModelEvent | undefined {
  // Many events only repeat what others said, some of them at length: those
  // that name their type first are not even parsed.
  if (data.startsWith(beginning)) {
    const end = data.indexOf('"', beginning.length);
    const type = data.slice(beginning.length, end);
    if (!Object.hasOwn(readers, type)) return undefined;
  }
  let event: unknown;
  try {
    event = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!isFields(event)) return undefined;
  const type = event["type"];
  if (typeof type !== "string" || !Object.hasOwn(readers, type)) {
    return undefined;
  }
  return readers[type]?.(event);
}

function toCompleted(response: Fields): ModelEvent {
  const responseId = toText(response["id"]);
  if (responseId === undefined) {
    throw response["id"] === undefined
      ? notComplete("missing field `id`")
      : notComplete(
        `invalid type: ${nameOf(response["id"])}, expected a string`,
      );
  }
  const usage = response["usage"];
  const endTurn = response["end_turn"];
  return {
    type: "completed",
    responseId,
    usage: isFields(usage) ? toUsage(usage) : undefined,
    endTurn: typeof endTurn === "boolean" ? endTurn : undefined,
  };
}

function toUsage(usage: Fields): ModelUsage {
  const count = (name: string): number => {
    const value = usage[name];
    if (typeof value !== "number") {
      throw notComplete(`missing field \`${name}\``);
    }
    return value;
  };
  const detail = (group: string, name: string): number => {
    const details = usage[group];
    const value = isFields(details) ? details[name] : undefined;
    return typeof value === "number" ? value : 0;
  };
  return {
    inputTokens: count("input_tokens"),
    cachedInputTokens: detail("input_tokens_details", "cached_tokens"),
    cacheWriteInputTokens: detail("input_tokens_details", "cache_write_tokens"),
    outputTokens: count("output_tokens"),
    reasoningOutputTokens: detail("output_tokens_details", "reasoning_tokens"),
    totalTokens: count("total_tokens"),
  };
}

/** A value's type, as those call it who wrote the parser of the reference. */
function nameOf(value: unknown): string {
  if (Array.isArray(value)) return "sequence";
  if (typeof value === "object") return value === null ? "null" : "map";
  return typeof value;
}

function notComplete(why: string): ModelError {
  return new ModelError(
    "stream disconnected before completion: failed to parse " +
      `ResponseCompleted: ${why}`,
    { info: "other", isRetryable: true },
  );
}
