import assert from "node:assert/strict";
import type { RolloutRecord } from "../rollout/mod.ts";
import { StorageError, type Tool } from "../tools/mod.ts";
import {
  actSpec,
  emptyToolbox,
  Listener,
  openWorld,
  type Scripted,
} from "./_scripted_world_test.ts";
import { startTurn } from "./start_turn.ts";
import type { Thread } from "./thread.ts";
import { startThread } from "./start_thread.ts";

/** Calls a tool, and would go on. */
const calling: Scripted = async function* () {
  const item = {
    type: "function_call",
    id: "f1",
    call_id: "c1",
    name: "act",
    arguments: "{}",
  } as const;
  yield { type: "itemDone", item };
  yield {
    type: "completed",
    responseId: "r",
    usage: undefined,
    endTurn: undefined,
  };
};

/** Lets no record be written that is like this one. */
function refuse(thread: Thread, isIt: (record: RolloutRecord) => boolean) {
  const rollout = thread.journal.rollout!;
  const append = rollout.append.bind(rollout);
  rollout.append = (...records) => {
    if (records.some(isIt)) throw new Error("No space left on device");
    append(...records);
  };
}

async function play(
  act: Tool["call"],
  isIt: (record: RolloutRecord) => boolean,
): Promise<{ thrown: unknown; me: Listener; status: unknown }> {
  let thrown: unknown;
  const tool: Tool = {
    name: "act",
    isParallel: false,
    spec: () => actSpec,
    async call(call, context) {
      try {
        return await act(call, context);
      } catch (error) {
        thrown = error;
        throw error;
      }
    },
  };
  await using world = await openWorld([calling], undefined, {
    createToolbox: () => ({ ...emptyToolbox, tools: () => [tool] }),
  });
  const { threads } = world;
  const me = new Listener();
  const thread = await startThread(threads, {}, { name: "test" });
  thread.followers.join(world.attend(me));
  refuse(thread, isIt);
  startTurn(threads, thread, {
    threadId: thread.threadId,
    input: [{ type: "text", text: "hi", text_elements: [] }],
  });
  thread.play();
  const { params } = await me.until("turn/completed");
  const { status } = (params as { turn: { status: string } }).turn;
  const told = me.heard.findLast(({ method }) =>
    method === "thread/status/changed"
  );
  assert.deepEqual(told?.params, {
    threadId: thread.threadId,
    status: { type: "systemError" },
  });
  assert.deepEqual(thread.followers.waiting, []);
  return { thrown, me, status };
}

Deno.test("an item that can't be stored is not told, and tools know why", async () => {
  const { thrown, me, status } = await play((_call, { stage }) => {
    stage.completed({ type: "contextCompaction", id: "i1" });
    return Promise.resolve({ output: "done", isSuccess: true });
  }, (record) => JSON.stringify(record).includes('"i1"'));
  assert.ok(thrown instanceof StorageError);
  assert.equal(thrown.message, "No space left on device");
  assert.equal(status, "failed");
  const completed = me.heard.filter(({ method, params }) =>
    method === "item/completed" && JSON.stringify(params).includes('"i1"')
  );
  assert.deepEqual(completed, []);
});

Deno.test("a question that can't be stored is not asked, and nothing waits for it", async () => {
  const { thrown, me } = await play(async (_call, { stage, signal }) => {
    await stage.ask("item/tool/requestUserInput", {
      threadId: stage.threadId,
      turnId: stage.turnId,
      itemId: "c1",
      questions: [],
      isBlocking: true,
      autoResolutionMs: null,
    }, { signal, waitingOn: "waitingOnUserInput" });
    return { output: "answered", isSuccess: true };
  }, (record) => JSON.stringify(record).includes("gangway_request"));
  assert.ok(thrown instanceof StorageError);
  assert.deepEqual(me.asked, []);
});
