import assert from "node:assert/strict";
import { openThreadWorld, refusal, start } from "../kit/thread_world.ts";

const nobody = "01a1feee-3613-77b2-8fce-d7a82c84d2d5";
const pinned = "01984de2-8f74-7c91-a3b2-5c5e937cf318";

Deno.test("thread/name/set: trimmed, told to everybody, there after a restart and beside the files", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const you = await world.connect("you");
  const threadId = await start(me);
  await me.client.request("thread/name/set", { threadId, name: " Early " });
  await you.hear("thread/name/updated");
  await me.say(threadId, "hello");
  await me.client.request("thread/name/set", { threadId, name: "Kept" });
  const { threadName } = await you.hear(
    "thread/name/updated",
    (params) => params.threadName === "Kept",
  );
  assert.equal(threadName, "Kept");
  assert.deepEqual(
    await refusal(me.client.request("thread/name/set", {
      threadId,
      name: "  ",
    })),
    [-32600, "thread name must not be empty"],
  );
  await world.restart();
  const other = await world.connect();
  const { thread } = await other.client.request("thread/read", { threadId });
  assert.equal(thread.name, "Kept");
  const names = await Deno.readTextFile(`${world.home}/session_index.jsonl`);
  assert.deepEqual(
    names.trim().split("\n").map((line) => JSON.parse(line).thread_name),
    ["Early", "Kept"],
  );
});

Deno.test("a thread without a message keeps what it is given", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  const { client } = me;
  await client.request("thread/name/set", { threadId, name: "Early" });
  await client.request("thread/section/move", {
    threadId,
    sectionId: pinned,
    beforeThreadId: null,
  });
  await client.request("thread/metadata/update", {
    threadId,
    gitInfo: { sha: "abc" },
  });
  assert.deepEqual((await client.request("thread/list", {})).data, []);
  await me.say(threadId, "hello");
  await world.restart();
  const { client: later } = await world.connect();
  const { data } = await later.request("thread/list", { sectionId: pinned });
  assert.deepEqual(
    data.map(({ id, name, section, gitInfo }) => [
      id,
      name,
      section?.name,
      gitInfo,
    ]),
    [[threadId, "Early", "Pinned", {
      sha: "abc",
      branch: null,
      originUrl: null,
    }]],
  );
});

Deno.test("thread/metadata/update and thread/memoryMode/set: kept in the catalog and in the file", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const threadId = await start(me);
  await me.say(threadId, "hello");
  const { client } = me;
  const { thread } = await client.request("thread/metadata/update", {
    threadId,
    gitInfo: { sha: "abc", branch: "main" },
  });
  assert.deepEqual(thread.gitInfo, {
    sha: "abc",
    branch: "main",
    originUrl: null,
  });
  const cleared = await client.request("thread/metadata/update", {
    threadId,
    gitInfo: { sha: null },
  });
  assert.deepEqual(cleared.thread.gitInfo, {
    sha: null,
    branch: "main",
    originUrl: null,
  });
  await client.request("thread/memoryMode/set", { threadId, mode: "disabled" });
  for (
    const [params, message] of [
      [{}, "thread metadata update must include at least one field"],
      [{ gitInfo: {} }, "gitInfo must include at least one field"],
      [{ gitInfo: { sha: "" } }, "gitInfo.sha must not be empty"],
      [{ projectId: "nope" }, "project not found: nope"],
    ] as const
  ) {
    assert.deepEqual(
      await refusal(
        client.request("thread/metadata/update", { threadId, ...params }),
      ),
      [-32600, message],
    );
  }
  const records = (await Deno.readTextFile(thread.path!)).trim().split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === "session_meta");
  assert.deepEqual(
    records.slice(1).map(({ payload }) => [
      payload.id,
      payload.git?.branch,
      payload.memory_mode,
    ]),
    [
      [threadId, "main", undefined],
      [threadId, "main", undefined],
      [threadId, "main", "disabled"],
    ],
  );

  // The same of a thread that is not loaded.
  await world.restart();
  const other = await world.connect();
  const stored = await other.client.request("thread/metadata/update", {
    threadId,
    gitInfo: { originUrl: "git@x:y" },
  });
  assert.deepEqual(
    [stored.thread.status, stored.thread.gitInfo],
    [{ type: "notLoaded" }, {
      sha: null,
      branch: "main",
      originUrl: "git@x:y",
    }],
  );
  const last = (await Deno.readTextFile(thread.path!)).trim().split("\n").at(
    -1,
  )!;
  assert.deepEqual(JSON.parse(last).payload.git, {
    commit_hash: null,
    branch: "main",
    repository_url: "git@x:y",
  });
});

