import { pause } from "../../deadline.ts";
import type { JsonObject } from "../../json.ts";
import type { Gates } from "./gates.ts";
import { itemEvents } from "./item_events.ts";
import type { ScriptEntry } from "./script.ts";

/** The connection breaks here, on purpose. */
class Dropped extends Error {
  override readonly name = "Dropped";
}

/**
 * The body of a streamed answer (server-sent events) after `entry`. `number`
 * counts answers and names what the script leaves unnamed.
 */
export function responseStream(
  entry: ScriptEntry,
  number: number,
  gates: Gates,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  const chunks = streamChunks(entry, number, gates, ended);
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value } = await chunks.next();
        if (value === undefined) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        controller.error(error);
      }
    },
    cancel() {
      stop.abort();
    },
  }, { highWaterMark: 0 });
}

async function* streamChunks(
  entry: ScriptEntry,
  number: number,
  gates: Gates,
  signal: AbortSignal,
): AsyncGenerator<string, undefined> {
  const id = entry.id ?? `resp_${number}`;
  if (entry.created !== false) {
    yield encode({ type: "response.created", response: { id } });
  }
  for (const [index, item] of (entry.items ?? []).entries()) {
    if ("sleep" in item) await pause(item.sleep, signal);
    else if ("gate" in item) await gates.wait(item.gate, signal);
    else if ("stall" in item) await forever(signal);
    else if ("drop" in item) throw new Dropped("dropped by the script");
    else if ("line" in item) yield item.line;
    for (const { event, afterMs = 0 } of itemEvents(item, number, index)) {
      yield encode(event);
      if (afterMs > 0) await pause(afterMs, signal);
    }
  }
  const last = lastEvent(entry, id);
  if (last !== undefined) yield encode(last);
  return undefined;
}

function lastEvent(entry: ScriptEntry, id: string): JsonObject | undefined {
  if (entry.fail !== undefined) {
    const response = { id, status: "failed", error: entry.fail };
    return { type: "response.failed", response };
  }
  if (entry.incomplete !== undefined) {
    const incomplete_details = { reason: entry.incomplete };
    const response = { id, status: "incomplete", incomplete_details };
    return { type: "response.incomplete", response };
  }
  if (entry.completed === false) return undefined;
  const { input = 100, output = 20, cached = 0, reasoning = 0, total } =
    entry.usage ?? {};
  const response: JsonObject = {
    id,
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cached },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: reasoning },
      total_tokens: total ?? input + output,
    },
  };
  if (entry.end_turn !== undefined) response.end_turn = entry.end_turn;
  return { type: "response.completed", response };
}

function encode(event: JsonObject): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

async function forever(signal: AbortSignal): Promise<void> {
  await new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), {
      once: true,
    });
  });
}
