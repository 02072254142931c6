import assert from "node:assert/strict";
import { namesIn } from "../kit/temp_dir.ts";
import { clientTest, openClientWorld, runScript } from "./client_world.ts";
import { install } from "./installed.ts";

const installed = await install({
  packages: { "@openai/codex-sdk": "0.163.0" },
});

/** The smallest picture there is: one dot. */
const DOT = Uint8Array.fromBase64(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9" +
    "awAAAABJRU5ErkJggg==",
);

clientTest(
  installed,
  "@openai/codex-sdk runs, streams, resumes, gets its schema, sees failures and aborts",
  async (directory) => {
    await using world = await openClientWorld([
      {
        when: "first",
        output: [
          { think: ["I shall look."] },
          {
            call: "exec_command",
            arguments: { cmd: "echo hi > made.txt; cat made.txt" },
            callId: "make",
          },
        ],
        usage: { input: 10, output: 5 },
      },
      {
        when: { answers: "make" },
        output: [{ say: "Made." }],
        usage: { input: 20, cached: 3, output: 5, reasoning: 2 },
      },
      {
        when: "second",
        output: [{
          call: "exec_command",
          arguments: {
            cmd: "apply_patch <<'END'\n*** Begin Patch\n*** Add File: b.txt\n" +
              "+b\n*** End Patch\nEND",
          },
          callId: "patch",
        }],
      },
      { when: { answers: "patch" }, output: [{ say: "Patched." }] },
      {
        when: { user: "third", body: '"additionalProperties":false' },
        output: [{ say: '{"answer":42}' }],
      },
      {
        when: "fail",
        failure: { status: 400, body: { error: { message: "bad" } } },
      },
      {
        when: "wait",
        output: [{
          call: "exec_command",
          arguments: { cmd: "sleep 1000", yield_time_ms: 30_000 },
        }],
      },
    ]);
    await Deno.writeFile(`${world.cwd}/dot.png`, DOT);
    const [first, streamed, third, failed, aborted] = await runScript(
      "codex_sdk.mjs",
      directory,
      world,
    );
    const withoutWarnings = <T extends { type: string }>(items: T[]): T[] =>
      items.filter(({ type }) => type !== "error");
    assert.deepEqual(
      { ...first, items: withoutWarnings(first.items) },
      {
        id: first.id,
        items: [
          { id: "item_1", type: "reasoning", text: "I shall look." },
          {
            id: "item_2",
            type: "command_execution",
            command: "/bin/bash -lc 'echo hi > made.txt; cat made.txt'",
            aggregated_output: "hi\n",
            exit_code: 0,
            status: "completed",
          },
          { id: "item_3", type: "agent_message", text: "Made." },
        ],
        finalResponse: "Made.",
        usage: {
          input_tokens: 30,
          cached_input_tokens: 3,
          cache_write_input_tokens: 0,
          output_tokens: 10,
          reasoning_output_tokens: 2,
        },
      },
    );
    assert.match(first.id, /^[\da-f-]{36}$/);
    const patch = {
      id: "item_1",
      type: "file_change",
      changes: [{ path: `${world.cwd}/b.txt`, kind: "add" }],
    };
    assert.deepEqual(
      streamed.filter(({ item }: { item?: { type: string } }) =>
        item?.type !== "error"
      ).slice(0, -1),
      [
        { type: "thread.started", thread_id: first.id },
        { type: "turn.started" },
        { type: "item.started", item: { ...patch, status: "in_progress" } },
        { type: "item.completed", item: { ...patch, status: "completed" } },
        {
          type: "item.completed",
          item: { id: "item_2", type: "agent_message", text: "Patched." },
        },
      ],
    );
    assert.deepEqual(third, { id: first.id, finalResponse: '{"answer":42}' });
    assert.deepEqual(failed, { failed: '{"error":{"message":"bad"}}' });
    assert.deepEqual(aborted, { aborted: "AbortError" });
    assert.deepEqual(
      namesIn(world.cwd),
      [".git", "b.txt", "dot.png", "made.txt"],
    );
  },
);
