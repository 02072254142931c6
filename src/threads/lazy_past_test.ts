import assert from "node:assert/strict";
import { Listener, openWorld, saying } from "./_scripted_world_test.ts";
import { findStored, loadStored } from "./resume_thread.ts";
import { revertThread, rollBackThread } from "./revert_thread.ts";
import { startTurn } from "./start_turn.ts";
import type { Thread } from "./thread.ts";
import type { Threads } from "./threads.ts";
import { workHandlers } from "./work_methods.ts";
import { startThread } from "./start_thread.ts";

const client = { name: "test" };

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

/** What is done to a thread that was just opened, and what a model hears then. */
const changes: Readonly<
  Record<
    string,
    {
      act(threads: Threads, thread: Thread, second: string): unknown;
      heard: readonly string[];
    }
  >
> = {
  "nothing": {
    act: () => {},
    heard: ["alpha", "First", "beta", "Second", "gamma"],
  },
  "a roll-back": {
    act: (_, thread) => rollBackThread(thread, 1),
    heard: ["alpha", "First", "gamma"],
  },
  "a revert": {
    act: (threads, thread, second) => revertThread(threads, thread, second),
    heard: ["alpha", "First", "gamma"],
  },
  "injected items": {
    act: (threads, { threadId }) =>
      workHandlers["thread/inject_items"](threads, {
        threadId,
        items: [{
          type: "message",
          role: "user",
          content: [{ type: "input_text", text: "delta" }],
        }],
      }, undefined as never),
    heard: ["alpha", "First", "beta", "Second", "delta", "gamma"],
  },
};

for (const [what, { act, heard }] of Object.entries(changes)) {
  Deno.test(`a model hears the past of a thread that was opened again, once and in order, behind ${what}`, async () => {
    await using world = await openWorld([
      saying("First"),
      saying("Second"),
      saying("Third"),
    ]);
    const { threads, requests } = world;
    const me = new Listener();
    const attendance = world.attend(me);
    const thread = await startThread(threads, {}, client);
    const { threadId } = thread;
    thread.followers.join(attendance);
    await say(threads, thread, me, "alpha");
    const second = await say(threads, thread, me, "beta");
    await threads.unload(thread);
    const found = await findStored(threads, { threadId });
    const again = await threads.open(
      threadId,
      () => loadStored(threads, found, {}, client),
    );
    again.followers.join(attendance);
    await act(threads, again, second);
    await say(threads, again, me, "gamma");
    const input = JSON.stringify(requests.at(-1)?.input);
    const said = input.matchAll(
      /"text":"(alpha|beta|gamma|delta|First|Second)"/g,
    ).map(([, text]) => text).toArray();
    assert.deepEqual(said, heard);
  });
}
