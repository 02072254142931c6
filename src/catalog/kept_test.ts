import assert from "node:assert/strict";
import type { RpcError, UserInput } from "../protocol/mod.ts";
import { TestHome, toId, toRow } from "./_home_test.ts";
import { checkGitInfoChange, pinnedSectionId } from "./mod.ts";

/** What a refusal says. */
function refusal(work: () => unknown): [number, string] {
  try {
    work();
  } catch (error) {
    return [(error as RpcError).code, (error as RpcError).message];
  }
  assert.fail("nothing was refused");
}

const text = (text: string): UserInput[] => [{ type: "text", text }];

Deno.test("threadSection/*: created, listed, changed, deleted", async () => {
  await using home = new TestHome();
  const { sections } = await home.open();
  const pinned = { id: pinnedSectionId, name: "Pinned", appearance: null };
  assert.deepEqual(sections.list({}), { data: [pinned], nextCursor: null });
  const { section: a } = sections.create({ name: " Alpha " });
  const { section: b } = sections.create({
    name: "Beta",
    appearance: { icon: "i" },
  });
  assert.deepEqual([a.name, b.appearance], ["Alpha", {
    icon: "i",
    color: null,
  }]);
  const page = sections.list({ limit: 2 });
  assert.deepEqual(page, { data: [pinned, a], nextCursor: a.id });
  assert.deepEqual(
    sections.list({ cursor: page.nextCursor }),
    { data: [b], nextCursor: null },
  );
  assert.deepEqual(sections.list({ cursor: "bad" }), {
    data: [],
    nextCursor: null,
  });
  assert.deepEqual(
    sections.update({ sectionId: b.id, name: "B" }).section,
    { ...b, name: "B" },
  );
  assert.deepEqual(
    sections.update({ sectionId: b.id, name: "B", appearance: null }).section,
    { ...b, name: "B", appearance: null },
  );
  sections.delete({ sectionId: b.id });
  for (
    const [work, message] of [
      [() => sections.create({ name: " " }), "section name must not be empty"],
      [
        () => sections.delete({ sectionId: b.id }),
        `thread section not found: ${b.id}`,
      ],
      [
        () => sections.update({ sectionId: "x", name: "y" }),
        "thread section not found: x",
      ],
      [
        () => sections.delete({ sectionId: pinnedSectionId }),
        "the built-in pinned section cannot be deleted",
      ],
      [
        () => sections.update({ sectionId: pinnedSectionId, name: "y" }),
        "the built-in pinned section cannot be renamed",
      ],
    ] as const
  ) assert.deepEqual(refusal(work), [-32602, message]);
});

Deno.test("thread/section/move: any order, also where there is no room between two", async () => {
  await using home = new TestHome();
  const { sections, threads } = await home.open();
  const { section } = sections.create({ name: "A" });
  const sectionId = section.id;
  for (let n = 1; n <= 40; n++) threads.upsert(toRow(toId(n)));
  const expected = [toId(1), toId(2)];
  sections.move({ threadId: toId(1), sectionId });
  sections.move({ threadId: toId(2), sectionId });
  // Each one right in front of the last: the room halves every time.
  for (let n = 3; n <= 40; n++) {
    sections.move({ threadId: toId(n), sectionId, beforeThreadId: toId(2) });
    expected.splice(-1, 0, toId(n));
  }
  const { data } = await threads.list({
    sectionId,
    sortKey: "section_position",
    limit: 100,
  });
  assert.deepEqual(data.map((thread) => thread.id), expected);
  const enteredAt = data[0]!.sectionEnteredAt;
  assert.equal(enteredAt, home.nowMs / 1000);
  home.nowMs += 5_000;
  sections.move({ threadId: toId(1), sectionId });
  assert.equal(threads.read(toId(1))!.sectionEnteredAt, enteredAt);
  assert.deepEqual(sections.move({ threadId: toId(1), sectionId: null }), {
    result: {},
    notifications: [{
      method: "thread/section/changed",
      params: { threadId: toId(1), sectionId: null },
    }],
  });
  const { section: none, sectionEnteredAt } = threads.read(toId(1))!;
  assert.deepEqual([none, sectionEnteredAt], [null, null]);
});

