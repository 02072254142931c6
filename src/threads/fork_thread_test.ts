import assert from "node:assert/strict";
import type { ThreadForkParams } from "../protocol/mod.ts";
import { readRollout } from "../rollout/mod.ts";
import { archiveHandlers } from "./archive_methods.ts";
import { findForkSource } from "./fork_source.ts";
import { forkThread } from "./fork_thread.ts";
import { laneOf } from "./methods.ts";
import { Listener, openWorld, saying } from "./_scripted_world_test.ts";
import { applyChanges, startTurn } from "./start_turn.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";
import { startThread } from "./start_thread.ts";

const client = { name: "test" };

async function fork(
  threads: Threads,
  params: ThreadForkParams,
): ReturnType<typeof forkThread> {
  const source = await findForkSource(threads, params);
  return await forkThread(threads, source, params, client);
}

/** Plays a turn to its end, and gives its id. */
async function say(
  threads: Threads,
  thread: Thread,
  me: Listener,
  text: string,
): Promise<string> {
  const from = me.heard.length;
  const { id } = startTurn(threads, thread, {
    threadId: thread.threadId,
    input: [{ type: "text", text, text_elements: [] }],
  });
  thread.play();
  await me.until("turn/completed", from);
  return id;
}

for (const ephemeral of [false, true]) {
  const kind = ephemeral ? "an ephemeral fork" : "a fork";
  Deno.test(`${kind} has nothing of the turns behind the one it was cut at`, async () => {
    await using world = await openWorld([
      saying("First"),
      saying("Second"),
      saying("Third"),
    ]);
    const { threads, requests } = world;
    const me = new Listener();
    const attendance = world.attend(me);
    const source = await startThread(threads, {}, client);
    source.followers.join(attendance);
    const first = await say(threads, source, me, "one");
    const second = await say(threads, source, me, "two");
    for (
      const cut of [{ lastTurnId: first }, { beforeTurnId: second }]
    ) {
      const { thread, turns } = await fork(threads, {
        threadId: source.threadId,
        ephemeral,
        excludeTurns: ephemeral,
        ...cut,
      });
      assert.deepEqual(turns.map(({ id }) => id), [first]);
      thread.followers.join(attendance);
      await say(threads, thread, me, "three");
      const input = JSON.stringify(requests.at(-1)?.input);
      assert.match(input, /one.*First.*three/);
      assert.doesNotMatch(input, /"two"|Second/);
      const ids = (await thread.readTurns()).map(({ id }) => id);
      assert.equal(ids.length, 2);
      await threads.unload(thread);
    }
  });
}

for (const ephemeral of [false, true]) {
  const kind = ephemeral ? "an ephemeral fork" : "a fork";
  Deno.test(`${kind} of a running turn knows that it was interrupted, and the source does not`, async () => {
    const gate = Promise.withResolvers<void>();
    await using world = await openWorld([
      saying("First"),
      async function* (request, signal) {
        for await (const event of saying("Half")(request, signal)) {
          if (event.type === "completed") await gate.promise;
          yield event;
        }
      },
      saying("Forked"),
    ]);
    const { threads, requests, home } = world;
    const me = new Listener();
    const attendance = world.attend(me);
    const source = await startThread(threads, {}, client);
    const { threadId } = source;
    source.followers.join(attendance);
    const first = await say(threads, source, me, "one");
    const from = me.heard.length;
    const { id: running } = startTurn(threads, source, {
      threadId,
      input: [{ type: "text", text: "two", text_elements: [] }],
    });
    source.play();
    const delta = await me.until("item/agentMessage/delta", from);
    await me.until("item/completed", me.heard.indexOf(delta));
    const excludeTurns = ephemeral;
    await assert.rejects(
      fork(threads, { threadId, ephemeral, excludeTurns, lastTurnId: running }),
      {
        code: -32600,
        message: `lastTurnId '${running}' identifies an in-progress turn`,
      },
    );
    const { thread } = await fork(threads, {
      threadId,
      ephemeral,
      excludeTurns,
    });
    const { thread: attached } = await fork(threads, {
      threadId,
      attachToSource: !ephemeral,
      ephemeral,
      excludeTurns,
    });
    const { thread: earlier } = await fork(threads, {
      threadId,
      ephemeral,
      excludeTurns,
      lastTurnId: first,
    });
    thread.followers.join(attendance);
    attached.followers.join(attendance);
    earlier.followers.join(attendance);
    await say(threads, thread, me, "three");
    const turns = await thread.readTurns();
    assert.deepEqual(
      turns.map(({ id, status }) => ({ id, status })).slice(0, 2),
      [
        { id: first, status: "completed" },
        { id: running, status: "interrupted" },
      ],
    );
    assert.match(
      JSON.stringify(requests.at(-1)?.input),
      /"two".*Half.*<turn_aborted>.*three/,
    );
    assert.equal(
      requests.at(-1)?.promptCacheKey,
      ephemeral ? threadId : thread.threadId,
    );
    await say(threads, earlier, me, "four");
    assert.doesNotMatch(
      JSON.stringify(requests.at(-1)?.input),
      /"two"|<turn_aborted>/,
    );
    await say(threads, attached, me, "five");
    assert.match(
      JSON.stringify(requests.at(-1)?.input),
      /"two".*Half.*<turn_aborted>.*five/,
    );
    assert.equal(
      (await attached.readTurns()).length,
      ephemeral ? 3 : 1,
    );
    gate.resolve();
    await source.settled();
    const stored = await readRollout(source.view.path!, { home });
    assert.doesNotMatch(
      JSON.stringify(await stored.readConversation()),
      /<turn_aborted>/,
    );
    assert.equal((await stored.readTurns()).at(-1)?.status, "completed");
    await threads.unload(thread);
    await threads.unload(attached);
    await threads.unload(earlier);
    if (ephemeral) return;
    const again = await readRollout(thread.view.path!, { home });
    assert.match(
      JSON.stringify(await again.readConversation()),
      /"two".*Half.*<turn_aborted>.*three/,
    );
    assert.deepEqual(await again.readCutTurns(), []);
  });
}

