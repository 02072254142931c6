import assert from "node:assert/strict";
import { StorageError } from "../tools/mod.ts";
import type { ModelEvent } from "../model/mod.ts";
import { pairCalls } from "./_pair_calls.ts";
import {
  type Answer,
  call,
  calls,
  completed,
  FakeClock,
  message,
  order,
  rehearse,
  says,
  settings,
  toShort,
  toTool,
} from "./_rehearsal_test.ts";

/** Events that come in one after the other, each an occasion for `before`. */
function stepwise(events: readonly ModelEvent[], before: () => void): Answer {
  return async function* () {
    for (const event of events) {
      await Promise.resolve();
      before();
      yield event;
    }
  };
}

/**
 * A turn that does some of everything: a thought, a search, a message, calls
 * of a quick tool, one that heeds the signal, one that does not and one that
 * is unknown, then more of it, a compaction, a steered message.
 */
function scene(before: () => void, parts: { isPlanning?: boolean } = {}) {
  const quick = toTool("quick", async () => {
    await Promise.resolve();
    before();
    return { output: "quick", isSuccess: true, note: "noted" };
  });
  const heeding = toTool(
    "heeding",
    (_, { signal }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        setTimeout(() => resolve({ output: "heeding", isSuccess: true }), 0);
      }),
  );
  const alone = toTool("alone", async () => {
    before();
    await Promise.resolve();
    return { output: "alone", isSuccess: true };
  }, { isParallel: false });
  const first: ModelEvent[] = [
    { type: "created", responseId: "r1" },
    { type: "itemAdded", item: { type: "reasoning", id: "rs", summary: [] } },
    { type: "reasoningPartAdded", itemId: "rs", summaryIndex: 0 },
    {
      type: "reasoningSummaryDelta",
      itemId: "rs",
      delta: "why",
      summaryIndex: 0,
    },
    { type: "reasoningTextDelta", itemId: "rs", delta: "raw", contentIndex: 0 },
    {
      type: "itemDone",
      item: {
        type: "reasoning",
        id: "rs",
        summary: [{ type: "summary_text", text: "why" }],
      },
    },
    {
      type: "itemAdded",
      item: { type: "web_search_call", id: "ws", action: null },
    },
    {
      type: "itemDone",
      item: { type: "web_search_call", id: "ws", action: null },
    },
    ...message("before\n<proposed_plan>\nplan\n</proposed_plan>\n", "m1"),
    call("quick", "c1"),
    call("heeding", "c2"),
    call("alone", "c3"),
    call("unknown", "c4"),
    {
      type: "itemDone",
      item: {
        type: "local_shell_call",
        id: "ls",
        call_id: "c5",
        status: "completed",
      },
    },
    completed({
      usage: {
        inputTokens: 1000,
        cachedInputTokens: 0,
        cacheWriteInputTokens: 0,
        outputTokens: 0,
        reasoningOutputTokens: 0,
        totalTokens: 1000,
      },
    }),
  ];
  const room = rehearse(
    [
      stepwise(first, before),
      stepwise(says("notes", "m2"), before),
      stepwise(
        [...message("mid", "m3"), call("quick", "c1"), completed()],
        before,
      ),
      stepwise(says("the end", "m4"), before),
      stepwise(says("hello again", "m5"), before),
    ],
    { tools: () => [quick, heeding, alone] },
  );
  room.steering.say("and more");
  const mode = parts.isPlanning === true ? "plan" as const : "default" as const;
  const mine = {
    settings: {
      ...settings,
      collaborationMode: { mode, settings: { model: "mock" } },
    },
  };
  return { ...room, play: () => room.run("go", mine) };
}

