// Drives `ai-sdk-provider-codex-app-server` with AI SDK 6; prints what came of
// each use.
import process from "node:process";

/** Packages are found where this runs, not where it stands. */
const load = (name) => import(name);
const { generateText, streamText } = await load("ai");
const { createCodexAppServer, listModels } = await load(
  "ai-sdk-provider-codex-app-server",
);

const { program, cwd, env } = JSON.parse(process.argv[2]);
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

// It closes its stream twice when a turn's end comes in one piece with the
// answer to the interrupt.
process.on("uncaughtException", (error) => {
  if (error.code !== "ERR_INVALID_STATE") throw error;
});

let session;
const settings = { codexPath: program, cwd, env };
const { models, defaultModel } = await listModels(settings);
print({
  ids: models.map(({ id }) => id),
  defaultModel: defaultModel.id,
});

const provider = createCodexAppServer({
  defaultSettings: {
    ...settings,
    sandboxMode: "workspace-write",
    approvalMode: "on-request",
    threadMode: "persistent",
    onSessionCreated: (created) => session = created,
    logger: false,
  },
});
const model = provider("scripted");
const { text } = await generateText({ model, prompt: "say" });
print({ text });

const streamed = [];
for await (
  const part of streamText({ model, prompt: "make" }).fullStream
) {
  streamed.push([part.type, part.text]);
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
print({ hasSession: typeof session?.threadId === "string" });
process.exit(0); // it has no way to end its server