Deno.test("a fork that can't be written leaves neither lock nor file open", async () => {
  await using world = await openWorld([saying("First")]);
  const { threads, home } = world;
  const me = new Listener();
  const source = await startThread(threads, {}, client);
  source.followers.join(world.attend(me));
  await say(threads, source, me, "one");
  const at = source.view.path!;
  const directory = at.slice(0, at.lastIndexOf("/"));
  // A fork's name can't be taken by a file, but its directory can.
  await Deno.rename(directory, `${directory}-away`);
  await Deno.symlink(`${directory}-away/gone`, directory);
  await assert.rejects(
    fork(threads, { threadId: source.threadId }),
  );
  await Deno.remove(directory);
  await Deno.rename(`${directory}-away`, directory);
  const locks = await Array.fromAsync(
    Deno.readDir(`${home}/thread-writer-locks`),
    ({ name }) => name,
  );
  assert.deepEqual(
    locks.filter((name) => name.endsWith(".lock") && !name.startsWith(".")),
    [`${source.threadId}.lock`],
  );
});

Deno.test("a fork begins with the model of the configuration, and with the rest as the source has it", async () => {
  await using world = await openWorld([saying("First")]);
  const { threads } = world;
  const me = new Listener();
  const source = await startThread(threads, {}, client);
  source.followers.join(world.attend(me));
  const { model } = source.settings;
  applyChanges(threads, source, {
    model: "another-model",
    effort: "high",
    serviceTier: "flex",
    approvalPolicy: "untrusted",
  });
  await say(threads, source, me, "one");
  assert.equal(source.settings.model, "another-model");
  const { thread } = await fork(threads, { threadId: source.threadId });
  const { settings } = thread;
  assert.deepEqual(
    [settings.model, settings.effort, settings.serviceTier],
    [model, null, null],
  );
  assert.equal(settings.approvalPolicy, "untrusted");
  await threads.unload(thread);
  await threads.unload(source);
});

Deno.test("thread/fork of a thread that nobody has said anything to is refused", async () => {
  await using world = await openWorld([]);
  const { threads } = world;
  const source = await startThread(threads, {}, client);
  await threads.enter(source);
  await assert.rejects(
    fork(threads, { threadId: source.threadId }),
    {
      code: -32600,
      message: `no rollout found for thread id ${source.threadId}`,
    },
  );
});

Deno.test("requests about one thread wait for each other, however they name it", () => {
  const id = "01a1fee0-dad6-7c71-85b8-a42984eae824";
  const segment = "01a1fee0-dad6-7c71-85b8-a42984eae825";
  const file = `/home/s/rollout-2026-11-21T17-45-26-${id}`;
  const lanes = [
    { threadId: id },
    { threadId: id.toUpperCase() },
    { threadId: `{${id}}` },
    { threadId: `urn:uuid:${id}` },
    { threadId: id.replaceAll("-", "") },
    { threadId: id, path: null },
    { threadId: "", path: `${file}.jsonl` },
    { threadId: segment, path: `${file}_${segment}.jsonl.zst` },
  ].map(laneOf);
  assert.deepEqual(new Set(lanes), new Set([`thread:${id}`]));
  assert.notEqual(laneOf({ threadId: segment }), `thread:${id}`);
  assert.equal(laneOf({ threadId: "no" }), "thread:no");
});

Deno.test("a thread that is being closed is found by nobody, and opened again behind that", async () => {
  await using world = await openWorld([saying("First")]);
  const { threads } = world;
  const me = new Listener();
  const thread = await startThread(threads, {}, client);
  thread.followers.join(world.attend(me));
  await say(threads, thread, me, "one");
  const closing = threads.unload(thread);
  assert.throws(() => threads.get(thread.threadId), /thread not found/);
  assert.deepEqual(threads.loaded, []);
  let isClosed = false;
  closing.then(() => isClosed = true);
  await threads.open(thread.threadId, () => {
    assert.ok(isClosed);
    return Promise.resolve(thread);
  });
});

Deno.test("thread/delete of a thread that forks go on from is refused, and ends no turn", async () => {
  await using world = await openWorld([
    saying("First"),
    async function* (_request, signal) {
      yield { type: "created", responseId: "r" };
      await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      );
    },
  ]);
  const { threads } = world;
  const me = new Listener();
  const source = await startThread(threads, {}, client);
  const { threadId } = source;
  source.followers.join(world.attend(me));
  await say(threads, source, me, "one");
  const { thread: forked } = await fork(threads, { threadId });
  const from = me.heard.length;
  startTurn(threads, source, {
    threadId,
    input: [{ type: "text", text: "two", text_elements: [] }],
  });
  source.play();
  await me.until("turn/started", from);
  const remove = () =>
    archiveHandlers["thread/delete"](
      threads,
      { threadId },
      { afterReply() {} } as never,
    ) as Promise<unknown>;
  await assert.rejects(remove(), {
    name: "RpcError",
    code: -32600,
    message:
      `cannot delete thread ${threadId}: forked history still references it`,
  });
  assert.equal(threads.find(threadId), source);
  assert.equal(source.isIdle, false);
  await threads.unload(forked);
  await Deno.remove(forked.view.path!);
  await remove();
  assert.equal(threads.find(threadId), undefined);
});
