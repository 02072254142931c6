import assert from "node:assert/strict";
import fc from "fast-check";
import { RpcError, type ThreadListParams } from "../protocol/mod.ts";
import { TestHome, toId, toRow } from "./_home_test.ts";
import type { Catalog, ThreadRow } from "./mod.ts";

const ids = async (
  catalog: Catalog,
  params: ThreadListParams,
): Promise<string[]> =>
  (await catalog.threads.list(params)).data.map((thread) => thread.id);

/** All pages, one behind the other. */
async function all(
  catalog: Catalog,
  params: ThreadListParams,
): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await catalog.threads.list({ ...params, cursor });
    found.push(...page.data.map((thread) => thread.id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

Deno.test("thread/list: pages neither skip nor repeat threads of one millisecond", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  for (let n = 0; n < 10; n++) catalog.threads.upsert(toRow(toId(n)));
  const newestFirst = Array.from({ length: 10 }, (_, n) => toId(9 - n));
  assert.deepEqual(await all(catalog, { limit: 3 }), newestFirst);
  assert.deepEqual(
    await all(catalog, { limit: 3, sortDirection: "asc" }),
    newestFirst.toReversed(),
  );
});

Deno.test("thread/list: random threads, filters and pages give what a plain array gives", async () => {
  const row = fc.record({
    createdAtMs: fc.integer({ min: 1, max: 5 }),
    updatedAtMs: fc.integer({ min: 1, max: 5 }),
    recencyAtMs: fc.integer({ min: 1, max: 5 }),
    cwd: fc.constantFrom("/a", "/b"),
    modelProvider: fc.constantFrom("x", "y"),
    source: fc.constantFrom("cli" as const, "exec" as const, "vscode" as const),
    archived: fc.boolean(),
    preview: fc.constantFrom("red apple", "green pear", "ap", "a*[p]?", ""),
  }).map((change) => ({ ...change, hasUserMessage: change.preview !== "" }));
  const filter = fc.record({
    sortKey: fc.constantFrom("created_at", "updated_at", "recency_at"),
    sortDirection: fc.constantFrom("asc", "desc"),
    archived: fc.boolean(),
    cwd: fc.constantFrom("/a", ["/a", "/b"], "/b/../a/", "/none"),
    modelProviders: fc.subarray(["x", "y"]),
    sourceKinds: fc.subarray(["cli", "exec", "vscode"]),
    searchTerm: fc.constantFrom("apple", "ap", "Apple", "*", "[p]", "?", "a["),
    limit: fc.integer({ min: 1, max: 4 }),
    excluded: fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { maxLength: 4 }),
  }, { requiredKeys: ["limit"] });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 20 }),
      filter,
      async (changes, { excluded, ...chosen }) => {
        await using home = new TestHome();
        const catalog = await home.open();
        const rows = changes.map((change, n) => toRow(toId(n), change));
        for (const one of rows) catalog.threads.upsert(one);
        const params = {
          ...chosen,
          ...(excluded && { excludedThreadIds: excluded.map(toId) }),
        } as ThreadListParams;
        assert.deepEqual(await all(catalog, params), toModel(rows, params));
      },
    ),
    { numRuns: 60 },
  );
});

/** What the answer to all pages should be. */
function toModel(
  rows: readonly ThreadRow[],
  params: ThreadListParams,
): string[] {
  const key = ({
    created_at: "createdAtMs",
    updated_at: "updatedAtMs",
    recency_at: "recencyAtMs",
  } as const)[(params.sortKey ?? "created_at") as "created_at"];
  const kinds = params.sourceKinds?.length
    ? params.sourceKinds
    : ["cli", "vscode"];
  const cwds = params.cwd == null
    ? undefined
    : [params.cwd].flat().map((cwd) => cwd === "/b/../a/" ? "/a" : cwd);
  const sign = params.sortDirection === "asc" ? 1 : -1;
  return rows.filter((row) =>
    row.hasUserMessage && row.archived === (params.archived ?? false) &&
    kinds.includes(row.source as "cli") &&
    (cwds?.includes(row.cwd) ?? true) &&
    (!params.modelProviders?.length ||
      params.modelProviders.includes(row.modelProvider)) &&
    row.preview.includes(params.searchTerm ?? "") &&
    !params.excludedThreadIds?.includes(row.id)
  ).sort((a, b) => sign * (a[key] - b[key] || (a.id < b.id ? -1 : 1)))
    .map((row) => row.id);
}