Deno.test("thread/section/move: refusals in known words", async () => {
  await using home = new TestHome();
  const { sections, threads } = await home.open();
  threads.upsert(toRow(toId(1)));
  threads.upsert(toRow(toId(2)));
  const sectionId = pinnedSectionId;
  const threadId = toId(1);
  for (
    const [params, message] of [
      [
        { threadId, sectionId, beforeThreadId: toId(2) },
        `before thread ${toId(2)} is not in section ${sectionId}`,
      ],
      [
        { threadId, sectionId, beforeThreadId: threadId },
        `thread ${threadId} cannot be moved before itself`,
      ],
      [{ threadId, sectionId: "x" }, "section x does not exist"],
      [{ threadId: toId(9), sectionId }, `thread not found: ${toId(9)}`],
      [
        { threadId, sectionId: null, beforeThreadId: toId(2) },
        "beforeThreadId requires a non-null sectionId",
      ],
    ] as const
  ) {
    assert.deepEqual(refusal(() => sections.move(params)), [-32600, message]);
  }
});

Deno.test("project/*: the life of a project, and what is told of it", async () => {
  await using home = new TestHome();
  const { projects, threads } = await home.open();
  threads.upsert(toRow(toId(1), { recencyAtMs: 7_000 }));
  const created = projects.create({
    name: " P ",
    roots: [{ path: "/a" }],
    metadata: { a: "b" },
    idempotencyKey: "k",
  });
  const project = created.result.project;
  const seconds = home.nowMs / 1000;
  assert.deepEqual(created, {
    result: {
      project: {
        id: project.id,
        name: "P",
        roots: [{ path: "/a" }],
        metadata: { a: "b" },
        position: 0,
        createdAt: seconds,
        updatedAt: seconds,
        recencyAt: null,
      },
    },
    notifications: [{
      method: "project/changed",
      params: { projectId: project.id, changeType: "created" },
    }],
  });
  assert.deepEqual(
    projects.create({ name: "Q", roots: [], idempotencyKey: "k" }),
    { result: { project }, notifications: [] },
  );
  assert.deepEqual(
    projects.update({ projectId: project.id }).notifications,
    [],
  );
  assert.equal(
    projects.update({ projectId: project.id, name: "R" }).result.project.name,
    "R",
  );
  const imported = projects.import({
    name: "I",
    roots: [],
    threads: [toId(1)],
    idempotencyKey: "i",
  });
  const id = imported.result.project.id;
  assert.equal(imported.result.project.recencyAt, 7);
  assert.deepEqual(imported.notifications, [
    {
      method: "project/changed",
      params: { projectId: id, changeType: "created" },
    },
    {
      method: "thread/project/updated",
      params: { threadId: toId(1), projectId: id },
    },
  ]);
  const order = (params: Parameters<typeof projects.list>[0]) =>
    projects.list(params).data.map((one) => one.name);
  assert.deepEqual(order({}), ["R", "I"]);
  assert.deepEqual(order({ sortKey: "recencyAt" }), ["I", "R"]);
  assert.deepEqual(order({ sortKey: "recencyAt", sortDirection: "asc" }), [
    "I",
    "R",
  ]);
  const page = projects.list({ limit: 1 });
  assert.equal(page.nextCursor, `0|${project.id}`);
  assert.deepEqual(order({ cursor: page.nextCursor }), ["I"]);
  const sorted = projects.list({ sortKey: "recencyAt", limit: 1 });
  assert.equal(sorted.nextCursor, `v1|recencyAt|desc|7|${id}`);
  assert.deepEqual(
    order({ sortKey: "recencyAt", cursor: sorted.nextCursor }),
    ["R"],
  );
  const move = { projectId: id, beforeProjectId: project.id };
  assert.deepEqual(projects.move(move).notifications, [{
    method: "project/changed",
    params: { projectId: id, changeType: "updated" },
  }]);
  assert.deepEqual(projects.move(move).notifications, []);
  assert.deepEqual(order({}), ["I", "R"]);
  assert.deepEqual(projects.delete({ projectId: id }).notifications, [
    {
      method: "project/changed",
      params: { projectId: id, changeType: "deleted" },
    },
    {
      method: "thread/project/updated",
      params: { threadId: toId(1), projectId: null },
    },
  ]);
  assert.equal(threads.read(toId(1))!.projectId, null);
  for (
    const [work, message] of [
      [
        () => projects.create({ name: "I", roots: [], idempotencyKey: "i" }),
        "idempotency key refers to deleted project: i",
      ],
      [
        () => projects.create({ name: "", roots: [], idempotencyKey: "j" }),
        "project name must not be empty",
      ],
      [
        () => projects.create({ name: "x", roots: [], idempotencyKey: "" }),
        "idempotencyKey must not be empty",
      ],
      [
        () =>
          projects.create({
            name: "x",
            roots: [{ path: "/a" }, { path: "/a" }],
            idempotencyKey: "j",
          }),
        "duplicate project root: /a",
      ],
      [
        () =>
          projects.import({
            name: "x",
            roots: [],
            threads: ["x"],
            idempotencyKey: "j",
          }),
        "thread not found: x",
      ],
      [() => projects.read({ projectId: id }), `project not found: ${id}`],
      [
        () => projects.list({ sortDirection: "asc" }),
        "sortDirection requires sortKey",
      ],
      [
        () => projects.list({ cursor: "bad" }),
        "invalid project cursor: malformed or mismatched sort anchor",
      ],
      [
        () => projects.move({ projectId: project.id, beforeProjectId: "x" }),
        "before project not found: x",
      ],
      [
        () =>
          projects.move({ projectId: project.id, beforeProjectId: project.id }),
        `project ${project.id} cannot be moved before itself`,
      ],
    ] as const
  ) assert.deepEqual(refusal(work), [-32602, message]);
  assert.deepEqual(order({}), ["R"], "a refused import leaves nothing behind");
});

