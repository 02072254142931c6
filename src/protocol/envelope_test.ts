import assert from "node:assert/strict";
import {
  decode,
  encodeFailure,
  encodeNotification,
  encodeRequest,
  encodeResponse,
  findRequestId,
} from "./envelope.ts";

Deno.test("decode() keeps every id exactly as it was written", () => {
  const ids = [
    ["7", "7"],
    ["-7", "-7"],
    ["0", "0"],
    ["-0", "0"],
    ["9007199254740993", "9007199254740993"],
    ["9223372036854775807", "9223372036854775807"],
    ["-9223372036854775808", "-9223372036854775808"],
    ['""', '""'],
    ['"a\\"b"', '"a\\"b"'],
    ['"\\u0061"', '"a"'],
  ] as const;
  for (const [written, id] of ids) {
    assert.deepEqual(decode(`{"id": ${written} ,"method":"m"}`), {
      kind: "request",
      id,
      method: "m",
      params: undefined,
    });
  }
});

Deno.test("decode() refuses what is no message, and says what and where", () => {
  const cases: [string, RegExp][] = [
    ["", /^not JSON: /],
    ["{", /^not JSON: /],
    ["null", /^expected an object, got null$/],
    ["5", /^expected an object, got a number$/],
    ['[{"id":1,"method":"m"}]', /^expected an object, got an array$/],
    ["{}", /^neither `method` nor `id`$/],
    ['{"id":5}', /^neither `method`, `result` nor a well-formed `error`$/],
    ['{"id":1.0,"method":"m"}', /^field `id`: .* got 1\.0$/],
    ['{"id":1e3,"method":"m"}', /^field `id`: .* got 1e3$/],
    ['{"id":true,"method":"m"}', /^field `id`: .* got true$/],
    ['{"id":{"a":1},"method":"m"}', /^field `id`: .* got \{"a":1\}$/],
    ['{"id":9223372036854775808,"method":"m"}', /^field `id`: /],
    ['{"id":-9223372036854775809,"method":"m"}', /^field `id`: /],
    ['{"id":1,"method":5}', /^field `method`: expected a string, got number$/],
    ['{"method":"m","id":1,"method":"n"}', /^duplicate field `method`$/],
    ['{"id":"x","method":"m","method":"n"}', /^duplicate field `method`$/],
    ['{"id":1,"method":"m","id":2}', /^duplicate field `id`$/],
    ['{"id":1,"\\u006dethod":"m","method":"n"}', /^duplicate field/],
    ['{"id":1,"method":"m","trace":5}', /^field `trace`: /],
    ['{"id":1,"method":"m","trace":{}}', /^field `trace`: /],
    ['{"id":1,"error":5}', /^neither `method`, `result` nor/],
    ['{"id":1,"error":{"code":"x","message":"y"}}', /^neither/],
    ["\ufeff{}", /^not JSON: /],
  ];
  for (const [frame, reason] of cases) {
    const message = decode(frame);
    assert.equal(message.kind, "garbage", frame);
    assert.match((message as { reason: string }).reason, reason, frame);
  }
});

Deno.test("decode() quotes nothing of what is not JSON", () => {
  const secret = "sk-2a9f";
  const frames = [
    secret,
    `{"id":1,"params":{"apiKey":"${secret}"}`,
    `{"id":1,"params":{"apiKey":${secret}},"method":"account/login/start"}`,
    `{"id":1,"params":{"apiKey":"${secret}",,}}`,
    `{"id":1,"params":{"apiKey":"${secret}\n"}}`,
    `{"id":1,"params":{"apiKey":"${secret}\\x"}}`,
    `{"id":1,"params":"${secret}"}{}`,
    `${secret}${" ".repeat(100)}`,
  ];
  for (const frame of frames) {
    const message = decode(frame);
    assert.equal(message.kind, "garbage", frame);
    const { reason } = message as { reason: string };
    assert.match(reason, /^not JSON: [A-Z]/);
    for (const part of [secret.slice(0, 3), "apiKey", '"params']) {
      assert.ok(!reason.includes(part), reason);
    }
  }
});

Deno.test("decode() tells requests, notifications and answers apart", () => {
  assert.deepEqual(decode('{"method":"m","params":[1]}'), {
    kind: "notification",
    method: "m",
    params: [1],
  });
  assert.deepEqual(decode('{"method":"m","id":null}'), {
    kind: "notification",
    method: "m",
    params: undefined,
  });
  assert.deepEqual(decode('{"id":1,"result":null}'), {
    kind: "response",
    id: "1",
    result: null,
  });
  assert.deepEqual(decode('{"error":{"code":-1,"message":"x"},"id":"a"}'), {
    kind: "failure",
    id: '"a"',
    error: { code: -1, message: "x" },
  });
  assert.equal(decode('{"id":1,"method":"m","result":1}').kind, "request");
});

Deno.test("decode() is not misled by names that stand elsewhere in the text", () => {
  const frames = [
    '{"method":"id","a":"id"}',
    '{"params":{"id":5,"method":"n"},"id":7,"method":"m"}',
    '{"params":"\\"id\\":5","id":7,"method":"m"}',
    '{"params":["}",{"a":"\\\\"}],"id":7,"method":"m"}',
    '{"\\u0069d":7,"x":"id","method":"m"}',
  ];
  assert.deepEqual(
    frames.map((frame) => decode(frame)).map((message) =>
      "id" in message ? message.id : message.kind
    ),
    ["notification", "7", "7", "7", "7"],
  );
});

Deno.test("decode() takes the trace context along", () => {
  const frame =
    '{"id":1,"method":"m","trace":{"traceparent":"00-a-b-01","tracestate":null}}';
  assert.deepEqual(decode(frame), {
    kind: "request",
    id: "1",
    method: "m",
    params: undefined,
    trace: { traceparent: "00-a-b-01" },
  });
});

Deno.test("encode…() writes what clients expect to the letter", () => {
  assert.equal(encodeRequest("1", "m", undefined), '{"id":1,"method":"m"}');
  assert.equal(
    encodeRequest('"a"', "m", { b: 1 }),
    '{"id":"a","method":"m","params":{"b":1}}',
  );
  assert.equal(
    encodeNotification("m", { a: 1 }, 5),
    '{"method":"m","params":{"a":1},"emittedAtMs":5}',
  );
  assert.equal(encodeNotification("m", undefined), '{"method":"m"}');
  assert.equal(encodeResponse("1", {}), '{"id":1,"result":{}}');
  assert.equal(encodeResponse("1", undefined), '{"id":1,"result":null}');
  assert.equal(
    encodeFailure("1", { code: -32600, message: "no" }),
    '{"error":{"code":-32600,"message":"no"},"id":1}',
  );
});

Deno.test("findRequestId() finds the id at either end, and nothing else", () => {
  assert.equal(findRequestId('{"id":7,"method":"m","params":{"x":"', ""), "7");
  assert.equal(findRequestId('{"method":"m","id":"a","params":{', ""), '"a"');
  assert.equal(
    findRequestId('{"method":"m","params":{"x', 'x"},"id":-5}\r'),
    "-5",
  );
  assert.equal(
    findRequestId('{"method":"m","params":{"id":3', 'x","id":4}}'),
    null,
  );
  assert.equal(findRequestId('{"id":1.5,"method":"m"', ""), null);
  assert.equal(findRequestId("xxxxx", "xxxxx"), null);
});