Deno.test("sections, projects and attachments: kept, and told to everybody", async () => {
  await using world = await openThreadWorld();
  const me = await world.connect();
  const you = await world.connect("you");
  const threadId = await start(me);
  await me.say(threadId, "hello");
  const { client } = me;
  const { section } = await client.request("threadSection/create", {
    name: " Later ",
  });
  await client.request("thread/section/move", {
    threadId,
    sectionId: section.id,
    beforeThreadId: null,
  });
  assert.deepEqual(await you.hear("thread/section/changed"), {
    threadId,
    sectionId: section.id,
  });
  const { project } = await client.request("project/create", {
    name: "P",
    roots: [{ path: "/p" }],
    idempotencyKey: "k",
  });
  await you.hear("project/changed");
  await client.request("thread/metadata/update", {
    threadId,
    projectId: project.id,
  });
  assert.deepEqual(await you.hear("thread/project/updated"), {
    threadId,
    projectId: project.id,
  });
  const { attachment } = await client.request("thread/attachment/add", {
    threadId,
    attachmentType: "pr",
    identityKey: "1",
    payload: { url: "x" },
  });
  const { attachmentId } = await you.hear("thread/attachment/updated");
  assert.equal(attachmentId, attachment.id);
  const { thread } = await client.request("thread/read", { threadId });
  assert.deepEqual([thread.section, thread.projectId], [section, project.id]);

  // A loaded thread shows what became of its section, too.
  await client.request("threadSection/delete", { sectionId: section.id });
  await client.request("project/delete", { projectId: project.id });
  const after = await client.request("thread/read", { threadId });
  assert.deepEqual(
    [after.thread.section, after.thread.sectionEnteredAt],
    [null, null],
  );
  assert.equal(after.thread.projectId, null);
});

Deno.test("what hangs on threads is refused where there is no such thread", async () => {
  await using world = await openThreadWorld();
  const { client } = await world.connect();
  const { id: ephemeral } =
    (await client.request("thread/start", { ephemeral: true })).thread;
  const threadId = nobody;
  const name = { name: "n" };
  const to = { sectionId: null, beforeThreadId: null };
  const read = { operation: { type: "read" as const }, expectedRevision: "x" };
  const key = { attachmentType: "a", identityKey: "b" };
  assert.deepEqual(
    [
      await refusal(client.request("thread/name/set", { threadId, ...name })),
      await refusal(
        client.request("thread/section/move", { threadId, ...to }),
      ),
      await refusal(
        client.request("thread/readState/update", { threadId, ...read }),
      ),
      await refusal(
        client.request("thread/readState/update", { threadId: "zz", ...read }),
      ).then(([code]) => [code]),
      await refusal(
        client.request("thread/attachment/remove", { threadId, ...key }),
      ),
      await refusal(
        client.request("thread/name/set", { threadId: ephemeral, ...name }),
      ),
      await refusal(
        client.request("thread/section/move", { threadId: ephemeral, ...to }),
      ),
    ],
    [
      [-32600, `no rollout found for thread id ${nobody}`],
      [-32600, `thread not found: ${nobody}`],
      [-32600, `thread not loaded: ${nobody}`],
      [-32602],
      [-32602, `thread not found: ${nobody}`],
      [
        -32600,
        `ephemeral thread does not support metadata updates: ${ephemeral}`,
      ],
      [-32600, `ephemeral thread does not support section moves: ${ephemeral}`],
    ],
  );
});
