/**
 * What a model's answer and its question cost inside the process.
 *
 * ```sh
 * deno bench -A tests/bench/model_bench.ts
 * ```
 */
import { Config } from "../../src/config/mod.ts";
import { RequestEncoder } from "../../src/model/_encode_request.ts";
import { SseReader } from "../../src/model/_sse_reader.ts";
import { toEvent } from "../../src/model/_to_event.ts";
import {
  createModels,
  type ModelRequest,
  type ResponseItem,
} from "../../src/model/mod.ts";
import { silentLogger } from "../../src/telemetry/mod.ts";

const EVENTS = 10_000;

function toStream(text: string): Uint8Array<ArrayBuffer> {
  let stream = "";
  for (let index = 0; index < EVENTS; index++) {
    const event = {
      type: "response.output_text.delta",
      sequence_number: index,
      item_id: "msg_0123456789abcdef0123456789abcdef",
      output_index: 0,
      content_index: 0,
      delta: `${text} ${index}`,
      logprobs: [],
    };
    stream += `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
  }
  stream += 'data: {"type":"response.completed","response":{"id":"r"}}\n\n';
  return new TextEncoder().encode(stream);
}

const ascii = toStream("token");
const wide = toStream("čeština");

function parse(stream: Uint8Array, size: number): number {
  let count = 0;
  const reader = new SseReader((data) => {
    if (toEvent(data) !== undefined) count++;
  });
  for (let at = 0; at < stream.length; at += size) {
    reader.push(stream.subarray(at, at + size));
  }
  return count;
}

for (const size of [250, 65_536]) {
  Deno.bench(`parse ${EVENTS} deltas, ${size} bytes a piece`, () => {
    parse(ascii, size);
  });
}
Deno.bench(`parse ${EVENTS} deltas beyond ASCII, 65536 bytes a piece`, () => {
  parse(wide, 65_536);
});

const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen() {} },
  () => new Response(ascii),
);
server.unref();

const model = createModels({
  config: new Config({
    effective: {
      model_providers: {
        p: { base_url: `http://127.0.0.1:${server.addr.port}` },
      },
    },
  }),
  home: "/nonexistent",
  env: Deno.env,
  log: silentLogger,
  userAgent: "bench/1.0",
  originator: "bench",
}).model("p");

const request: ModelRequest = {
  model: "bench",
  input: [],
  tools: [],
  parallelToolCalls: true,
  reasoning: null,
  promptCacheKey: "thread",
  clientMetadata: {},
  headers: {},
};

Deno.bench(`Model.stream, ${EVENTS} deltas over a socket`, async () => {
  const { signal } = new AbortController();
  for await (const _ of model.stream(request, { signal }));
});

const long = Array.from({ length: 400 }, (_, index): ResponseItem => ({
  type: "function_call_output",
  call_id: `c${index}`,
  output: 'A line with "quotes" and so on\n'.repeat(800),
}));
const encoder = new RequestEncoder();

Deno.bench("encode 10 MB of history, said for the first time", () => {
  new RequestEncoder().encode({ ...request, input: long }, {
    reasoningContext: null,
  });
});
Deno.bench("encode 10 MB of history, one turn later", () => {
  encoder.encode({ ...request, input: long }, { reasoningContext: null });
});
