import type { Json, JsonObject } from "../../json.ts";
import type { ScriptItem } from "./script.ts";

/** An event of the stream, and how long to wait after it. */
export interface ItemEvent {
  readonly event: JsonObject;
  readonly afterMs?: number;
}

/** What the model server says for one item of a script. */
export function itemEvents(
  item: ScriptItem,
  response: number,
  index: number,
): ItemEvent[] {
  const named = (prefix: string) => item.id ?? `${prefix}_${response}_${index}`;
  if ("text" in item) return messageEvents(item, named("msg"), index);
  if ("reasoning" in item) return reasoningEvents(item, named("rs"), index);
  if ("call" in item) {
    const { args = {}, call_id, namespace } = item;
    const call: JsonObject = {
      type: "function_call",
      id: named("fc"),
      call_id,
      name: item.call,
      arguments: typeof args === "string" ? args : JSON.stringify(args),
      ...(namespace === undefined ? {} : { namespace }),
    };
    return [added({ ...call, arguments: "" }, index), done(call, index)];
  }
  if ("custom" in item) {
    const { input, call_id, deltas = [] } = item;
    const id = named("ctc");
    const type = "custom_tool_call";
    const call = { type, id, call_id, name: item.custom, input };
    return [
      added({ ...call, input: "" }, index),
      ...deltas.map((delta) => ({
        event: {
          type: "response.custom_tool_call_input.delta",
          item_id: id,
          call_id,
          output_index: index,
          delta,
        },
      })),
      done(call, index),
    ];
  }
  if ("local_shell" in item) {
    const action = {
      type: "exec",
      command: [...item.local_shell],
      env: {},
      timeout_ms: item.timeout_ms ?? null,
      working_directory: null,
      user: null,
    };
    const { call_id } = item;
    const id = named("ls");
    const status = "completed";
    return [
      done({ type: "local_shell_call", id, call_id, status, action }, index),
    ];
  }
  if ("web_search" in item) {
    const call = {
      type: "web_search_call",
      id: named("ws"),
      action: { type: "search", query: item.web_search },
    };
    return [
      added({ ...call, status: "in_progress" }, index),
      done({ ...call, status: "completed" }, index),
    ];
  }
  if ("event" in item) return [{ event: item.event }];
  return [];
}

function messageEvents(
  item: Extract<ScriptItem, { text: string }>,
  id: string,
  index: number,
): ItemEvent[] {
  const { text, deltas = [text], gap = 0, phase } = item;
  const message = {
    type: "message",
    role: "assistant",
    id,
    ...(phase === undefined ? {} : { phase }),
  };
  return [
    added({ ...message, content: [] }, index),
    ...deltas.map((delta) => ({
      event: {
        type: "response.output_text.delta",
        item_id: id,
        output_index: index,
        content_index: 0,
        delta,
      },
      afterMs: gap,
    })),
    done({ ...message, content: [{ type: "output_text", text }] }, index),
  ];
}

function reasoningEvents(
  item: Extract<ScriptItem, { reasoning: readonly string[] }>,
  id: string,
  index: number,
): ItemEvent[] {
  const { reasoning, raw, encrypted } = item;
  const at = { item_id: id, output_index: index };
  const summaries = reasoning.flatMap((text, summary_index) => {
    const middle = Math.ceil(text.length / 2);
    const halves = [text.slice(0, middle), text.slice(middle)];
    return [
      {
        event: {
          type: "response.reasoning_summary_part.added",
          ...at,
          summary_index,
        },
      },
      ...halves.filter((delta) => delta !== "").map((delta) => ({
        event: {
          type: "response.reasoning_summary_text.delta",
          ...at,
          summary_index,
          delta,
        },
      })),
    ];
  });
  const rawDeltas = (raw ?? []).map((delta, content_index) => ({
    event: {
      type: "response.reasoning_text.delta",
      ...at,
      content_index,
      delta,
    },
  }));
  const whole: JsonObject = {
    type: "reasoning",
    id,
    summary: reasoning.map((text) => ({ type: "summary_text", text })),
  };
  if (raw !== undefined) {
    whole.content = raw.map((text) => ({ type: "reasoning_text", text }));
  }
  if (encrypted !== undefined) whole.encrypted_content = encrypted;
  return [
    added({ type: "reasoning", id, summary: [] }, index),
    ...summaries,
    ...rawDeltas,
    done(whole, index),
  ];
}

function added(item: Json, index: number): ItemEvent {
  const type = "response.output_item.added";
  return { event: { type, output_index: index, item } };
}

function done(item: Json, index: number): ItemEvent {
  const type = "response.output_item.done";
  return { event: { type, output_index: index, item } };
}
