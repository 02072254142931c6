import assert from "node:assert/strict";
import type { ThreadActiveFlag } from "../protocol/mod.ts";
import { Listener } from "./_scripted_world_test.ts";
import { Attendance } from "./attendance.ts";
import { Followers } from "./followers.ts";

const method = "item/fileChange/requestApproval";
const params = {
  threadId: "t",
  turnId: "u",
  itemId: "i",
  startedAtMs: 1,
  reason: null,
  grantRoot: null,
} as const;

function gather() {
  let id = 0;
  const flags: ThreadActiveFlag[][] = [];
  const followers = new Followers("t", {
    announce: () => {},
    nextRequestId: () => id++,
  }, {
    onWaiting: () => flags.push(followers.waiting),
    onLeave: () => {},
  });
  const listener = new Listener();
  followers.join(new Attendance(listener));
  const controller = new AbortController();
  const ask = (turn?: { turnId: string; isEnding: boolean }) =>
    followers.ask(method, params, {
      signal: controller.signal,
      waitingOn: "waitingOnApproval",
      ...turn && { turn },
    });
  return { followers, listener, controller, flags, ask };
}

function settled({ heard }: Listener): unknown[] {
  return heard.map(({ method, params }) => {
    assert.equal(method, "serverRequest/resolved");
    return (params as { requestId: number }).requestId;
  });
}

Deno.test("Followers tells of several questions that something is waited for, and then that nothing is", async () => {
  const { listener, flags, ask } = gather();
  const answers = [ask(), ask()];
  assert.deepEqual(listener.asked.map(({ id }) => id), [0, 1]);
  listener.asked[1]!.answer({ decision: "accept" });
  await answers[1];
  assert.deepEqual(flags, [["waitingOnApproval"]]);
  listener.asked[0]!.answer({ decision: "accept" });
  await answers[0];
  assert.deepEqual(flags, [["waitingOnApproval"], []]);
  assert.deepEqual(settled(listener), [1, 0]);
});

Deno.test("Followers tells behind the end of a turn which questions ended with it", async () => {
  const { followers, listener, controller, flags, ask } = gather();
  const turn = { turnId: "u", isEnding: false };
  const answers = [ask(turn), ask(turn)];
  turn.isEnding = true;
  controller.abort();
  for (const answer of answers) await assert.rejects(answer);
  assert.deepEqual(settled(listener), []);
  assert.deepEqual(followers.waiting, []);
  assert.equal(flags.length, 1);
  followers.tellEnded("another");
  assert.deepEqual(settled(listener), []);
  followers.tellEnded("u");
  followers.tellEnded("u");
  assert.deepEqual(settled(listener), [0, 1]);
});

Deno.test("Followers tells at once that a question was taken back while its turn goes on, or without one", async () => {
  for (const turn of [undefined, { turnId: "u", isEnding: false }]) {
    const { listener, controller, flags, ask } = gather();
    const answer = ask(turn);
    controller.abort();
    await assert.rejects(answer);
    assert.deepEqual(settled(listener), [0]);
    assert.deepEqual(flags, [["waitingOnApproval"], []]);
  }
});
