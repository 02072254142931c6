import assert from "node:assert/strict";
import { openThreadWorld, refusal, start } from "../kit/thread_world.ts";

const nobody = "01a1feee-3613-77b2-8fce-d7a82c84d2d5";

Deno.test("thread/list: threads with a message, loaded ones as they are now, others as stored", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const first = await start(me);
  await start(me); // nothing is said in it
  const ephemeral = await start(me, { ephemeral: true });
  const turn = await me.say(first, "hello");
  await me.say(ephemeral, "gone tomorrow");

  const live = await me.client.request("thread/list", {});
  assert.deepEqual(
    live.data.map(({ id, preview, status, environments, turns }) => ({
      id,
      preview,
      status,
      hasEnvironments: environments !== null,
      turns,
    })),
    [{
      id: first,
      preview: "hello",
      status: { type: "idle" },
      hasEnvironments: true,
      turns: [],
    }],
  );
  assert.deepEqual(live.readStates?.[first]?.firstUnread, {
    type: "turn",
    turnId: turn,
  });

  await world.restart();
  const other = await world.connect();
  const stored = await other.client.request("thread/list", {});
  assert.deepEqual(
    stored.data.map(({ id, status, environments }) => ({
      id,
      status,
      environments,
    })),
    [{ id: first, status: { type: "notLoaded" }, environments: null }],
  );
  assert.deepEqual(stored.readStates, live.readStates);
});

Deno.test("thread/read: with turns only if asked, with a word of warning, loaded or not", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  assert.deepEqual(
    (await me.client.request("thread/read", { threadId })).thread.turns,
    [],
  );
  const turn = await me.say(threadId, "hello");

  const read = await me.client.request("thread/read", {
    threadId,
    includeTurns: true,
  });
  const { summary } = await me.hear("deprecationNotice");
  assert.match(summary, /page with `thread\/turns\/list`/);
  assert.deepEqual(
    read.thread.turns.map(({ id, status, itemsView, items }) => ({
      id,
      status,
      itemsView,
      items: items.map(({ type }) => type),
    })),
    [{
      id: turn,
      status: "completed",
      itemsView: "full",
      items: ["userMessage", "agentMessage"],
    }],
  );

  await world.restart();
  const other = await world.connect();
  const again = await other.client.request("thread/read", {
    threadId,
    includeTurns: true,
  });
  assert.deepEqual(again.thread.turns, read.thread.turns);
  assert.deepEqual(again.thread.status, { type: "notLoaded" });
  assert.deepEqual(await other.client.request("thread/loaded/list", {}), {
    data: [],
    nextCursor: null,
  });
});

Deno.test("thread/read and the lists: refused for threads that are not there or not kept", async () => {
  await using world = await openThreadWorld();
  const { client, say } = await world.connect();
  const ephemeral = (await client.request("thread/start", { ephemeral: true }))
    .thread.id;
  await say(ephemeral, "hello");
  const lists = [
    "thread/turns/list",
    "thread/items/list",
    "thread/timeline/list",
  ] as const;
  for (const method of ["thread/read", ...lists] as const) {
    assert.deepEqual(
      await refusal(client.request(method, { threadId: nobody })),
      [-32600, `thread not loaded: ${nobody}`],
    );
    const [code, message] = await refusal(
      client.request(method, { threadId: "zz" }),
    );
    assert.deepEqual(
      [code, message.slice(0, 18)],
      [-32600, "invalid thread id:"],
    );
  }
  for (const method of lists) {
    assert.deepEqual(
      await refusal(client.request(method, { threadId: ephemeral })),
      method === "thread/turns/list"
        ? [-32600, `ephemeral threads do not support ${method}`]
        : [-32601, `${method} is not supported yet`],
    );
  }
  assert.deepEqual(
    await refusal(
      client.request("thread/read", {
        threadId: ephemeral,
        includeTurns: true,
      }),
    ),
    [-32600, "ephemeral threads do not support includeTurns"],
  );
});