for (const isPlanning of [false, true]) {
  Deno.test(
    `run interrupted at any moment keeps the conversation whole, ${
      isPlanning ? "planning" : "working"
    }`,
    async () => {
      let moments = Infinity;
      let interrupted = 0;
      for (let n = 1; n <= moments; n++) {
        let count = 0;
        const before = () => {
          if (++count === n) room.controller.abort(new Error("stop"));
        };
        const room = scene(before, { isPlanning });
        room.stage.before = before;

        const end = await room.play();

        if (count < n) moments = 0;
        const { agent, stage } = room;
        if (end.status === "interrupted") {
          interrupted++;
          assert.equal(end.error, null);
          assert.match(toShort(agent.history).at(-1)!, /^user: <turn_aborted>/);
        } else {
          assert.equal(end.status, "completed", `at ${n}`);
        }
        // Every call has one answer, and every answer a call.
        assert.equal(pairCalls(agent.history), agent.history, `at ${n}`);
        assert.deepEqual(stage.storedItems, agent.history, `at ${n}`);
        assert.ok(
          toShort(agent.history).some((one) => one === "user: go"),
          `at ${n}`,
        );
        assert.deepEqual(unfinished(stage.seen), [], `at ${n}: ${stage.seen}`);
        // Nothing happens after the end.
        const seen = stage.seen.length;
        await new Promise((resolve) => setTimeout(resolve, 1));
        assert.equal(stage.seen.length, seen, `at ${n}`);
        // The next turn goes on from there.
        const next = await agent.run(
          {
            input: [{ type: "text", text: "again" }],
            clientUserMessageId: null,
            rootTurnId: "next",
            turnTrigger: null,
            settings,
            outputSchema: null,
            clientMetadata: {},
            additionalContext: {},
            startedAtMs: 1,
          },
          stage,
          { signal: new AbortController().signal, steering: room.steering },
        );
        assert.equal(next.status, "completed", `at ${n}`);
      }
      assert.ok(interrupted > 50, String(interrupted));
    },
  );
}

Deno.test("run whose storage fails at any moment fails and keeps the conversation whole", async () => {
  let moments = Infinity;
  let failed = 0;
  for (let n = 1; n <= moments; n++) {
    let count = 0;
    const room = scene(() => {});
    room.stage.before = (what) => {
      if (!what.startsWith("record") && !what.startsWith("completed")) return;
      if (++count >= n) throw new StorageError("No space left on device");
    };

    const end = await room.play();

    if (count < n) {
      moments = 0;
      assert.equal(end.status, "completed");
      continue;
    }
    failed++;
    assert.equal(end.status, "failed", `at ${n}`);
    assert.equal(end.error?.message, "No space left on device", `at ${n}`);
    const { history } = room.agent;
    assert.equal(pairCalls(history), history, `at ${n}`);
  }
  assert.ok(failed > 20, String(failed));
});

Deno.test("run ends at once though the model and a tool ignore the signal", async () => {
  const deaf = toTool("deaf", () => new Promise(() => {}));
  const room = rehearse(
    [
      async function* () {
        yield call("deaf", "c1");
        yield* message("half said", "m1").slice(0, 2);
        await new Promise(() => {});
      },
    ],
    { tools: () => [deaf], clock: new FakeClock(false) },
  );
  room.stage.before = (what) => {
    if (what === "item/agentMessage/delta") {
      queueMicrotask(() => room.controller.abort());
    }
  };

  const end = await room.run("go");

  assert.equal(end.status, "interrupted");
  assert.deepEqual(toShort(room.agent.history).slice(2), [
    "user: go",
    "function_call c1",
    "assistant: half ",
    "function_call_output c1: aborted by user after 0.1s",
    "user: <turn_aborted>\nThe user interrupted this…",
  ]);
  const said = room.stage.items.at(-1);
  assert.deepEqual(said?.type === "agentMessage" && said.text, "half ");
});

Deno.test("run that is over before it begins still hears the user", async () => {
  const room = rehearse([]);
  room.controller.abort();

  const end = await room.run("lost?");

  assert.equal(end.status, "interrupted");
  assert.equal(room.model.requests.length, 0);
  assert.deepEqual(
    toShort(room.agent.history).map((one) => one.slice(0, 20)),
    ["user: lost?", "user: <turn_aborted>"],
  );
});

