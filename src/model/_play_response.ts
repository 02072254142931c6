import type {
  ScriptedFailure,
  ScriptedOutput,
  ScriptedResponse,
  ScriptedUsage,
} from "./_script.ts";
import type { Clock } from "./clock.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What a response is played with. */
export interface PlayOptions {
  /** Which response of the script it is, from 1; makes ids. */
  readonly number: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What ends a stream without the rest of it. */
class Dropped extends Error {
  override readonly name = "Dropped";
}

/** An answer as a server would send it. */
export function playResponse(
  response: ScriptedResponse,
  options: PlayOptions,
): Response {
  const { failure, headers } = response;
  if (failure !== undefined && "status" in failure) {
    return toRefusal(failure, headers);
  }
  const encoder = new TextEncoder();
  const steps = play(response, options);
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await steps.next();
      if (done) return controller.close();
      controller.enqueue(
        encoder.encode(
          value.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""),
        ),
      );
    },
    async cancel() {
      await steps.return();
    },
  }, { highWaterMark: 0 });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", ...headers },
  });
}

function toRefusal(
  { status, body }: Extract<ScriptedFailure, { status: number }>,
  headers: Readonly<Record<string, string>> | undefined,
): Response {
  const text = typeof body === "string"
    ? body
    : JSON.stringify(body ?? { error: { message: "scripted failure" } });
  return new Response(status === 204 || status === 304 ? null : text, {
    status,
    headers: headers ?? {},
  });
}

/** The events of a response, in the pieces in which they are sent. */
async function* play(
  response: ScriptedResponse,
  { number, clock, signal }: PlayOptions,
): AsyncGenerator<Fields[], void> {
  const responseId = `resp_${number}`;
  const { failure, output = [] } = response;
  yield [{ type: "response.created", response: { id: responseId } }];
  for (const [index, step] of output.entries()) {
    if ("waitMs" in step) await clock.delay(step.waitMs, { signal });
    else if ("hang" in step) await hang(signal);
    else if ("drop" in step) throw new Dropped("The script drops the stream");
    else {
      const pause = "everyMs" in step ? step.everyMs ?? 0 : 0;
      for (const events of toEvents(step, `${number}_${index}`)) {
        yield events;
        if (pause > 0) await clock.delay(pause, { signal });
      }
    }
  }
  if (failure === undefined) {
    yield [{
      type: "response.completed",
      response: {
        id: responseId,
        usage: toUsage(response.usage ?? {}),
        ...(response.endTurn === undefined
          ? {}
          : { end_turn: response.endTurn }),
      },
    }];
  } else if ("incomplete" in failure) {
    yield [{
      type: "response.incomplete",
      response: {
        id: responseId,
        incomplete_details: { reason: failure.incomplete },
      },
    }];
  } else {
    yield [{
      type: "response.failed",
      response: { id: responseId, error: failure },
    }];
  }
}

/** Waits until nobody listens any more. */
function hang(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), {
      once: true,
    });
  });
}

type Shown = Exclude<
  ScriptedOutput,
  { waitMs: number } | { hang: true } | { drop: true }
>;

/** The events of one step; what stands together is sent together. */
function toEvents(step: Shown, place: string): Fields[][] {
  if ("event" in step) return [[step.event]];
  if ("item" in step) return [[added(step.item)], [done(step.item)]];
  if ("say" in step) return toMessage(step, step.id ?? `msg_${place}`);
  if ("think" in step) return toReasoning(step, step.id ?? `rs_${place}`);
  if ("search" in step) {
    const item = {
      type: "web_search_call",
      id: step.id ?? `ws_${place}`,
      action: { type: "search", query: step.search },
    };
    return [
      [added({ ...item, status: "in_progress" })],
      [done({ ...item, status: "completed" })],
    ];
  }
  const callId = step.callId ?? `call_${place}`;
  if ("custom" in step) {
    const item = {
      type: "custom_tool_call",
      id: step.id ?? `ctc_${place}`,
      call_id: callId,
      name: step.custom,
      input: step.input,
    };
    const deltas = step.deltas ?? [step.input];
    return [
      [added({ ...item, input: "" })],
      ...deltas.map((delta) => [{
        type: "response.custom_tool_call_input.delta",
        item_id: item.id,
        call_id: callId,
        delta,
      }]),
      [done(item)],
    ];
  }
  const given = step.arguments ?? {};
  const item = {
    type: "function_call",
    id: step.id ?? `fc_${place}`,
    call_id: callId,
    name: step.call,
    arguments: typeof given === "string" ? given : JSON.stringify(given),
    ...(step.namespace === undefined ? {} : { namespace: step.namespace }),
  };
  return [[added({ ...item, arguments: "" })], [done(item)]];
}

function toMessage(
  step: Extract<Shown, { say: string }>,
  id: string,
): Fields[][] {
  const item = {
    type: "message",
    id,
    role: "assistant",
    ...(step.phase === undefined ? {} : { phase: step.phase }),
  };
  const deltas = step.deltas ?? [step.say];
  return [
    [added({ ...item, content: [] })],
    ...deltas.map((delta) => [{
      type: "response.output_text.delta",
      item_id: id,
      content_index: 0,
      delta,
    }]),
    [done({ ...item, content: [{ type: "output_text", text: step.say }] })],
  ];
}

function toReasoning(
  step: Extract<Shown, { think: readonly string[] }>,
  id: string,
): Fields[][] {
  const item = { type: "reasoning", id };
  const { think, raw = [] } = step;
  return [
    [added({ ...item, summary: [] })],
    ...think.map((delta, index) => [
      {
        type: "response.reasoning_summary_part.added",
        item_id: id,
        summary_index: index,
      },
      {
        type: "response.reasoning_summary_text.delta",
        item_id: id,
        summary_index: index,
        delta,
      },
    ]),
    ...raw.map((delta, index) => [{
      type: "response.reasoning_text.delta",
      item_id: id,
      content_index: index,
      delta,
    }]),
    [done({
      ...item,
      summary: think.map((text) => ({ type: "summary_text", text })),
      ...(raw.length === 0 ? {} : {
        content: raw.map((text) => ({ type: "reasoning_text", text })),
      }),
    })],
  ];
}

function added(item: Fields): Fields {
  return { type: "response.output_item.added", item };
}

function done(item: Fields): Fields {
  return { type: "response.output_item.done", item };
}

function toUsage(usage: ScriptedUsage): Fields {
  const { input = 0, output = 0 } = usage;
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.cached ?? 0,
      cache_write_tokens: usage.cacheWrite ?? 0,
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
    total_tokens: usage.total ?? input + output,
  };
}
