import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decode,
  encodeFailure,
  encodeNotification,
  encodeRequest,
  encodeResponse,
} from "../../src/protocol/mod.ts";

const id = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.string().map((text) => JSON.stringify(text)),
);
/** As it comes out of JSON: without -0, which JSON.stringify writes as 0. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));

Deno.test("decode(encode…()) gives back what went in", () => {
  fc.assert(fc.property(id, fc.string(), json, (id, method, params) => {
    assert.deepEqual(decode(encodeRequest(id, method, params)), {
      kind: "request",
      id,
      method,
      params,
    });
    assert.deepEqual(decode(encodeNotification(method, params, 5)), {
      kind: "notification",
      method,
      params,
    });
    assert.deepEqual(decode(encodeResponse(id, params)), {
      kind: "response",
      id,
      result: params,
    });
    assert.deepEqual(
      decode(encodeFailure(id, { code: -5, message: method, data: params })),
      {
        kind: "failure",
        id,
        error: { code: -5, message: method, data: params },
      },
    );
  }));
});

Deno.test("decode() finds the id wherever it stands, between whatever members", () => {
  const member = fc.tuple(
    fc.constantFrom("params", "x", "\u0069dx", "trac", "jsonrpc"),
    fc.oneof(
      json,
      fc.constantFrom('"id":1', "id", "method", '\\"', { id: 1, method: "n" }),
    ),
  );
  const space = fc.constantFrom("", " ", "\n\t");
  fc.assert(fc.property(
    id,
    fc.uniqueArray(member, { selector: ([name]) => name, maxLength: 5 }),
    fc.nat(),
    fc.nat(),
    space,
    (id, members, at, also, gap) => {
      const parts = members.map(([name, value]) =>
        `${JSON.stringify(name)}${gap}:${gap}${JSON.stringify(value)}`
      );
      parts.splice(at % (parts.length + 1), 0, `"id"${gap}:${gap}${id}`);
      parts.splice(also % (parts.length + 1), 0, `"method":"m"`);
      const frame = `${gap}{${gap}${parts.join(`${gap},${gap}`)}${gap}}${gap}`;
      const message = decode(frame);
      assert.equal(message.kind, "request", frame);
      assert.equal((message as { id: string }).id, id, frame);
    },
  ));
});

Deno.test("decode() never throws and always ends", () => {
  const piece = fc.constantFrom(
    ...'{}[]":,\\ 07-.eE'.split(""),
    '"id"',
    '"method"',
    '"result"',
    "null",
    "é",
  );
  fc.assert(fc.property(fc.array(piece), (pieces) => {
    assert.equal(typeof decode(pieces.join("")).kind, "string");
  }));
});