Deno.test("thread/goal/*: set, changed, used up, cleared", async () => {
  await using home = new TestHome();
  const { goals } = await home.open();
  const threadId = toId(1);
  assert.deepEqual(goals.get({ threadId }), { goal: null });
  const seconds = home.nowMs / 1000;
  const goal = {
    threadId,
    objective: "do it",
    status: "active" as const,
    tokenBudget: 100,
    tokensUsed: 0,
    timeUsedSeconds: 0,
    createdAt: seconds,
    updatedAt: seconds,
  };
  assert.deepEqual(
    goals.set({ threadId, objective: " do it ", tokenBudget: 100 }),
    {
      result: { goal },
      notifications: [{
        method: "thread/goal/updated",
        params: { threadId, turnId: null, goal },
      }],
    },
  );
  home.nowMs += 1_000;
  assert.deepEqual(goals.addUse(threadId, { tokens: 60, timeMs: 1_500 }), {
    ...goal,
    tokensUsed: 60,
    timeUsedSeconds: 1,
    updatedAt: seconds + 1,
  });
  assert.equal(
    goals.addUse(threadId, { tokens: 60, timeMs: 500 })!.status,
    "budgetLimited",
  );
  assert.equal(
    goals.set({ threadId, tokenBudget: null, status: "paused" }).result.goal
      .tokenBudget,
    null,
  );
  assert.deepEqual(goals.clear({ threadId }), {
    result: { cleared: true },
    notifications: [{ method: "thread/goal/cleared", params: { threadId } }],
  });
  assert.deepEqual(goals.clear({ threadId }), {
    result: { cleared: false },
    notifications: [],
  });
  for (
    const [change, message] of [
      [{}, `cannot update goal for thread ${threadId}: no goal exists`],
      [{ objective: " " }, "goal objective must not be empty"],
      [
        { objective: "x".repeat(4_001) },
        "goal objective must be at most 4000 characters",
      ],
      [
        { objective: "x", tokenBudget: 0 },
        "goal budgets must be positive when provided",
      ],
    ] as const
  ) {
    assert.deepEqual(
      refusal(() => goals.set({ threadId, ...change })),
      [-32600, message],
    );
  }
});

