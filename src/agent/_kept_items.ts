import { isKnown, type ResponseItem } from "../model/mod.ts";
import type { RoutedCall } from "./_calls.ts";
import { uuidV7 } from "./_uuid_v7.ts";

/** An item of a response as the conversation takes it. */
export interface KeptItem {
  readonly item: ResponseItem;
  /** Set if a tool has to be asked. */
  readonly call?: RoutedCall;
  /** A call that nothing here can answer. */
  readonly isRefused?: boolean;
}

/** Items that only mean something to the provider, which wants them back. */
const opaque: ReadonlySet<string> = new Set([
  "compaction",
  "context_compaction",
  "image_generation_call",
  "reasoning",
  "tool_search_call",
  "tool_search_output",
  "web_search_call",
]);

/**
 * What of a response goes into the conversation: not what its model may not
 * say, such as words of the user, nor what no provider is known to take back.
 */
export function toKept(item: ResponseItem): KeptItem | undefined {
  if (isKnown(item) && item.type === "message") {
    return item.role === "assistant" ? { item } : undefined;
  }
  switch (item.type) {
    case "function_call":
    case "custom_tool_call": {
      const call = toCall(item as RoutedCall);
      return { item: call, call };
    }
    case "local_shell_call":
      return { item, isRefused: true };
    default:
      return opaque.has(item.type) ? { item } : undefined;
  }
}

/** A call that can be answered, whatever the model left out. */
function toCall(call: RoutedCall): RoutedCall {
  const isWhole = typeof call.call_id === "string" && call.call_id !== "" &&
    typeof call.name === "string";
  if (isWhole) return call;
  return {
    ...call,
    name: typeof call.name === "string" ? call.name : "",
    call_id: typeof call.call_id === "string" && call.call_id !== ""
      ? call.call_id
      : `call_${uuidV7()}`,
  };
}
