import assert from "node:assert/strict";
import fc from "fast-check";
import { toSafeNames } from "./_safe_names.ts";

Deno.test("toSafeNames leaves plain names, and replaces what models can't say", () => {
  assert.deepEqual([
    ...toSafeNames(["tiny", "sp-ace.d", "a.b", "a-b", "ü", ""]),
  ], [
    ["tiny", "tiny"],
    ["sp-ace.d", "sp_ace_d"],
    ["a.b", "a_b_69f6642c9d71"],
    ["a-b", "a_b_34fafddda8f4"],
    ["ü", "__94a759fd3773"],
    ["", "__da39a3ee5e6b"],
  ]);
});

Deno.test("toSafeNames: every name is allowed, short, and another one", () => {
  const name = fc.oneof(fc.string(), fc.constant("x".repeat(70)));
  fc.assert(fc.property(
    fc.uniqueArray(name, { maxLength: 50 }),
    (names) => {
      const safe = toSafeNames(names, {
        wrap: (one) => `mcp__${one}`,
      });
      assert.deepEqual([...safe.keys()], names);
      assert.equal(new Set(safe.values()).size, names.length);
      for (const one of safe.values()) {
        assert.match(one, /^[A-Za-z0-9_]{1,64}$/);
      }
    },
  ));
});