Deno.test("thread/list: threads that come between pages move nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 6, maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 12 }),
      fc.constantFrom("asc" as const, "desc" as const),
      async (before, later, sortDirection) => {
        await using home = new TestHome();
        const catalog = await home.open();
        before.forEach((createdAtMs, n) =>
          catalog.threads.upsert(toRow(toId(n), { createdAtMs }))
        );
        const expected = await all(catalog, { sortDirection });
        const found: string[] = [];
        const added = later.map((createdAtMs, n) =>
          toRow(toId(100 + n), { createdAtMs })
        );
        let cursor: string | null = null;
        do {
          const page = await catalog.threads.list({
            limit: 2,
            sortDirection,
            cursor,
          });
          found.push(...page.data.map((thread) => thread.id));
          cursor = page.nextCursor;
          for (const row of added.splice(0, 3)) catalog.threads.upsert(row);
        } while (cursor !== null);
        const old = new Set(expected);
        assert.deepEqual(found.filter((id) => old.has(id)), expected);
        assert.equal(new Set(found).size, found.length);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("thread/list: backwardsCursor with the other direction begins with the page's first", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  for (let n = 0; n < 9; n++) catalog.threads.upsert(toRow(toId(n)));
  const first = await catalog.threads.list({ limit: 3 });
  const second = await catalog.threads.list({
    limit: 3,
    cursor: first.nextCursor,
  });
  const back = await ids(catalog, {
    cursor: second.backwardsCursor,
    sortDirection: "asc",
  });
  assert.deepEqual(back, [5, 6, 7, 8].map(toId));
});

Deno.test("thread/list: cursors of the reference are places, too", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  const startMs = Date.parse("2026-11-20T21:53:50.100Z");
  for (let n = 0; n < 4; n++) {
    catalog.threads.upsert(toRow(toId(n), { createdAtMs: startMs + n * 300 }));
  }
  // Within the second, and a bare one as versions before wrote it.
  assert.deepEqual(
    await ids(catalog, { cursor: `2026-11-20T21:53:50Z|${toId(2)}` }),
    [toId(1), toId(0)],
  );
  assert.deepEqual(
    await ids(catalog, { cursor: "2026-11-20T21:53:51Z" }),
    [toId(2), toId(1), toId(0)],
  );
  assert.deepEqual(
    await ids(catalog, {
      cursor: "2026-11-20T21:53:50.399Z",
      sortDirection: "asc",
    }),
    [toId(1), toId(2), toId(3)],
  );
});

Deno.test("thread/list: the answer shows a thread as the reference does", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  catalog.threads.upsert(toRow(toId(1), {
    createdAtMs: 1_999,
    source: { custom: "atlas" },
    gitInfo: { sha: "abc", branch: null, originUrl: null },
  }));
  await catalog.threads.setName(toId(1), "  Fruit ");
  const { revision } = catalog.readStates.advance(toId(1), "turn-1").result;
  assert.deepEqual(await catalog.threads.list({}), {
    data: [{
      id: toId(1),
      environments: null,
      extra: null,
      sessionId: toId(1),
      forkedFromId: null,
      attachedToThreadId: null,
      parentThreadId: null,
      preview: "Message of 0001",
      ephemeral: false,
      section: null,
      sectionEnteredAt: null,
      projectId: null,
      historyMode: "paginated",
      modelProvider: "mock",
      model: "mock-model",
      reasoningEffort: null,
      createdAt: 1,
      updatedAt: 1,
      recencyAt: 1,
      status: { type: "notLoaded" },
      path: `/nowhere/rollout-${toId(1)}.jsonl`,
      cwd: "/work",
      cliVersion: "1.0.0",
      originator: "test",
      source: { custom: "atlas" },
      canAcceptDirectInput: null,
      threadSource: null,
      agentNickname: null,
      agentRole: null,
      gitInfo: { sha: "abc", branch: null, originUrl: null },
      name: "Fruit",
      daybreakEnabled: null,
      turns: [],
    }],
    readStates: {
      [toId(1)]: { firstUnread: { type: "turn", turnId: "turn-1" }, revision },
    },
    nextCursor: null,
    backwardsCursor: `1970-01-01T00:00:01.999Z|${toId(1)}|=`,
  });
});

Deno.test("thread/list: families, owners, sections and projects", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  const spawned = (parent: number): Partial<ThreadRow> => ({
    parentThreadId: toId(parent),
    source: {
      subAgent: {
        thread_spawn: {
          parent_thread_id: toId(parent),
          depth: 1,
          agent_path: null,
          agent_nickname: null,
          agent_role: null,
        },
      },
    },
  });
  catalog.threads.upsert(toRow(toId(1)));
  catalog.threads.upsert(toRow(toId(2), spawned(1)));
  catalog.threads.upsert(toRow(toId(3), spawned(2)));
  catalog.threads.upsert(toRow(toId(4), {
    attachedToThreadId: toId(1),
    preview: "",
    hasUserMessage: false,
  }));
  catalog.threads.upsert(toRow(toId(5)));
  assert.deepEqual(await ids(catalog, {}), [toId(5), toId(1)]);
  assert.deepEqual(await ids(catalog, { parentThreadId: toId(1) }), [toId(2)]);
  assert.deepEqual(
    await ids(catalog, { ancestorThreadId: toId(1) }),
    [toId(3), toId(2)],
  );
  assert.deepEqual(
    await ids(catalog, { attachedToThreadId: toId(1) }),
    [toId(4)],
  );
  assert.deepEqual(
    await ids(catalog, { sourceKinds: ["subAgent"] }),
    [toId(3), toId(2)],
  );
  const { section } = catalog.sections.create({ name: "A" });
  catalog.sections.move({ threadId: toId(5), sectionId: section.id });
  catalog.sections.move({ threadId: toId(1), sectionId: section.id });
  assert.deepEqual(
    await all(catalog, {
      sortKey: "section_position",
      sectionId: section.id,
      limit: 1,
    }),
    [toId(5), toId(1)],
  );
  assert.deepEqual(await ids(catalog, { sectionId: null }), []);
  const { project } = catalog.projects.create({
    name: "P",
    roots: [],
    idempotencyKey: "k",
  }).result;
  catalog.projects.assign(toId(5), project.id);
  assert.deepEqual(await ids(catalog, { projectId: project.id }), [toId(5)]);
  assert.deepEqual(await ids(catalog, { projectId: null }), [toId(1)]);
});

