import assert from "node:assert/strict";
import { readReview, showReview } from "./_review_findings.ts";
import {
  call,
  calls,
  message,
  rehearse,
  says,
  settings,
  toShort,
  toTool,
} from "./_rehearsal_test.ts";
import type { ReviewTarget } from "../protocol/mod.ts";

const finding = (title: string) => ({
  title,
  body: "B1\nB2",
  confidence_score: 0.9,
  priority: 1,
  code_location: {
    absolute_file_path: "/x.rs",
    line_range: { start: 1, end: 2 },
  },
});
const review = (explanation: string, ...titles: string[]) =>
  JSON.stringify({
    findings: titles.map(finding),
    overall_correctness: "patch is correct",
    overall_explanation: explanation,
    overall_confidence_score: 0.9,
  });

function reviewNow(
  { agent, stage, controller, steering }: ReturnType<typeof rehearse>,
  target: ReviewTarget = { type: "custom", instructions: "look at it" },
) {
  return agent.review(target, settings, stage, {
    signal: controller.signal,
    steering,
  });
}

Deno.test("review plays in a conversation of its own and ends with what was found", async () => {
  const room = rehearse([says(review("Looks", "T")), says("after")]);
  const { stage, agent, model } = room;

  const end = await reviewNow(room);

  assert.equal(end.status, "completed");
  const shown = "Looks\n\nReview comment:\n\n- T — /x.rs:1-2\n  B1\n  B2";
  assert.deepEqual(stage.items.map(({ type }) => type), [
    "enteredReviewMode",
    "userMessage",
    "exitedReviewMode",
    "agentMessage",
  ]);
  const [entered, , exited] = stage.items;
  assert.ok(
    entered?.type === "enteredReviewMode" &&
      exited?.type === "exitedReviewMode",
  );
  assert.equal(entered.review, "look at it");
  assert.equal(exited.review, shown);
  assert.equal(end.lastAgentMessage?.text, shown);
  assert.deepEqual(
    toShort(agent.history).map((one) => one.slice(0, 20)),
    ["user: <user_action>\n ", `assistant: ${shown}`.slice(0, 20)].map((one) =>
      one.slice(0, 20)
    ),
  );
  assert.deepEqual(stage.storedItems, agent.history);
  const { headers, input, promptCacheKey } = model.requests[0]!;
  assert.equal(headers["x-openai-subagent"], "review");
  assert.equal(headers["session-id"], "thread");
  assert.notEqual(headers["thread-id"], "thread");
  assert.equal(promptCacheKey, "thread");
  assert.match(toShort(input)[0]!, /^developer: You review a change to code/);
  assert.equal(agent.usage, null);

  await room.run("go on");
  assert.equal(model.requests[1]!.headers["x-openai-subagent"], undefined);
});

Deno.test("review may use tools", async () => {
  const tool = toTool(
    "read",
    () => Promise.resolve({ output: "code", isSuccess: true }),
  );
  const room = rehearse([calls(call("read", "1")), says(review("Fine"))], {
    tools: () => [tool],
  });

  await reviewNow(room);

  assert.equal(room.model.requests.length, 2);
  assert.equal(toShort(room.agent.history).length, 2);
});

Deno.test("review names its target for people", async () => {
  const targets = [
    [{ type: "uncommittedChanges" }, "current changes"],
    [{ type: "baseBranch", branch: "main" }, "changes against 'main'"],
    [{ type: "commit", sha: "abcdef0123", title: "t" }, "commit abcdef0: t"],
    [{ type: "commit", sha: "abc" }, "commit abc"],
  ] as const;
  for (const [target, hint] of targets) {
    const room = rehearse([says("x")]);
    await reviewNow(room, target);
    const [entered] = room.stage.items;
    assert.ok(entered?.type === "enteredReviewMode");
    assert.equal(entered.review, hint);
  }
});

Deno.test("review that is interrupted leaves review mode", async () => {
  const room = rehearse([
    async function* () {
      yield* message("half").slice(0, 2);
      room.controller.abort();
      await new Promise(() => {});
    },
  ]);

  const end = await reviewNow(room);

  assert.equal(end.status, "interrupted");
  assert.deepEqual(room.stage.items.slice(-2).map(({ type }) => type), [
    "exitedReviewMode",
    "agentMessage",
  ]);
  const [exited, said] = room.stage.items.slice(-2);
  assert.ok(
    exited?.type === "exitedReviewMode" && said?.type === "agentMessage",
  );
  assert.equal(exited.review, "Reviewer failed to output a response.");
  assert.equal(
    said.text,
    "Review was interrupted. Please re-run /review and wait for it to complete.",
  );
  assert.equal(end.lastAgentMessage, null);
  assert.deepEqual(toShort(room.agent.history).map((one) => one.slice(0, 21)), [
    "assistant: Review was",
    "user: <turn_aborted>\n",
  ]);
});

Deno.test("review stopped by a person at a tool is interrupted", async () => {
  const tool = toTool(
    "ask",
    () => Promise.resolve({ output: "no", isSuccess: false, endsTurn: true }),
  );
  const room = rehearse([calls(call("ask", "1"))], { tools: () => [tool] });

  const end = await reviewNow(room);

  assert.equal(end.status, "interrupted");
});

Deno.test("readReview takes any answer", () => {
  const show = (answer: string) => showReview(readReview(answer));
  assert.equal(show("plain words"), "plain words");
  assert.equal(show("{}"), "{}");
  assert.equal(show(""), "The reviewer gave no answer.");
  assert.equal(show(review("")), "The reviewer gave no answer.");
  assert.equal(
    show(`pre ${review("", "T")} post`),
    "Review comment:\n\n- T — /x.rs:1-2\n  B1\n  B2",
  );
  assert.match(
    show(review("Looks", "T", "U")),
    /^Looks\n\nFull review comments:\n\n- T .*\n\n- U /s,
  );
  assert.equal(
    show(
      '{"findings":[{"title":7},null,{"title":"T","body":"B","code_location":{"absolute_file_path":"/x"}}]}',
    ),
    "Full review comments:\n\n- \n  \n\n- T — /x\n  B",
  );
});
