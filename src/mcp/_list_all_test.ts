import assert from "node:assert/strict";
import { listAll } from "./_list_all.ts";

Deno.test("listAll takes pages of any length, and the notes of the first", async () => {
  const page = Array.from({ length: 300_000 }, (_, index) => index);
  const asked: unknown[] = [];
  const list = await listAll("things", (params) => {
    asked.push(params);
    return Promise.resolve(
      params.cursor === undefined
        ? { things: page, nextCursor: "2", _meta: "note" }
        : { things: [-1], _meta: "another" },
    );
  });
  assert.deepEqual(asked, [{}, { cursor: "2" }]);
  assert.deepEqual(list, { items: [...page, -1], meta: "note" });
});

Deno.test("listAll gets along with what is no list, and with a list without end", async () => {
  const none = await listAll("things", () => Promise.resolve({ things: 7 }));
  assert.deepEqual(none, { items: [], meta: null });
  const endless = () => Promise.resolve({ things: [1], nextCursor: "again" });
  assert.equal((await listAll("things", endless)).items.length, 100);
});
