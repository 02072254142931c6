import assert from "node:assert/strict";
import { parseTraceContext } from "./trace_context.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

Deno.test("parseTraceContext() reads a valid pair", () => {
  assert.deepEqual(
    parseTraceContext(
      `00-${traceId}-${spanId}-01`,
      "rojo=00f067,congo@tenant=t61 x",
    ),
    {
      traceId,
      spanId,
      traceFlags: 1,
      tracestate: "rojo=00f067,congo@tenant=t61 x",
    },
  );
  assert.deepEqual(parseTraceContext(`00-${traceId}-${spanId}-fe`), {
    traceId,
    spanId,
    traceFlags: 0,
  });
  assert.deepEqual(parseTraceContext(`cc-${traceId}-${spanId}-01-later`), {
    traceId,
    spanId,
    traceFlags: 1,
  });
});

for (
  const [why, traceparent] of Object.entries({
    "nothing": undefined,
    "null": null,
    "an empty text": "",
    "version ff": `ff-${traceId}-${spanId}-01`,
    "a tail on version 00": `00-${traceId}-${spanId}-01-x`,
    "a later version with glued tail": `01-${traceId}-${spanId}-01x`,
    "capitals": `00-${traceId.toUpperCase()}-${spanId}-01`,
    "a trace id of zeros": `00-${"0".repeat(32)}-${spanId}-01`,
    "a span id of zeros": `00-${traceId}-${"0".repeat(16)}-01`,
    "a short trace id": `00-${traceId.slice(1)}-${spanId}-01`,
    "missing flags": `00-${traceId}-${spanId}`,
    "a newline": `00-${traceId}-${spanId}-01\n`,
    "blanks around": ` 00-${traceId}-${spanId}-01`,
  })
) {
  Deno.test(`parseTraceContext() ignores a traceparent with ${why}`, () => {
    assert.equal(parseTraceContext(traceparent, "a=b"), undefined);
  });
}

for (
  const [why, tracestate] of Object.entries({
    "no value": "a",
    "an empty value": "a=",
    "an equals sign in a value": "a=b=c",
    "a key in capitals": "A=b",
    "a key twice": "a=1,a=2",
    "a control character": "a=\x01",
    "33 members": Array.from({ length: 33 }, (_, index) => `k${index}=v`).join(
      ",",
    ),
    "only commas": ",,",
  })
) {
  Deno.test(`parseTraceContext() leaves out a tracestate with ${why}`, () => {
    assert.deepEqual(
      parseTraceContext(`00-${traceId}-${spanId}-01`, tracestate),
      { traceId, spanId, traceFlags: 1 },
    );
  });
}
