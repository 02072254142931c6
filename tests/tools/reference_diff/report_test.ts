import assert from "node:assert/strict";
import { compareContracts, type Contract } from "./report.ts";
import type { Schema } from "./shape.ts";

/** A bundle of one request `ask` with these parameters and this result. */
function bundle(params: Schema, result: Schema, extra: Schema = {}): Schema {
  return {
    definitions: {
      ClientRequest: {
        anyOf: [{
          properties: {
            method: { const: "ask" },
            params: { $ref: "#/definitions/AskParams" },
          },
          "x-result": { $ref: "#/definitions/AskResponse" },
          ...extra,
        }],
      },
      AskParams: params,
      AskResponse: result,
    },
  };
}

const string = { type: "string" };
const result = { type: "object", properties: { ok: { type: "boolean" } } };

function object(
  properties: Record<string, Schema>,
  required: string[] = [],
): Schema {
  return { type: "object", properties, required };
}

/** Differences of two shapes of the parameters of `ask`. */
function differences(ours: Schema, theirs: Schema): readonly string[] {
  const both = (schema: Schema): Contract => ({
    all: bundle(schema, result),
    stable: bundle(schema, result),
  });
  return compareContracts(both(ours), both(theirs)).differences;
}

Deno.test("reference diff: the same shape in other words is the same", () => {
  assert.deepEqual(
    differences(
      object({ a: { type: ["string", "null"] }, b: { enum: ["x", "y"] } }),
      object({
        b: { oneOf: [{ enum: ["y"] }, { const: "x" }], title: "B" },
        a: { anyOf: [string, { type: "null" }], description: "words" },
      }),
    ),
    [],
  );
});

Deno.test("reference diff: names, kinds, null and what is required count", () => {
  assert.deepEqual(
    differences(
      object({ a: string, b: string, c: string, d: { enum: ["x"] } }, ["a"]),
      object({
        b: { type: ["string", "null"] },
        c: { type: "array", items: string },
        d: { enum: ["x", "y"] },
        e: string,
      }, ["b"]),
    ),
    [
      "ask params.a: field here only",
      "ask params.b: required there only",
      "ask params.b: may be null there",
      "ask params.c: string here only",
      "ask params.c: array there only",
      'ask params.d: "y" is a choice there only',
      "ask params.e: field there only",
    ],
  );
});

Deno.test("reference diff: variants of a tagged union are matched by tag", () => {
  const variant = (tag: string, fields: Record<string, Schema>): Schema =>
    object({ type: { const: tag }, ...fields }, ["type"]);
  assert.deepEqual(
    differences(
      { anyOf: [variant("a", { one: string }), variant("b", {})] },
      { oneOf: [variant("c", {}), variant("a", { one: { type: "integer" } })] },
    ),
    [
      "ask params<type=a>.one: string here only",
      "ask params<type=a>.one: integer there only",
      "ask params<type=b>: variant here only",
      "ask params<type=c>: variant there only",
    ],
  );
});

Deno.test("reference diff: types that hold themselves come to an end", () => {
  const tree = object({ next: { $ref: "#/definitions/AskParams" } });
  assert.deepEqual(differences(tree, tree), []);
});

Deno.test("reference diff: fields of ours are no difference", () => {
  assert.deepEqual(
    differences(object({ a: { ...string, "x-gangway": true } }), object({})),
    [],
  );
});

Deno.test("reference diff: stability of methods and fields counts", () => {
  const full = bundle(object({ a: string, b: string }), result);
  const without = bundle(object({ a: string }), result);
  assert.deepEqual(
    compareContracts(
      { all: full, stable: full },
      { all: full, stable: without },
    ).differences,
    ["ask params.b: experimental there only"],
  );
  assert.deepEqual(
    compareContracts(
      { all: full, stable: { definitions: {} } },
      { all: full, stable: full },
    ).differences,
    ["ask ClientRequest: experimental here only"],
  );
});

Deno.test("reference diff: an unfinished method is listed, not compared", () => {
  const ours = bundle(object({}), result);
  const [request] = (ours.definitions as {
    ClientRequest: { anyOf: { properties: Record<string, Schema> }[] };
  }).ClientRequest.anyOf;
  request!.properties.params = { "x-unfinished": true };
  const theirs = bundle(object({ a: string }, ["a"]), result);
  assert.deepEqual(
    compareContracts(
      { all: ours, stable: ours },
      { all: theirs, stable: theirs },
    ),
    { differences: [], unfinished: ["ask"], gatesOnly: [], compared: 0 },
  );
});

Deno.test("compareContracts leaves out messages that are ours by design", () => {
  const ours: Contract = {
    all: bundle(object({}), result, { "x-gangway": true }),
    stable: bundle(object({}), result, { "x-gangway": true }),
  };
  const nothing: Schema = { definitions: { ClientRequest: { anyOf: [] } } };
  const findings = compareContracts(ours, { all: nothing, stable: nothing });
  assert.deepEqual(findings.differences, []);
  assert.equal(findings.compared, 0);
});
