import assert from "node:assert/strict";
import { RpcError } from "../protocol/mod.ts";
import { Listener } from "./_scripted_world_test.ts";
import { Attendance } from "./attendance.ts";
import { Questions } from "./questions.ts";

const question = {
  id: 7,
  method: "item/fileChange/requestApproval",
  params: {
    threadId: "t",
    turnId: "u",
    itemId: "i",
    startedAtMs: 1,
    reason: null,
    grantRoot: null,
  },
} as const;

function listen(count: number): [Listener[], Attendance[]] {
  const listeners = Array.from({ length: count }, () => new Listener());
  return [listeners, listeners.map((one) => new Attendance(one))];
}

function ask(questions: Questions, attendances: Attendance[]) {
  const controller = new AbortController();
  const answer = questions.ask(question, attendances, controller.signal);
  return { answer, controller };
}

const unable = () => RpcError.methodNotFound("no such method");

Deno.test("Questions takes the first answer, and withdraws from the others", async () => {
  const questions = new Questions();
  const [[a, b], attendances] = listen(2);
  const { answer } = ask(questions, attendances);
  a!.asked[0]!.answer({ decision: "accept" });
  assert.deepEqual(await answer, { decision: "accept" });
  assert.ok(b!.asked[0]!.signal.aborted);
  assert.deepEqual(questions.open, []);
  b!.asked[0]!.answer({ decision: "decline" }); // too late, and no matter
});

Deno.test("Questions does not let a client that can't be asked speak for others", async () => {
  const questions = new Questions();
  const [[a, b], attendances] = listen(2);
  const { answer } = ask(questions, attendances);
  a!.asked[0]!.refuse(unable());
  await Promise.resolve();
  assert.equal(questions.open.length, 1);
  b!.asked[0]!.answer({ decision: "decline" });
  assert.deepEqual(await answer, { decision: "decline" });
});

Deno.test("Questions ends when nobody is left who could answer", async () => {
  const questions = new Questions();
  const [[a, b], attendances] = listen(2);
  const { answer } = ask(questions, attendances);
  a!.asked[0]!.refuse(unable());
  b!.asked[0]!.refuse(unable());
  await assert.rejects(answer, { code: -32601 });
});

Deno.test("Questions takes any other refusal as an answer", async () => {
  const questions = new Questions();
  const [[a], attendances] = listen(2);
  const { answer } = ask(questions, attendances);
  a!.asked[0]!.refuse(RpcError.internal("broken"));
  await assert.rejects(answer, { message: "broken" });
});

Deno.test("Questions waits when all have left, and asks whoever comes", async () => {
  const questions = new Questions();
  const [[a], [first]] = listen(1);
  const { answer } = ask(questions, [first!]);
  questions.withdraw(first!);
  a!.asked[0]!.refuse(new Error("The client is gone"));
  await Promise.resolve();
  assert.equal(questions.open.length, 1);
  const [[b], [second]] = listen(1);
  questions.repeat(second!);
  assert.equal(b!.asked[0]!.id, question.id);
  b!.asked[0]!.answer({ decision: "accept" });
  assert.deepEqual(await answer, { decision: "accept" });
});

Deno.test("Questions asks one who comes again only for one answer", async () => {
  const questions = new Questions();
  const [[a], [first]] = listen(1);
  const { answer } = ask(questions, [first!]);
  questions.repeat(first!);
  assert.ok(a!.asked[0]!.signal.aborted);
  await Promise.resolve();
  a!.asked[1]!.answer({ decision: "cancel" });
  assert.deepEqual(await answer, { decision: "cancel" });
});

Deno.test("Questions refuses an answer that can't be read", async () => {
  const questions = new Questions();
  const [[a], attendances] = listen(1);
  const { answer } = ask(questions, attendances);
  a!.asked[0]!.answer({ decision: "perhaps" });
  await assert.rejects(answer, { code: -32600 });
});

Deno.test("Questions takes a question back", async () => {
  const questions = new Questions();
  const [[a], attendances] = listen(1);
  const { answer, controller } = ask(questions, attendances);
  controller.abort(new Error("interrupted"));
  await assert.rejects(answer, { message: "interrupted" });
  assert.ok(a!.asked[0]!.signal.aborted);
  assert.deepEqual(questions.open, []);
});
