// Drives `ai-sdk-provider-codex-cli` with AI SDK 7, in both of its modes;
// prints what came of each use.
import process from "node:process";

/** Packages are found where this runs, not where it stands. */
const load = (name) => import(name);
const { generateText, jsonSchema, Output, streamText } = await load("ai");
const { createCodexAppServer, createCodexExec } = await load(
  "ai-sdk-provider-codex-cli",
);

const { program, cwd, env } = JSON.parse(process.argv[2]);
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const server = createCodexAppServer({
  defaultSettings: {
    codexPath: program,
    cwd,
    env,
    minCodexVersion: "0.153.0",
    sandboxPolicy: "workspace-write",
    logger: false,
  },
});
const { models, defaultModel } = await server.listModels();
print({
  ids: models.map(({ id }) => id),
  defaultModel: defaultModel.id,
});

const model = server("scripted");
const { text, usage } = await generateText({ model, prompt: "say" });
print({
  text,
  inputTokens: usage.inputTokens,
  outputTokens: usage.outputTokens,
});

const streamed = [];
for await (
  const part of streamText({ model, prompt: "make" }).fullStream
) {
  streamed.push([part.type, part.text ?? part.output?.aggregatedOutput]);
}
print(streamed);

const stopping = new AbortController();
const stopped = [];
for await (
  const { type } of streamText({
    model,
    prompt: "wait",
    abortSignal: stopping.signal,
  }).fullStream
) {
  stopped.push(type);
  if (type === "text-delta") stopping.abort();
}
print(stopped);

let session;
const held = [];
for await (
  const { type } of streamText({
    model: server("scripted", {
      threadMode: "persistent",
      onSessionCreated: (created) => session = created,
    }),
    prompt: "hold",
  }).fullStream
) {
  held.push(type);
  if (type !== "text-delta" || held.includes("interrupted")) continue;
  await session.injectMessage("more");
  await session.interrupt();
  held.push("interrupted");
}
print(held);
await server.close();

const exec = createCodexExec({
  defaultSettings: { codexPath: program, cwd, env, logger: false },
})("scripted");
const said = await generateText({ model: exec, prompt: "say" });
print({ text: said.text, outputTokens: said.usage.outputTokens });
const schema = jsonSchema({
  type: "object",
  properties: { answer: { type: "number" } },
  required: ["answer"],
});
const answered = await generateText({
  model: exec,
  prompt: "answer",
  output: Output.object({ schema }),
});
print(answered.output);
