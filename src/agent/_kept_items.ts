import { isKnown, type ResponseItem } from "../model/mod.ts";
import { uuid7 } from "../protocol/mod.ts";
import type { RoutedCall } from "./_calls.ts";

/** A search for tools that the model wants the client to make. */
export type ToolSearchCall = ResponseItem & {
  readonly call_id: string;
  readonly execution: "client";
  readonly arguments?: unknown;
};

/** An item of a response as the conversation takes it. */
export interface KeptItem {
  readonly item: ResponseItem;
  /** Set if a tool has to be asked. */
  readonly call?: RoutedCall;
  /** A call that nothing here can answer. */
  readonly isRefused?: boolean;
  /** A search for tools, which is done here. */
  readonly search?: ToolSearchCall;
}

/** Items that only mean something to the provider, which wants them back. */
const opaque: ReadonlySet<string> = new Set([
  "compaction",
  "context_compaction",
  "image_generation_call",
  "reasoning",
  "tool_search_output",
  "web_search_call",
]);

/**
 * What of a response goes into the conversation: not what its model may not
 * say, such as words of the user, nor what no provider is known to take back.
 *
 * @param isTaken Whether another call of the response has that id.
 */
export function toKept(
  item: ResponseItem,
  isTaken: (callId: string) => boolean,
): KeptItem | undefined {
  if (isKnown(item) && item.type === "message") {
    return item.role === "assistant" ? { item } : undefined;
  }
  switch (item.type) {
    case "function_call":
    case "custom_tool_call": {
      const call = toCall(item as RoutedCall, isTaken);
      return { item: call, call };
    }
    case "tool_search_call": {
      const search = toSearch(item, isTaken);
      return search === undefined ? { item } : { item: search, search };
    }
    case "local_shell_call":
      return { item, isRefused: true };
    default:
      return opaque.has(item.type) ? { item } : undefined;
  }
}

/** A search that is the client's; nothing if the provider makes it. */
function toSearch(
  { id: _id, ...item }: ResponseItem,
  isTaken: (callId: string) => boolean,
): ToolSearchCall | undefined {
  const { call_id, execution } = item as Partial<ToolSearchCall>;
  if (execution !== "client" || typeof call_id !== "string") return undefined;
  return isTaken(call_id) ? undefined : item as ToolSearchCall;
}

/** A call that can be answered, whatever the model left out or said twice. */
function toCall(
  call: RoutedCall,
  isTaken: (callId: string) => boolean,
): RoutedCall {
  const { call_id, name } = call;
  const isNamed = typeof name === "string";
  const hasId = typeof call_id === "string" && call_id !== "" &&
    !isTaken(call_id);
  if (isNamed && hasId) return call;
  return {
    ...call,
    name: isNamed ? name : "",
    call_id: hasId ? call_id : `call_${uuid7()}`,
  };
}
