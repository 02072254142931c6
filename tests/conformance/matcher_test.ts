import assert from "node:assert/strict";
import type { Json } from "./json.ts";
import { difference, matches } from "./matcher.ts";

Deno.test("difference() takes an object as a subset, arrays and scalars exactly", () => {
  assert.equal(difference({ a: 1 }, { a: 1, b: 2 }), null);
  assert.equal(
    difference({ a: { b: 1 } }, { a: {} }),
    "$.a.b: want 1, got (absent)",
  );
  assert.equal(difference([1, 2], [1, 3]), "$[1]: want 2, got 3");
  assert.equal(
    difference([1, 2], [1]),
    "$[1]: want 2, got (absent)",
  );
  assert.equal(difference([1], [1, 2]), "$[1]: unexpected element 2");
  assert.equal(difference({}, []), "$: want an object like {}, got []");
  assert.equal(difference([], {}), "$: want an array like [], got {}");
  assert.equal(difference(null, undefined), "$: want null, got (absent)");
});

/** Matcher, values that meet it, values that do not. */
const OPERATORS: [Json, (Json | undefined)[], (Json | undefined)[]][] = [
  [{ $any: 1 }, [null, 0, "", {}], [undefined]],
  [{ $absent: true }, [undefined], [null, 0]],
  [{ $eq: { a: [1] } }, [{ a: [1] }], [{ a: [1], b: 1 }, { a: [1, 2] }]],
  [{ $type: "integer" }, [1, -7], [1.5, "1", null]],
  [{ $type: "null" }, [null], [undefined, {}]],
  [{ $type: "array" }, [[]], [{}, "[]"]],
  [{ $type: "object" }, [{}], [[], null]],
  [{ $regex: "^a.c$" }, ["abc", "a\nc"], ["ab", 5, undefined]],
  [{ $startsWith: "ab" }, ["ab", "abc"], ["xab", ["ab"]]],
  [{ $contains: "b" }, ["abc", ["b", "c"]], ["ac", ["abc"], undefined]],
  [{ $contains: { a: 1 } }, [[{ a: 1, b: 2 }]], [[{ b: 2 }], {}]],
  [{ $notContains: "b" }, ["ac", ["abc"], undefined], ["abc", ["b"]]],
  [{ $gte: 3 }, [3, 4], [2, "4", undefined]],
  [{ $lte: 3 }, [3, 2], [4, "2", undefined]],
  [{ $length: 2 }, ["ab", [1, 2]], ["a", [], 2, undefined]],
  [{ $length: { $gte: 1 } }, ["ab", [1]], ["", []]],
  [{ $oneOf: [1, { a: 1 }] }, [1, { a: 1, b: 2 }], [2, {}]],
  [{ $not: { a: 1 } }, [{ a: 2 }, undefined], [{ a: 1, b: 1 }]],
  [{ $unordered: [1, { a: 1 }] }, [[{ a: 1 }, 1]], [[1, 1], [1], [
    1,
    { a: 1 },
    2,
  ]]],
  [{ $all: [{ a: 1 }, { b: 2 }] }, [{ a: 1, b: 2 }], [{ a: 1 }, { b: 2 }]],
  [{ $inOrder: [1, 3] }, [[1, 3], [0, 1, 2, 3]], [[3, 1], [1], {}]],
  [{ $inOrder: [1, 1] }, [[1, 1]], [[1]]],
  [{ $json: { a: 1 } }, ['{"a":1,"b":2}'], ['{"a":2}', "{", { a: 1 }]],
  [{ $subset: { a: 1 } }, [{ a: 1, b: 2 }], [{ b: 2 }]],
  [{ $exact: { a: 1 } }, [{ a: 1 }], [{ a: 1, b: 2 }, {}]],
  [{ $exact: { a: { b: 1 } } }, [{ a: { b: 1, c: 1 } }], [{ a: {} }]],
  [{ $gte: 1, $lte: 3 }, [1, 3], [0, 4]],
];

for (const [want, good, bad] of OPERATORS) {
  Deno.test(`matches() knows ${JSON.stringify(want)}`, () => {
    assert.deepEqual(
      good.map((got) => difference(want, got)),
      good.map(() => null),
    );
    assert.deepEqual(
      bad.map((got) => matches(want, got)),
      bad.map(() => false),
    );
  });
}

Deno.test("difference() names the place of a difference inside a matcher", () => {
  assert.equal(
    difference({ a: { $exact: { b: 1 } } }, { a: { b: 1, c: 2 } }),
    "$.a.c: unexpected key",
  );
  assert.equal(
    difference({ a: { $length: 2 } }, { a: [1] }),
    "$.a.length: want 2, got 1",
  );
});

Deno.test("difference() refuses a matcher that does not exist", () => {
  assert.throws(() => difference({ $nope: 1 }, 1), {
    name: "TypeError",
    message: 'Unknown matcher "$nope"',
  });
});

Deno.test("difference() refuses an operand of the wrong type", () => {
  for (const want of [{ $regex: 1 }, { $gte: "1" }, { $oneOf: 1 }]) {
    const got = "$regex" in want ? "a" : 1;
    assert.throws(() => difference(want as Json, got), TypeError);
  }
});