Deno.test("thread/turns/list and thread/items/list: page by page in both directions, each entry once", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  const turns: string[] = [];
  for (const text of ["one", "two", "three", "four", "five"]) {
    turns.push(await me.say(threadId, text));
  }
  for (const sortDirection of ["asc", "desc"] as const) {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { data: { id: string }[]; nextCursor: string | null } =
        await me.client.request("thread/turns/list", {
          threadId,
          cursor,
          limit: 2,
          sortDirection,
          itemsView: "notLoaded",
        });
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(
      seen,
      sortDirection === "asc" ? turns : turns.toReversed(),
    );
  }

  // Back from the middle: the entry that the page begins with comes first.
  const middle = await me.client.request("thread/turns/list", {
    threadId,
    limit: 2,
  });
  const back = await me.client.request("thread/turns/list", {
    threadId,
    cursor: middle.backwardsCursor,
    sortDirection: "asc",
  });
  assert.deepEqual(back.data.map(({ id }) => id), [turns[4]]);

  const items = await me.client.request("thread/items/list", {
    threadId,
    turnId: turns[1]!,
  });
  assert.deepEqual(
    items.data.map(({ turnId, item }) => [turnId, item.type]),
    [[turns[1], "userMessage"], [turns[1], "agentMessage"]],
  );
  const anchored = await me.client.request("thread/items/list", {
    threadId,
    turnId: turns[1]!,
    cursor: { type: "item", itemId: items.data[0]!.item.id },
  });
  assert.deepEqual(anchored.data, items.data.slice(1));
  const older = await me.client.request("thread/turns/items/list", {
    threadId,
    turnId: turns[1]!,
  });
  assert.deepEqual(older.data, items.data.map(({ item }) => item));
  const chosen = await me.client.request("thread/items/read", {
    threadId,
    turnId: turns[1]!,
    itemIds: [items.data[1]!.item.id, "unknown"],
  });
  assert.deepEqual(chosen.data, [items.data[1]]);
});

Deno.test("the lists while a turn runs: nothing twice, nothing left out", async () => {
  await using world = await openThreadWorld([
    { output: [{ say: "first" }] },
    {
      output: [
        { say: "half", id: "m_half" },
        { waitMs: 300 },
        { say: "whole", id: "m_whole" },
      ],
    },
  ]);
  const me = await world.connect();
  const threadId = await start(me);
  await me.say(threadId, "one");
  const { turn } = await me.client.request("turn/start", {
    threadId,
    input: [{ type: "text", text: "two" }],
  });
  await me.hear("item/completed", ({ item }) => item.id === "m_half");

  const before = await me.client.request("thread/items/list", {
    threadId,
    limit: 4,
  });
  const running = await me.client.request("thread/turns/list", {
    threadId,
    limit: 1,
    itemsView: "full",
  });
  assert.equal(running.data[0]?.id, turn.id);
  await me.hear("turn/completed", (params) => params.turn.id === turn.id);
  const last = before.data.at(-1)!.item;
  const rest = await me.client.request("thread/items/list", {
    threadId,
    turnId: turn.id,
    cursor: { type: "item", itemId: last.id },
  });
  const all = await me.client.request("thread/items/list", { threadId });
  assert.deepEqual(
    [...before.data, ...rest.data].map(({ item }) => item.id),
    all.data.map(({ item }) => item.id),
  );
});

Deno.test("thread/timeline/list: the newest page first, the ones before it by cursor", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  const turns = [await me.say(threadId, "one"), await me.say(threadId, "two")];
  const pages: { type: string; position: number; turnId?: string }[][] = [];
  let cursor: string | null = null;
  do {
    const page: { data: never[]; nextCursor: string | null } = await me.client
      .request("thread/timeline/list", { threadId, cursor, limit: 3 }) as never;
    pages.unshift(page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  const entries = pages.flat();
  assert.deepEqual(
    entries.map(({ type, turnId }) => [type, turnId]),
    turns.flatMap((turn) => [
      ["turnStarted", turn],
      ["item", turn],
      ["item", turn],
      ["turnCompleted", turn],
    ]),
  );
  const positions = entries.map(({ position }) => position);
  assert.deepEqual(positions, positions.toSorted((a, b) => a - b));
  for (const bad of ["bad", "{}", "5"]) {
    assert.deepEqual(
      await refusal(
        me.client.request("thread/timeline/list", { threadId, cursor: bad }),
      ),
      [-32600, "invalid thread timeline cursor"],
    );
  }
});

Deno.test("thread/search and thread/searchOccurrences: what was said, and a cursor that leads there", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  await me.say(threadId, "nothing special");
  const turn = await me.say(threadId, "a zebra crossed");
  const found = await me.client.request("thread/search", {
    searchTerm: "zebra",
  });
  assert.deepEqual(
    found.data.map(({ thread, snippet }) => [thread.id, snippet]),
    [[threadId, "a zebra crossed"]],
  );
  const { data } = await me.client.request("thread/searchOccurrences", {
    threadId,
    searchTerm: "ZEBRA",
  });
  assert.deepEqual(
    data.map(({ turnId, snippetMatchRange }) => [turnId, snippetMatchRange]),
    [[turn, { start: 2, end: 7 }]],
  );
  const page = await me.client.request("thread/turns/list", {
    threadId,
    cursor: data[0]!.turnCursor,
    sortDirection: "asc",
  });
  assert.deepEqual(page.data.map(({ id }) => id), [turn]);
});

