import assert from "node:assert/strict";
import type { Turn } from "../protocol/mod.ts";
import { KeptTurns } from "./past_turns.ts";

const turn = (id: string, items: number): Turn => ({
  id,
  rootTurnId: id,
  items: Array.from({ length: items }, (_, at) => ({
    type: "contextCompaction" as const,
    id: `${id}.${at}`,
    startedAtMs: null,
    completedAtMs: null,
  })),
  itemsView: "full",
  status: "completed",
  error: null,
  startedAt: 1,
  completedAt: 2,
  durationMs: 1000,
});

Deno.test("KeptTurns drops the items of the oldest beyond its bound, and says so", async () => {
  const kept = new KeptTurns(
    [turn("a", 2), turn("b", 2), turn("c", 2), turn("d", 1)],
    4,
  );
  const light = (id: string): Turn => ({
    ...turn(id, 0),
    itemsView: "notLoaded",
  });
  assert.deepEqual(await kept.read({}), [
    light("a"),
    light("b"),
    turn("c", 2),
    turn("d", 1),
  ]);
  assert.deepEqual(
    (await kept.readItems()).map(({ item }) => item.id),
    ["c.0", "c.1", "d.0"],
  );
  assert.deepEqual(await kept.ids(), ["a", "b", "c", "d"]);
});

Deno.test("KeptTurns keeps the newest turn whole, however many items it has", async () => {
  const kept = new KeptTurns([turn("a", 1), turn("b", 9)], 4);
  const [first, last] = await kept.read({});
  assert.equal(first?.itemsView, "notLoaded");
  assert.deepEqual(last, turn("b", 9));
});
