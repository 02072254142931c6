import assert from "node:assert/strict";
import type { ThreadItem, Turn } from "../../../src/protocol/mod.ts";
import { crash } from "./crash.ts";
import { Ledger } from "./ledger.ts";

Deno.test("crash: whatever clients were promised is there after 12 kills", async () => {
  const { faults, kills, accepted } = await crash({ kills: 12, seed: 7 });
  assert.deepEqual(faults, []);
  assert.equal(kills, 12);
  assert.ok(accepted > 12, `only ${accepted} messages were accepted`);
});

Deno.test("Ledger.check() misses nothing that was promised", () => {
  const item = (id: string, text: string): ThreadItem => ({
    type: "userMessage",
    id,
    clientId: null,
    content: [{ type: "text", text, text_elements: [] }],
  });
  const turn = (id: string, more: Partial<Turn> = {}): Turn => ({
    id,
    rootTurnId: id,
    items: [],
    itemsView: "full",
    status: "completed",
    error: null,
    startedAt: null,
    completedAt: null,
    durationMs: null,
    ...more,
  });
  const ledger = new Ledger({ threadId: "t", directory: "/", asks: true });
  ledger.accepted.add("hi");
  ledger.note({ method: "turn/started", params: { turn: { id: "a" } } });
  ledger.note({
    method: "item/completed",
    params: { turnId: "a", item: item("1", "hi") },
  });
  ledger.note({
    method: "turn/completed",
    params: { turn: { id: "a", status: "completed" } },
  });
  ledger.ask("b", "call");
  const whole = [
    turn("a", { items: [item("1", "hi")] }),
    turn("b", { status: "interrupted" }),
  ];
  assert.deepEqual(ledger.check(whole), []);
  const [first, second] = whole as [Turn, Turn];
  const wrong: Turn[][] = [
    [second],
    [{ ...first, items: [] }, second],
    [{ ...first, items: [item("2", "hi")] }, second],
    [{ ...first, items: [item("1", "hi"), item("2", "hi")] }, second],
    [{ ...first, status: "interrupted" }, second],
    [first],
    [first, { ...second, status: "completed" }],
    [first, { ...second, status: "inProgress" }],
  ];
  for (const turns of wrong) assert.notDeepEqual(ledger.check(turns), []);
});
