import assert from "node:assert/strict";
import type { ThreadItem } from "../protocol/mod.ts";
import { TestHome, toId, toRow } from "./_home_test.ts";
import { findMatches, toSnippet } from "./_snippet.ts";
import type { Catalog } from "./mod.ts";

const found = async (
  catalog: Catalog,
  searchTerm: string,
): Promise<[string, string][]> =>
  (await catalog.messages.search({ searchTerm })).data
    .map(({ thread, snippet }) => [thread.id, snippet]);

const userMessage = (id: string, text: string): ThreadItem => ({
  type: "userMessage",
  id,
  clientId: null,
  content: [{ type: "text", text, text_elements: [] }],
  startedAtMs: 1,
  completedAtMs: 1,
} as ThreadItem);

Deno.test("thread/search: what was said in files, in small or capital letters, of any length", async () => {
  await using home = new TestHome();
  await home.place(1, {
    message: "A zebra at 100% under_score",
    answer: "Lions",
  });
  await home.place(2, { message: "No animals\n\n  at all" });
  await home.place(3, { message: "A Zebra", archived: true });
  const catalog = await home.open();
  const zebra: [string, string][] = [[toId(1), "A zebra at 100% under_score"]];
  assert.deepEqual(await found(catalog, " ZEBRA "), zebra);
  assert.deepEqual(await found(catalog, "%"), zebra);
  assert.deepEqual(await found(catalog, "r_s"), zebra);
  assert.deepEqual(await found(catalog, "lion"), [[toId(1), "Lions"]]);
  assert.deepEqual(await found(catalog, "animals at"), [
    [toId(2), "No animals at all"],
  ]);
  assert.deepEqual(await found(catalog, `"`), []);
  assert.deepEqual(await found(catalog, "zeb lions"), []);
  await assert.rejects(found(catalog, "  "), {
    message: "thread/search requires a non-empty searchTerm",
  });
});

Deno.test("thread/search: what is said in a running server, before and after it is written", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  catalog.threads.upsert(toRow(toId(1)));
  catalog.messages.add(toId(1), "turn-1", userMessage("a", "first words"));
  assert.deepEqual(await found(catalog, "words"), [[toId(1), "first words"]]);
  catalog.messages.add(toId(1), "turn-1", userMessage("a", "other text"));
  assert.deepEqual(await found(catalog, "words"), []);
  assert.deepEqual(await found(catalog, "text"), [[toId(1), "other text"]]);
});

Deno.test("thread/search: what a killed server did not write is read from the rollout", async () => {
  await using home = new TestHome();
  await home.place(1, { message: "the beginning" });
  const before = await home.open();
  await found(before, "beginning");
  const path = before.threads.get(toId(1))!.path;
  await before.close();
  // Somebody else went on meanwhile.
  await Deno.writeTextFile(
    path,
    `${
      JSON.stringify({
        timestamp: "2026-11-10T10:01:00.000Z",
        ordinal: 3,
        type: "event_msg",
        payload: {
          type: "item_completed",
          thread_id: toId(1),
          turn_id: "turn-1",
          item: {
            type: "AgentMessage",
            id: "late",
            content: [{ type: "Text", text: "the ending" }],
          },
        },
      })
    }\n`,
    { append: true },
  );
  const later = new Date("2027-01-01T00:00:00Z");
  await Deno.utime(path, later, later);
  const catalog = await home.open();
  const deadline = performance.now() + 60_000;
  while ((await found(catalog, "ending")).length === 0) {
    assert(performance.now() < deadline, "never found");
  }
});

Deno.test("thread/searchOccurrences: pages of places, in order", async () => {
  await using home = new TestHome();
  await home.place(1, { message: "one, One", answer: "and one more" });
  const catalog = await home.open();
  await catalog.threads.list({});
  const ask = (cursor: string | null, searchTerm = "one", n = 1) =>
    catalog.messages.searchOccurrences(
      { threadId: toId(n), searchTerm, limit: 2, cursor },
      (turnId) => `at ${turnId}`,
    );
  const first = await ask(null);
  const place = (itemId: string, snippet: string, start: number) => ({
    turnId: "turn-1",
    itemId,
    snippet,
    snippetMatchRange: { start, end: start + 3 },
    turnCursor: "at turn-1",
  });
  assert.deepEqual(first.data, [
    place("user-1", "one, One", 0),
    place("user-1", "one, One", 5),
  ]);
  assert.deepEqual(await ask(first.nextCursor), {
    data: [place("agent-1", "and one more", 4)],
    nextCursor: null,
  });
  await assert.rejects(ask(first.nextCursor, "more"), {
    message: `invalid cursor: ${first.nextCursor}`,
  });
  await assert.rejects(ask("bad"), { message: "invalid cursor: bad" });
  await assert.rejects(ask(null, "one", 9), { code: -32601 });
});

Deno.test("toSnippet: 49 characters before, 96 behind, ranges in UTF-16", () => {
  const text = `${"😀".repeat(60)}needle${"x".repeat(100)}`;
  const [match] = findMatches(text, "NEEDLE");
  const snippet = toSnippet(text, match!);
  assert.equal(
    snippet.text,
    `... ${"😀".repeat(49)}needle${"x".repeat(96)} ...`,
  );
  assert.equal(
    snippet.text.slice(snippet.match.start, snippet.match.end),
    "needle",
  );
});
