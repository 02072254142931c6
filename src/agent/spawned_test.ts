import assert from "node:assert/strict";
import type { AgentExtensions, HookOccasion } from "./extensions.ts";
import type { ResponseItem } from "../model/mod.ts";
import { call, calls, rehearse, says, toTool } from "./_rehearsal_test.ts";

/** Extensions with hooks that only listen. */
function listening(heard: HookOccasion[]): AgentExtensions {
  return {
    attend: () => {},
    describe: () => Promise.resolve(null),
    resolve: () => Promise.resolve({ skills: [], notes: [] }),
    warnings: () => Promise.resolve([]),
    awaits: () => Promise.resolve(false),
    occur: (occasion) => {
      heard.push(occasion);
      return Promise.resolve({
        blocked: null,
        stopped: null,
        contexts: [],
        fragments: [],
      });
    },
    leave: () => Promise.resolve(),
    takeLate: () => [],
  };
}

/** What of an item is looked at. */
interface Shown {
  readonly content?: readonly { readonly text?: string }[];
  readonly output?: string;
}

const ignored: ReadonlySet<string> = new Set([
  "preModelRequest",
  "postModelRequest",
]);

Deno.test("run lets hooks hear of the beginning and end of an agent, not of a session", async () => {
  const heard: HookOccasion[] = [];
  const { run } = rehearse([says("done")], {
    extensions: listening(heard),
    spawnedBy: { threadId: "above", role: "worker" },
  });
  await run("go");
  assert.deepEqual(
    heard.filter(({ event }) => !ignored.has(event)),
    [
      { event: "subagentStart" },
      { event: "userPromptSubmit", prompt: "go" },
      { event: "subagentStop", isActive: false, lastAgentMessage: "done" },
    ],
  );
});

Deno.test("run has the model hear news at its next step, behind the outputs", async () => {
  const news: ResponseItem[] = [];
  const item = (text: string): ResponseItem => ({
    type: "message",
    role: "user",
    content: [{ type: "input_text", text }],
  });
  const tool = toTool("t", () => {
    news.push(item("news"));
    return Promise.resolve({ output: "output", isSuccess: true });
  });
  const { run, model } = rehearse([calls(call("t", "1")), says("ok")], {
    tools: () => [tool],
    takeNews: () => news.splice(0),
  });
  news.push(item("earlier"));
  await run("go");
  const shown = model.requests.map(({ input }) =>
    (input as readonly unknown[] as readonly Shown[])
      .map(({ content, output }) => output ?? content?.[0]?.text ?? "call")
      .filter((text) => text.length < 10)
  );
  assert.deepEqual(shown, [
    ["BASE", "earlier", "go"],
    ["BASE", "earlier", "go", "call", "output", "news"],
  ]);
});