Deno.test("thread/list: what makes no sense is refused in known words", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  const refusals: [ThreadListParams, number, string][] = [
    [{ cursor: "bad" }, -32600, "invalid cursor: bad"],
    [{ cursor: "" }, -32600, "invalid cursor: "],
    [{ cursor: "2026-11-20" }, -32600, "invalid cursor: 2026-11-20"],
    [
      { cursor: "2027-11-20T21:53:50Z|x" },
      -32600,
      "invalid cursor: 2027-11-20T21:53:50Z|x",
    ],
    [
      { sortKey: "section_position" },
      -32600,
      "section-position sorting requires a section filter",
    ],
    [
      { excludedThreadIds: Array(101).fill(toId(1)) },
      -32602,
      "excludedThreadIds accepts at most 100 entries",
    ],
    [
      { parentThreadId: toId(1), ancestorThreadId: toId(1) },
      -32600,
      "parentThreadId and ancestorThreadId are mutually exclusive",
    ],
    [
      { attachedToThreadId: toId(1), parentThreadId: toId(1) },
      -32600,
      "attachedToThreadId cannot be combined with parentThreadId or ancestorThreadId",
    ],
    [{ projectId: "x" }, -32602, "project not found: x"],
    [{ projectId: "" }, -32602, "projectId must not be empty"],
    [
      { originators: ["x"] },
      -32602,
      "originator filtering is not supported by the local app-server",
    ],
    [
      { includeAttachedThreads: true },
      -32600,
      "includeAttachedThreads requires a non-empty searchTerm",
    ],
    [
      { excludedThreadIds: ["x"] },
      -32602,
      "invalid excluded thread id: invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `x` at 1",
    ],
    [
      { parentThreadId: "x" },
      -32600,
      "invalid parent thread id: invalid character: expected an optional prefix of `urn:uuid:` followed by [0-9a-fA-F-], found `x` at 1",
    ],
  ];
  for (const [params, code, message] of refusals) {
    await assert.rejects(catalog.threads.list(params), (error) => {
      assert(error instanceof RpcError);
      assert.deepEqual([error.code, error.message], [code, message]);
      return true;
    });
  }
});

Deno.test("thread/list: a page of none is one of one, and of too many one of 100", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  for (let n = 0; n < 120; n++) catalog.threads.upsert(toRow(toId(n)));
  const sizes: number[] = [];
  for (const limit of [0, 1, null, 100, 5_000]) {
    sizes.push((await ids(catalog, { limit })).length);
  }
  assert.deepEqual(sizes, [1, 1, 25, 100, 100]);
});

Deno.test("ThreadIndex: what people gave a thread outlives what the server says of it", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  catalog.threads.upsert(toRow(toId(1)));
  await catalog.threads.setName(toId(1), "Named");
  catalog.threads.setMemoryMode(toId(1), "disabled");
  catalog.threads.setDaybreakEnabled(toId(1), true);
  catalog.threads.setTokensUsed(toId(1), 7);
  catalog.threads.setGitInfo(toId(1), { sha: "abc" });
  catalog.threads.touch(toId(1), { updatedAtMs: 9_000, preview: "New" });
  const {
    name,
    memoryMode,
    daybreakEnabled,
    tokensUsed,
    gitInfo,
    updatedAtMs,
  } = catalog.threads.get(toId(1))!;
  assert.deepEqual(
    { name, memoryMode, daybreakEnabled, tokensUsed, gitInfo, updatedAtMs },
    {
      name: "Named",
      memoryMode: "disabled",
      daybreakEnabled: true,
      tokensUsed: 7,
      gitInfo: { sha: "abc", branch: null, originUrl: null },
      updatedAtMs: 9_000,
    },
  );
  assert.deepEqual(await ids(catalog, { searchTerm: "Named" }), [toId(1)]);
  assert.deepEqual(await ids(catalog, { searchTerm: "New" }), [toId(1)]);
  catalog.threads.remove(toId(1));
  assert.equal(catalog.threads.get(toId(1)), undefined);
});

Deno.test("ThreadIndex.setGitInfo: refuses what says nothing", async () => {
  await using home = new TestHome();
  const catalog = await home.open();
  catalog.threads.upsert(toRow(toId(1)));
  assert.throws(() => catalog.threads.setGitInfo(toId(1), {}), {
    message: "gitInfo must include at least one field",
  });
  assert.throws(() => catalog.threads.setGitInfo(toId(1), { sha: "" }), {
    message: "gitInfo.sha must not be empty",
  });
});
