import assert from "node:assert/strict";
import type { Json } from "./json.ts";
import { substitute } from "./placeholders.ts";

const VARIABLES = new Map([["TMP", "/t"], ["JWT:a", "x.y.z"], ["n", "5"]]);

Deno.test("substitute() fills names in strings, keys, arrays and objects", () => {
  assert.deepEqual(
    substitute(
      {
        "${TMP}/k": ["${TMP}/a/${n}", { b: "Bearer ${JWT:a}" }],
        c: 1,
        d: null,
      },
      VARIABLES,
    ),
    { "/t/k": ["/t/a/5", { b: "Bearer x.y.z" }], c: 1, d: null },
  );
});

Deno.test("substitute() leaves unknown names and shell variables as they are", () => {
  assert.equal(
    substitute("${OTHER} $TMP $$ ${TMP", VARIABLES),
    "${OTHER} $TMP $$ ${TMP",
  );
});

Deno.test("substitute() keeps the type of a value that stands alone", () => {
  const variables = new Map<string, Json>([["id", 5], ["item", { a: [1] }]]);
  assert.deepEqual(
    substitute({ id: "${id}", text: "n${id}", item: "${item}" }, variables),
    { id: 5, text: "n5", item: { a: [1] } },
  );
});

Deno.test("substitute() does not fill what it has filled in", () => {
  const variables = new Map([["a", "${b}"], ["b", "no"]]);
  assert.equal(substitute("${a}", variables), "${b}");
});

Deno.test("substitute() writes out $repeat, as text or as base64", () => {
  assert.deepEqual(
    substitute(
      {
        text: { $repeat: "ab", times: 3 },
        bytes: { $repeat: "hi", times: 2, as: "base64" },
      },
      VARIABLES,
    ),
    { text: "ababab", bytes: "aGloaQ==" },
  );
  assert.throws(
    () => substitute({ $repeat: "a", times: "3" }, VARIABLES),
    TypeError,
  );
});
