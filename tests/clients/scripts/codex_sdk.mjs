// Drives `@openai/codex-sdk`; prints what came of each use.
import process from "node:process";

/** Packages are found where this runs, not where it stands. */
const load = (name) => import(name);
const { Codex } = await load("@openai/codex-sdk");

const { program, cwd, env } = JSON.parse(process.argv[2]);
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const codex = new Codex({
  codexPathOverride: program,
  env,
  config: { model_reasoning_effort: "low" },
});
const settings = {
  workingDirectory: cwd,
  sandboxMode: "workspace-write",
  approvalPolicy: "on-request",
  networkAccessEnabled: false,
  webSearchMode: "disabled",
};

const thread = codex.startThread(settings);
const first = await thread.run("first");
print({ id: thread.id, ...first });

const { events } = await thread.runStreamed("second");
const streamed = [];
for await (const event of events) streamed.push(event);
print(streamed);

const resumed = codex.resumeThread(thread.id, settings);
const third = await resumed.run([
  { type: "text", text: "third" },
  { type: "local_image", path: `${cwd}/dot.png` },
], {
  outputSchema: {
    type: "object",
    properties: { answer: { type: "number" } },
    required: ["answer"],
    additionalProperties: false,
  },
});
print({ id: resumed.id, finalResponse: third.finalResponse });

try {
  await resumed.run("fail");
} catch (error) {
  print({ failed: error.message });
}

const stopping = new AbortController();
const { events: endless } = await codex.startThread(settings)
  .runStreamed("wait", { signal: stopping.signal });
try {
  for await (const event of endless) {
    if (event.type === "item.started") stopping.abort();
  }
  print({ aborted: false });
} catch (error) {
  print({ aborted: error.name });
}
