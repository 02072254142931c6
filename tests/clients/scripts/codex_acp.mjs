// An editor: speaks the Agent Client Protocol to `@agentclientprotocol/codex-acp`
// and prints what came of each step.
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";

const { program, cwd, env } = JSON.parse(process.argv[2]);
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const agent = spawn(
  process.execPath,
  ["node_modules/@agentclientprotocol/codex-acp/dist/index.js"],
  {
    env: {
      ...env,
      CODEX_PATH: program,
      CODEX_API_KEY: "key",
      NO_BROWSER: "1",
      // Its other modes have a model decide in the user's place.
      INITIAL_AGENT_MODE: "workspace-write",
    },
    stdio: ["pipe", "pipe", "inherit"],
  },
);
const waiting = new Map();
const updates = [];
const asked = [];
let onUpdate = () => {};
const send = (message) =>
  agent.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
let ids = 0;
const ask = (method, params) =>
  new Promise((resolve) => {
    waiting.set(ids, resolve);
    send({ id: ids++, method, params });
  });
createInterface({ input: agent.stdout }).on("line", (line) => {
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === undefined) {
    waiting.get(id)({ result, error });
  } else if (method === "session/update") {
    updates.push(params.update);
    onUpdate(params.update);
  } else if (method === "session/request_permission") {
    asked.push(params.toolCall);
    const { optionId } = params.options.find(({ kind }) =>
      kind === "allow_once"
    );
    send({ id, result: { outcome: { outcome: "selected", optionId } } });
  } else if (id !== undefined) {
    send({ id, error: { code: -32601, message: "Not here" } });
  }
});

const initialized = await ask("initialize", {
  protocolVersion: 1,
  clientCapabilities: { fs: { readTextFile: false, writeTextFile: false } },
});
print({
  protocolVersion: initialized.result?.protocolVersion,
  authMethods: initialized.result?.authMethods.map(({ id }) => id),
});
print(await ask("authenticate", { methodId: "api-key" }));
const { result: session, error } = await ask("session/new", {
  cwd,
  mcpServers: [],
});
print({ hasSession: typeof session?.sessionId === "string", error });
const { sessionId } = session;

const prompt = (text) =>
  ask("session/prompt", { sessionId, prompt: [{ type: "text", text }] });
const done = await prompt("make a file");
const said = (kind) =>
  updates.filter(({ sessionUpdate }) => sessionUpdate === kind);
print({
  done: done.result?.stopReason,
  error: done.error,
  asked: asked.map(({ kind, title }) => kind ?? title),
  text: said("agent_message_chunk").map(({ content }) => content.text).join(""),
  states: said("tool_call_update").map(({ status }) => status)
    .filter((status) => status !== undefined),
});

const cancelled = prompt("wait");
onUpdate = ({ sessionUpdate }) => {
  if (sessionUpdate !== "agent_message_chunk") return;
  onUpdate = () => {};
  send({ method: "session/cancel", params: { sessionId } });
};
print({ cancelled: (await cancelled).result?.stopReason });
agent.stdin.end();
agent.once("exit", (code) => print({ code }));