Deno.test("run aborts a command with the time that it ran", async () => {
  const clock = new FakeClock(false);
  const room = rehearse([
    calls(call("exec_command", "c1"), call("other", "c2")),
  ], {
    clock,
    tools: () =>
      ["exec_command", "other"].map((name) =>
        toTool(name, () => new Promise(() => {}))
      ),
  });
  room.stage.before = (what) => {
    if (what !== "record token_usage_record") return;
    setTimeout(() => {
      clock.ms += 1000;
      room.controller.abort();
    });
  };

  await room.run("go");

  assert.deepEqual(toShort(room.agent.history).slice(5, 7), [
    "function_call_output c1: Wall time: 1.0 seconds\naborted by user",
    "function_call_output c2: aborted by user after 1.0s",
  ]);
});

Deno.test("run is interrupted by a person who cancels a call", async () => {
  const cancelled = toTool(
    "ask",
    () =>
      Promise.resolve({
        output: "cancelled",
        isSuccess: false,
        endsTurn: true,
      }),
  );
  const slow = toTool(
    "slow",
    (_, { signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      ),
  );
  const room = rehearse([
    calls(call("slow", "c1"), call("ask", "c2")),
    says("never"),
  ], {
    tools: () => [cancelled, slow],
  });

  const end = await room.run("go");

  assert.equal(end.status, "interrupted");
  assert.equal(room.model.requests.length, 1);
  assert.deepEqual(toShort(room.agent.history).slice(5, 7), [
    "function_call_output c1: aborted by user after 0.1s",
    "function_call_output c2: cancelled",
  ]);
});

for (const kind of ["compact", "review"] as const) {
  for (const how of ["interrupted", "failed"] as const) {
    Deno.test(`${kind} ${how} at any moment leaves all whole`, async () => {
      let moments = Infinity;
      let ended = 0;
      for (let n = 1; n <= moments; n++) {
        const tool = toTool(
          "t",
          () => Promise.resolve({ output: "t", isSuccess: true }),
        );
        const room = rehearse([
          says("A1", "m1"),
          ...kind === "review" ? [calls(call("t", "c1"))] : [],
          says("notes", "m2"),
          says("after", "m3"),
        ], { tools: () => [tool] });
        await room.run("one");
        const { agent, stage, controller, steering } = room;
        const before = stage.seen.length;
        let count = 0;
        stage.before = (what) => {
          const isStored = what.startsWith("record") ||
            what.startsWith("completed");
          if (how === "failed" && !isStored) return;
          if (++count !== n) return;
          if (how === "failed") {
            throw new StorageError("No space left on device");
          }
          controller.abort();
        };

        const end = kind === "compact"
          ? await agent.compact(settings, stage, { signal: controller.signal })
          : await agent.review(
            { type: "uncommittedChanges" },
            settings,
            stage,
            {
              signal: controller.signal,
              steering,
            },
          );

        stage.before = () => {};
        if (count < n) moments = 0;
        else if (end.status !== "completed") {
          ended++;
          assert.equal(end.status, how, `at ${n}`);
        }
        assert.equal(pairCalls(agent.history), agent.history, `at ${n}`);
        if (how === "interrupted") {
          assert.deepEqual(stage.storedItems, agent.history, `at ${n}`);
          const seen = stage.seen.slice(before);
          assert.deepEqual(unfinished(seen), [], `at ${n}: ${seen}`);
        }
        const next = await agent.run(order("again"), stage, {
          signal: new AbortController().signal,
          steering,
        });
        assert.equal(next.status, "completed", `at ${n}`);
      }
      assert.ok(ended > 2, String(ended));
    });
  }
}

/** Items that began and did not end; a compaction that failed never does. */
function unfinished(seen: readonly string[]): string[] {
  const open = new Map<string, number>();
  for (const one of seen) {
    const [step, type = ""] = one.split(" ");
    if (step !== "started" && step !== "completed") continue;
    open.set(type, (open.get(type) ?? 0) + (step === "started" ? 1 : -1));
  }
  open.delete("contextCompaction");
  return [...open].flatMap(([type, count]) => count === 0 ? [] : [type]);
}
