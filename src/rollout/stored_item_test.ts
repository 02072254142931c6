import assert from "node:assert/strict";
import fc from "fast-check";
import type { ThreadItem } from "../protocol/mod.ts";
import { fromStoredItem } from "./from_stored_item.ts";
import { ITEMS, OUR_ITEMS } from "./_items_test.ts";
import { joinWords, splitWords } from "./_shell_words.ts";
import { decodeError, encodeError } from "./_stored_error.ts";
import { toStoredItem } from "./to_stored_item.ts";

function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

for (const item of [...ITEMS, ...OUR_ITEMS]) {
  Deno.test(`toStoredItem, fromStoredItem: ${item.type} ${item.id} there and back`, () => {
    const stored = throughJson(toStoredItem(item));
    assert.deepEqual(
      fromStoredItem(stored, { startedAtMs: 1, completedAtMs: 2 }),
      item,
    );
    assert.ok(!Object.values(stored).includes(undefined));
    assert.match(stored.type, /^[A-Z]/);
  });
}

Deno.test("fromStoredItem: every kind does with nothing but its id", () => {
  for (const { type } of [...ITEMS, ...OUR_ITEMS]) {
    const stored = {
      type: type.charAt(0).toUpperCase() + type.slice(1),
      id: "x",
    };
    const read = fromStoredItem(stored);
    assert.deepEqual([read?.type, read?.id], [type, "x"]);
  }
});

Deno.test("fromStoredItem: fields of other types than expected do no harm", () => {
  const kinds = ITEMS.map((item) => toStoredItem(item));
  fc.assert(
    fc.property(
      fc.constantFrom(...kinds),
      fc.jsonValue(),
      fc.nat(),
      (stored, value, at) => {
        const fields = Object.keys(stored).filter((name) =>
          name !== "type" && name !== "id"
        );
        const name = fields[at % Math.max(1, fields.length)] ?? "x";
        assert.equal(
          fromStoredItem({ ...stored, [name]: value })?.id,
          stored.id,
        );
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("fromStoredItem: an unknown kind is none", () => {
  assert.equal(fromStoredItem({ type: "Later", id: "x" }), undefined);
  assert.equal(fromStoredItem({ type: "constructor", id: "x" }), undefined);
});

Deno.test("fromStoredItem: a path that the model wrote is resolved against the directory", () => {
  const item = fromStoredItem({
    type: "CommandExecution",
    id: "c",
    command: ["cat", "a b"],
    cwd: "file:///w%20x",
    parsed_cmd: [{ type: "read", cmd: "cat 'a b'", name: "a b", path: "a b" }],
  });
  assert.equal(item?.type, "commandExecution");
  if (item?.type !== "commandExecution") return;
  assert.equal(item.command, "cat 'a b'");
  assert.equal(item.cwd, "/w x");
  assert.deepEqual(item.commandActions, [
    { type: "read", command: "cat 'a b'", name: "a b", path: "/w x/a b" },
  ]);
});

Deno.test("fromStoredItem: findings of a review are written out", () => {
  const finding = {
    title: "T",
    body: "one\ntwo",
    code_location: {
      absolute_file_path: "/f",
      line_range: { start: 1, end: 2 },
    },
  };
  const review = (findings: unknown[]): unknown => {
    const item = fromStoredItem({
      type: "ExitedReviewMode",
      id: "x",
      review_output: { findings, overall_explanation: "exp" },
    }) as ThreadItem & { review?: string };
    return item.review;
  };
  assert.equal(review([]), "exp");
  assert.equal(
    review([finding]),
    "exp\n\nReview comment:\n\n- T — /f:1-2\n  one\n  two",
  );
  assert.match(`${review([finding, finding])}`, /Full review comments:/);
});

Deno.test("joinWords, splitWords: any words there and back", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme" }).filter((word) => word !== ""), {
        minLength: 2,
      }),
      (words) => assert.deepEqual(splitWords(joinWords(words)), words),
    ),
  );
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(..."ab '\"\\$`!^|\n") }),
      (line) => assert.equal(joinWords(splitWords(line)), line),
    ),
    { numRuns: 2000 },
  );
  assert.equal(joinWords(["a", "", "b"]), "a '' b");
  assert.deepEqual(splitWords("a '' b"), ["a", "", "b"]);
});

Deno.test("splitWords: what a shell would act on stays as it is", () => {
  for (
    const line of ["a | b", "a $b", 'a "$b"', "a 'b", "a\\b", "a;b", "a\nb"]
  ) {
    assert.deepEqual(splitWords(line), [line]);
  }
});

Deno.test("encodeError, decodeError: there and back", () => {
  for (
    const codexErrorInfo of [
      null,
      "usageLimitExceeded",
      { responseTooManyFailedAttempts: { httpStatusCode: 500 } },
      { activeTurnNotSteerable: { turnKind: "review" } },
    ] as const
  ) {
    const error = {
      message: "No",
      codexErrorInfo,
      additionalDetails: null,
      misalignment: null,
    };
    assert.deepEqual(decodeError(throughJson(encodeError(error))), error);
  }
  assert.equal(decodeError(undefined), null);
  assert.equal(decodeError("x"), null);
});
