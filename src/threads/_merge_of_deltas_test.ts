import assert from "node:assert/strict";
import fc from "fast-check";
import { Announcement } from "../protocol/mod.ts";
import { toMerge } from "./_merge_of_deltas.ts";

const names = { threadId: "t", turnId: "u", itemId: "i" };

Deno.test("toMerge() joins the text of deltas, and nothing else", () => {
  const merge = toMerge("item/agentMessage/delta", { ...names, delta: "a" })!;
  assert.deepEqual(
    merge.join({ ...names, delta: "a" }, { ...names, delta: "b" }),
    { ...names, delta: "ab" },
  );
  assert.equal(
    toMerge("thread/status/changed", {
      threadId: "t",
      status: { type: "idle" },
    }),
    undefined,
  );
});

Deno.test("toMerge() tells items and their parts apart", () => {
  const key = (summaryIndex: number, itemId: string) =>
    toMerge("item/reasoning/summaryTextDelta", {
      ...names,
      itemId,
      delta: "",
      summaryIndex,
    })!.key;
  const keys = [key(0, "i"), key(1, "i"), key(0, "j")];
  assert.equal(new Set(keys).size, keys.length);
});

Deno.test("joined deltas say the same, and no text is put together for ever", () => {
  const texts = fc.array(fc.string({ maxLength: 3000 }), { minLength: 1 });
  fc.assert(fc.property(texts, (deltas) => {
    const told: string[] = [];
    for (const delta of deltas) {
      const later = { ...names, delta };
      const last = told.at(-1);
      const merge = toMerge("item/plan/delta", later)!;
      const both = last === undefined
        ? undefined
        : merge.join({ ...names, delta: last }, later);
      if (both === undefined) told.push(delta);
      else told.splice(-1, 1, both.delta);
    }
    assert.equal(told.join(""), deltas.join(""));
    assert.ok(told.every(({ length }) => length <= 4096));
  }));
});

Deno.test("a joined delta bears the number of the later one", () => {
  const later = { ...names, delta: "b" };
  const announcement = new Announcement("item/plan/delta", later, { seq: 7 });
  const text = announcement.encodeWith({ ...names, delta: "ab" }, true);
  const { params, seq } = JSON.parse(text);
  assert.deepEqual({ params, seq }, {
    params: { ...names, delta: "ab" },
    seq: 7,
  });
});
