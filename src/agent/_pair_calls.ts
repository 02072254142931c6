import type { ResponseItem, ToolSpec } from "../model/mod.ts";

/** Types of calls, with the type that answers each. */
const answers: Readonly<Record<string, string>> = {
  function_call: "function_call_output",
  local_shell_call: "function_call_output",
  custom_tool_call: "custom_tool_call_output",
  tool_search_call: "tool_search_output",
};
const outputs: ReadonlySet<string> = new Set(Object.values(answers));

/** Id of the call that an item makes or answers. */
function callId(item: ResponseItem): string | undefined {
  const id = (item as { call_id?: unknown }).call_id;
  return typeof id === "string" ? id : undefined;
}

/**
 * The answer to a call that was cut off.
 *
 * @param text What the model reads of it.
 */
export function toAborted(call: ResponseItem, text: string): ResponseItem {
  const id = callId(call) ?? "";
  if (call.type === "tool_search_call") return toSearchOutput(call, []);
  return call.type === "custom_tool_call"
    ? {
      type: "custom_tool_call_output",
      id: `ctco_${id}`,
      call_id: id,
      output: text,
    }
    : {
      type: "function_call_output",
      id: `fco_${id}`,
      call_id: id,
      output: text,
    };
}

/** The answer to a search for tools. */
export function toSearchOutput(
  call: ResponseItem,
  tools: readonly ToolSpec[],
): ResponseItem {
  const id = callId(call) ?? "";
  return {
    type: "tool_search_output",
    id: `tso_${id}`,
    call_id: id,
    execution: "client",
    status: "completed",
    tools,
  };
}

/** Whether somebody has to answer this item. */
export function isCall(item: ResponseItem): boolean {
  return Object.hasOwn(answers, item.type);
}

/**
 * A conversation in which every call has exactly one answer and every answer a
 * call before it: what a crash, a fork or a revert cut apart is put right, for
 * providers refuse anything else. One that is whole comes back as it is.
 */
export function pairCalls(
  items: readonly ResponseItem[],
): readonly ResponseItem[] {
  const open = new Map<string, ResponseItem>();
  const stray = new Set<ResponseItem>();
  for (const item of items) {
    const id = callId(item);
    if (id === undefined) continue;
    const key = `${answers[item.type] ?? item.type}:${id}`;
    if (isCall(item)) {
      // The same id once more: the earlier one can't be told apart any longer.
      const earlier = open.get(key);
      if (earlier !== undefined) stray.add(earlier);
      open.set(key, item);
    } else if (outputs.has(item.type) && !open.delete(key)) {
      stray.add(item);
    }
  }
  if (open.size === 0 && stray.size === 0) return items;
  const unanswered = new Set(open.values());
  const whole: ResponseItem[] = [];
  for (const item of items) {
    if (stray.has(item)) continue;
    whole.push(item);
    if (unanswered.has(item)) whole.push(toAborted(item, "aborted"));
  }
  return whole;
}
