import assert from "node:assert/strict";
import { clientTest, openClientWorld, runScript } from "./client_world.ts";
import { install } from "./installed.ts";

const forVersion7 = await install({
  packages: {
    "ai": "7.0.173",
    "ai-sdk-provider-codex-cli": "2.2.1",
    "zod": "4.6.7",
  },
});
const forVersion6 = await install({
  packages: {
    "ai": "6.0.322",
    "ai-sdk-provider-codex-app-server": "1.1.7",
    "zod": "4.6.7",
  },
});

/**
 * No model answers within the tick in which it is asked. These clients would
 * miss the end of such a turn: they listen once `turn/start` is answered, and
 * on a busy machine that is not at once.
 */
const waitMs = 1_000;

const responses = [
  {
    when: "say",
    waitMs,
    output: [{ say: "Hello.", deltas: ["Hel", "lo."] }],
    usage: { input: 10, output: 5 },
  },
  {
    when: "make",
    waitMs,
    output: [{
      call: "exec_command",
      arguments: { cmd: "echo hi > made.txt; cat made.txt" },
      callId: "make",
    }],
  },
  {
    when: { answers: "make" },
    output: [{ say: "Made.", deltas: ["Ma", "de."] }],
  },
  {
    when: "wait",
    waitMs,
    output: [{ say: "Wait", deltas: ["Wa", "it"] }, { hang: true }],
  },
  {
    when: "hold",
    waitMs,
    output: [{ say: "Hold", deltas: ["Hold"] }, { hang: true }],
  },
  { when: "more", waitMs, output: [{ hang: true }] },
  { when: { body: '"answer"' }, waitMs, output: [{ say: '{"answer":42}' }] },
];

clientTest(
  forVersion7,
  "ai-sdk-provider-codex-cli lists models, generates, streams and aborts, and runs exec",
  async (directory) => {
    await using world = await openClientWorld(responses);
    const [models, generated, streamed, stopped, held, executed, answered] =
      await runScript("ai_sdk_codex_cli.mjs", directory, world);
    assert.ok(models.ids.includes(models.defaultModel), models.ids.join());
    assert.deepEqual(generated, {
      text: "Hello.",
      inputTokens: 10,
      outputTokens: 5,
    });
    assert.deepEqual(toTexts(streamed), ["Ma", "de."]);
    assert.equal(streamed.at(-1)[0], "finish");
    assert.equal(await Deno.readTextFile(`${world.cwd}/made.txt`), "hi\n");
    assert.equal(stopped.at(-1), "abort");
    // What is said into a turn is of that turn: the client knows how to end it.
    assert.deepEqual(
      held.filter((one: string) => one === "interrupted" || one === "finish"),
      ["interrupted", "finish"],
    );
    assert.deepEqual(executed, { text: "Hello.", outputTokens: 5 });
    assert.deepEqual(answered, { answer: 42 });
  },
);

clientTest(
  forVersion6,
  "ai-sdk-provider-codex-app-server lists models, generates, streams and aborts",
  async (directory) => {
    await using world = await openClientWorld(responses);
    const [models, generated, streamed, stopped, session] = await runScript(
      "ai_sdk_codex_app_server.mjs",
      directory,
      world,
    );
    assert.ok(models.ids.includes(models.defaultModel), models.ids.join());
    assert.deepEqual(generated, { text: "Hello." });
    assert.deepEqual(toTexts(streamed), ["Ma", "de."]);
    assert.equal(streamed.at(-1)[0], "finish");
    assert.equal(await Deno.readTextFile(`${world.cwd}/made.txt`), "hi\n");
    assert.equal(stopped.at(-1), "abort");
    assert.deepEqual(session, { hasSession: true });
  },
);

function toTexts(parts: readonly [type: string, text?: string][]): string[] {
  return parts.flatMap(([type, text = ""]) =>
    type === "text-delta" ? [text] : []
  );
}