Deno.test("thread/revert and thread/rollback: what is taken back is found no longer, what is left and said next is", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  const { client } = me;
  const found = async (searchTerm: string) => ({
    by: searchTerm,
    list: (await client.request("thread/list", { searchTerm })).data.length,
    search: (await client.request("thread/search", { searchTerm })).data
      .map(({ snippet }) => snippet),
    turns: (await client.request("thread/searchOccurrences", {
      threadId,
      searchTerm,
    })).data.map(({ turnId }) => turnId),
  });
  const alpha = await me.say(threadId, "word alpha");
  const beta = await me.say(threadId, "word beta");
  assert.deepEqual((await found("beta")).turns, [beta]);

  await client.request("thread/revert", { threadId, beforeTurnId: beta });
  const gone = { list: 0, search: [], turns: [] };
  assert.deepEqual(await found("beta"), { by: "beta", ...gone });
  assert.deepEqual(await found("word"), {
    by: "word",
    list: 1,
    search: ["word alpha"],
    turns: [alpha],
  });

  const gamma = await me.say(threadId, "word gamma");
  assert.deepEqual(await found("gamma"), {
    by: "gamma",
    list: 1, // what was said next is what it is listed by
    search: ["word gamma"],
    turns: [gamma],
  });
  assert.deepEqual((await found("word")).turns, [alpha, gamma]);

  await client.request("thread/rollback", { threadId, numTurns: 1 });
  assert.deepEqual((await found("gamma")).search, []);
  assert.deepEqual((await found("word")).turns, [alpha]);
});

Deno.test("a fork is found by what was said in its source, too, and listed by what is said next", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  await me.say(threadId, "word alpha");
  const { client } = me;
  const fork = async (attachToSource: boolean) =>
    (await client.request("thread/fork", {
      threadId,
      excludeTurns: true,
      attachToSource,
    })).thread;
  const plain = await fork(false);
  const attached = await fork(true);
  const occurrences = async (id: string) =>
    (await client.request("thread/searchOccurrences", {
      threadId: id,
      searchTerm: "alpha",
    })).data.length;
  assert.deepEqual(
    [plain.preview, await occurrences(plain.id)],
    ["word alpha", 1],
  );
  assert.deepEqual(
    [attached.preview, await occurrences(attached.id)],
    ["word alpha", 0],
  );
  const previews = async (...ids: string[]) => {
    const all: string[] = [];
    for (const id of ids) {
      const { thread } = await client.request("thread/read", { threadId: id });
      all.push(thread.preview);
    }
    return all;
  };
  for (const { id } of [plain, attached]) {
    await me.say(id, "word beta");
    await me.say(id, "word gamma");
  }
  const beta = ["word alpha", "word beta", "word beta"];
  assert.deepEqual(await previews(threadId, plain.id, attached.id), beta);
  assert.equal(await occurrences(plain.id), 1);
});

Deno.test("getConversationSummary: by id and by path, with what people changed", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  await me.say(threadId, "hello");
  await me.client.request("thread/metadata/update", {
    threadId,
    gitInfo: { branch: "main" },
  });
  const { summary } = await me.client.request("getConversationSummary", {
    conversationId: threadId,
  });
  assert.deepEqual(
    [summary.preview, summary.source, summary.gitInfo],
    ["hello", "vscode", { sha: null, branch: "main", origin_url: null }],
  );
  const rolloutPath = summary.path.slice(world.home.length + 1);
  for (const path of [summary.path, rolloutPath]) {
    assert.deepEqual(
      await me.client.request("getConversationSummary", { rolloutPath: path }),
      { summary },
    );
  }
  assert.deepEqual(
    await refusal(
      me.client.request("getConversationSummary", { rolloutPath: "/nope" }),
    ),
    [-32600, "failed to resolve rollout path `/nope`: file does not exist"],
  );
});
