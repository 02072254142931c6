import assert from "node:assert/strict";
import type { CommandExecutionItem } from "../protocol/mod.ts";
import type { Tool } from "../tools/mod.ts";
import {
  actSpec,
  emptyToolbox,
  Listener,
  openWorld,
} from "./_scripted_world_test.ts";
import { startTurn } from "./start_turn.ts";
import { startThread } from "./start_thread.ts";

const output = "x".repeat(1024 * 1024);
const command: CommandExecutionItem = {
  type: "commandExecution",
  id: "c1",
  pluginId: null,
  scriptPath: null,
  command: "yes",
  cwd: "/",
  processId: null,
  source: "agent",
  status: "completed",
  commandActions: [],
  aggregatedOutput: output,
  exitCode: 0,
  durationMs: 1,
};

for (const ephemeral of [false, true]) {
  const kind = ephemeral ? "an ephemeral" : "a stored";
  Deno.test(`who reads ${kind} turn that runs sees all of a command's output`, async () => {
    const goOn = Promise.withResolvers<void>();
    const tool: Tool = {
      name: "act",
      isParallel: false,
      spec: () => actSpec,
      async call(_call, { stage }) {
        stage.completed(command);
        await goOn.promise;
        return { output: "done", isSuccess: true };
      },
    };
    await using world = await openWorld(
      [async function* () {
        const item = {
          type: "function_call",
          id: "f1",
          call_id: "c0",
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
      }],
      undefined,
      { createToolbox: () => ({ ...emptyToolbox, tools: () => [tool] }) },
    );
    const { threads } = world;
    const me = new Listener();
    const thread = await startThread(threads, { ephemeral }, { name: "test" });
    thread.followers.join(world.attend(me));
    startTurn(threads, thread, {
      threadId: thread.threadId,
      input: [{ type: "text", text: "hi", text_elements: [] }],
    });
    thread.play();
    await me.until(
      "item/completed",
      me.heard.indexOf(await me.until("item/completed")) + 1,
    );
    const held = thread.turn?.items.find(({ id }) => id === "c1");
    assert.ok(held?.type === "commandExecution");
    assert.equal(held.aggregatedOutput, ephemeral ? output : null);
    const [turn] = await thread.readTurns();
    const read = turn?.items.find(({ id }) => id === "c1");
    assert.ok(read?.type === "commandExecution");
    assert.equal(read.aggregatedOutput, output);
    assert.deepEqual(turn?.items.map(({ type }) => type), [
      "userMessage",
      "commandExecution",
    ]);
    goOn.resolve();
    await me.until("turn/completed");
  });
}