Deno.test("thread/queue/*: waits in order, is changed, put in another order, taken out", async () => {
  await using home = new TestHome();
  const { queues } = await home.open();
  const threadId = toId(1);
  const add = (words: string, metadata?: Record<string, string>) =>
    queues.add({
      threadId,
      input: text(words),
      clientUserMessageId: words,
      ...(metadata && { responsesapiClientMetadata: metadata }),
    });
  const first = add("one");
  const one = first.result.queuedSubmission;
  assert.deepEqual(first, {
    result: {
      queuedSubmission: {
        id: one.id,
        input: [{ type: "text", text: "one", text_elements: [] }],
        clientUserMessageId: "one",
        responsesapiClientMetadata: null,
      },
    },
    notifications: [{ method: "thread/queue/changed", params: { threadId } }],
  });
  const two = add("two", { a: "b" }).result.queuedSubmission;
  const page = queues.list({ threadId, limit: 1 });
  assert.deepEqual(page, { data: [one], nextCursor: "1" });
  assert.deepEqual(queues.list({ threadId, cursor: "1" }).data, [two]);
  const changed = queues.update({
    threadId,
    queuedSubmissionId: two.id,
    input: text("two!"),
    responsesapiClientMetadata: {},
  }).result.queuedSubmission;
  assert.deepEqual(changed.responsesapiClientMetadata, { a: "b" });
  queues.reorder({ threadId, queuedSubmissionIds: [two.id, one.id] });
  assert.deepEqual(queues.list({ threadId }).data, [changed, one]);
  assert.deepEqual(queues.peek(threadId), changed);
  assert.deepEqual(queues.peek(threadId, one.id), one);
  assert.equal(
    queues.delete({ threadId, queuedSubmissionId: two.id }).result.deleted,
    true,
  );
  assert.deepEqual(queues.delete({ threadId, queuedSubmissionId: two.id }), {
    result: { deleted: false },
    notifications: [],
  });
  assert.deepEqual(queues.list({ threadId: toId(2) }).data, []);
  for (
    const [work, message] of [
      [
        () => queues.add({ threadId, input: [], clientUserMessageId: "z" }),
        "only user input can be added to the user-message queue",
      ],
      [
        () =>
          queues.update({
            threadId,
            queuedSubmissionId: "x",
            input: text("x"),
          }),
        "queued submission not found: x",
      ],
      [
        () => queues.reorder({ threadId, queuedSubmissionIds: [] }),
        "queue reorder must include every queued submission exactly once",
      ],
      [
        () =>
          queues.reorder({ threadId, queuedSubmissionIds: [one.id, one.id] }),
        "queue reorder must include every queued submission exactly once",
      ],
      [
        () => queues.list({ threadId, cursor: "bad" }),
        "invalid queue pagination cursor: invalid digit found in string",
      ],
    ] as const
  ) assert.deepEqual(refusal(work), [-32600, message]);
});

Deno.test("thread/attachment*: hung once, listed, found by owner, taken off", async () => {
  await using home = new TestHome();
  const { attachments, threads } = await home.open();
  threads.upsert(toRow(toId(1)));
  threads.upsert(toRow(toId(2), { archived: true }));
  threads.upsert(toRow(toId(3), { preview: "", hasUserMessage: false }));
  const key = { attachmentType: "pr", identityKey: "k1" };
  const of = (n: number) => ({ threadId: toId(n), ...key });
  const created = attachments.add({ ...of(1), payload: { a: 1 } });
  const { attachment } = created.result;
  assert.deepEqual(created, {
    result: {
      outcome: "created",
      attachment: {
        id: attachment.id,
        ...key,
        payload: { a: 1 },
        createdAt: home.nowMs / 1000,
      },
    },
    notifications: [{
      method: "thread/attachment/updated",
      params: { ...of(1), attachmentId: attachment.id, operation: "created" },
    }],
  });
  assert.deepEqual(attachments.add({ ...of(1), payload: 2 }), {
    result: { outcome: "existing", attachment },
    notifications: [],
  });
  attachments.add({ ...of(1), identityKey: "k2", payload: null });
  attachments.add({ ...of(2), payload: "x" });
  const page = attachments.list({ threadId: toId(1), limit: 1 });
  assert.deepEqual(page.data, [attachment]);
  assert.deepEqual(
    attachments.list({ threadId: toId(1), cursor: page.nextCursor }).data
      .map((one) => one.identityKey),
    ["k2"],
  );
  const owners = attachments.owners({ ...key, limit: 1 });
  assert.deepEqual(owners.data, [{ threadId: toId(1), archived: false }]);
  assert.deepEqual(
    attachments.owners({ ...key, cursor: owners.nextCursor }),
    { data: [{ threadId: toId(2), archived: true }], nextCursor: null },
  );
  assert.deepEqual(
    attachments.owners({ ...key, archived: true }).data.length,
    1,
  );
  assert.equal(attachments.remove(of(1)).notifications.length, 1);
  assert.deepEqual(attachments.remove(of(1)), {
    result: {},
    notifications: [],
  });
  for (
    const [work, message] of [
      [
        () => attachments.add({ ...of(3), payload: 1 }),
        `thread not found: ${toId(3)}`,
      ],
      [
        () => attachments.add({ ...of(1), attachmentType: "", payload: 1 }),
        "attachmentType must not be empty",
      ],
      [
        () =>
          attachments.add({
            ...of(1),
            identityKey: "é".repeat(129),
            payload: 1,
          }),
        "identityKey must not exceed 256 bytes",
      ],
      [
        () => attachments.add({ ...of(1), payload: "p".repeat(65_535) }),
        "attachment payload must not exceed 65536 bytes",
      ],
      [
        () => attachments.list({ threadId: toId(1), cursor: "bad" }),
        "invalid pagination cursor",
      ],
      [
        () => attachments.owners({ ...key, cursor: "bad" }),
        "invalid pagination cursor",
      ],
    ] as const
  ) assert.deepEqual(refusal(work), [-32602, message]);
});

Deno.test("thread/readState/update: a stale revision is refused with the state as it is", async () => {
  await using home = new TestHome();
  const { readStates, threads } = await home.open();
  const threadId = toId(1);
  assert.equal(readStates.get(threadId), null);
  threads.upsert(toRow(threadId));
  assert.deepEqual(readStates.get(threadId), {
    firstUnread: null,
    revision: `initial:${threadId}`,
  });
  const first = readStates.advance(threadId, "turn-1");
  assert.deepEqual(first.notifications, [{
    method: "thread/readState/changed",
    params: { threadId, readState: first.result },
  }]);
  const second = readStates.advance(threadId, "turn-2").result;
  assert.deepEqual(second.firstUnread, { type: "turn", turnId: "turn-1" });
  assert.notEqual(second.revision, first.result.revision);
  assert.throws(
    () =>
      readStates.update({
        threadId,
        operation: { type: "read" },
        expectedRevision: first.result.revision,
      }),
    {
      code: -32600,
      message: "read state changed",
      data: { reason: "readStateConflict", readState: second },
    },
  );
  const read = readStates.update({
    threadId,
    operation: { type: "read" },
    expectedRevision: second.revision,
  }).result.readState;
  assert.equal(read.firstUnread, null);
  const unread = readStates.update({
    threadId,
    operation: { type: "unread" },
    expectedRevision: read.revision,
  }).result.readState;
  assert.deepEqual(unread.firstUnread, { type: "threadStart" });
  assert.throws(
    () =>
      readStates.update({
        threadId: toId(2),
        operation: { type: "read" },
        expectedRevision: "x",
      }),
    { message: "thread read state unavailable" },
  );
});

Deno.test("a thread is read once the turn is gone that was to be read first", async () => {
  await using home = new TestHome();
  const { readStates, threads } = await home.open();
  const threadId = toId(1);
  threads.upsert(toRow(threadId));
  assert.equal(readStates.forget(threadId, () => true), undefined);
  const unread = readStates.advance(threadId, "turn-1").result;
  assert.equal(readStates.forget(threadId, () => false), undefined);
  assert.deepEqual(readStates.get(threadId), unread);
  const change = readStates.forget(threadId, (id) => id === "turn-1");
  assert.equal(change?.result.firstUnread, null);
  assert.notEqual(change?.result.revision, unread.revision);
  assert.deepEqual(change?.notifications, [{
    method: "thread/readState/changed",
    params: { threadId, readState: change?.result },
  }]);
});

Deno.test("setGitInfo() of a thread of which nothing is left leaves nothing", async () => {
  await using home = new TestHome();
  const { threads } = await home.open();
  const threadId = toId(1);
  threads.upsert(toRow(threadId));
  threads.setGitInfo(threadId, { branch: "b", sha: "abc" });
  threads.setGitInfo(threadId, { branch: null });
  assert.deepEqual(threads.get(threadId)?.gitInfo, {
    sha: "abc",
    branch: null,
    originUrl: null,
  });
  threads.setGitInfo(threadId, { sha: null });
  assert.equal(threads.get(threadId)?.gitInfo, null);
  for (const change of [{}, { sha: " " }]) {
    assert.throws(() => checkGitInfoChange(change), { code: -32600 });
  }
});
