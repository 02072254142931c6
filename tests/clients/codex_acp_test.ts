import assert from "node:assert/strict";
import {
  clientTest,
  openClientWorld,
  runScript,
  TITLE,
} from "./client_world.ts";
import { install } from "./installed.ts";

const installed = await install({
  packages: { "@agentclientprotocol/codex-acp": "2.6.0" },
});

clientTest(
  installed,
  "@agentclientprotocol/codex-acp signs in, opens a session, asks before a command and cancels",
  async (directory) => {
    await using world = await openClientWorld([
      TITLE,
      {
        when: "make a file",
        output: [
          { say: "I make it. " },
          {
            call: "exec_command",
            arguments: {
              cmd: "echo hi > made.txt; cat made.txt",
              sandbox_permissions: "require_escalated",
              justification: "May I?",
            },
            callId: "make",
          },
        ],
      },
      {
        when: { answers: "make" },
        output: [{ say: "Made.", deltas: ["Ma", "de."] }],
      },
      {
        when: "wait",
        output: [{ say: "Wait", deltas: ["Wa", "it"] }, { hang: true }],
      },
    ]);
    const [initialized, authenticated, session, done, cancelled, end] =
      await runScript("codex_acp.mjs", directory, world);
    assert.deepEqual(initialized, {
      protocolVersion: 1,
      authMethods: ["api-key"],
    });
    assert.deepEqual(authenticated, { result: {} });
    assert.deepEqual(session, { hasSession: true });
    assert.deepEqual({ ...done, text: undefined }, {
      done: "end_turn",
      asked: ["execute"],
      text: undefined,
      states: ["completed"],
    });
    assert.match(done.text, /I make it\. Made\.$/);
    assert.equal(await Deno.readTextFile(`${world.cwd}/made.txt`), "hi\n");
    assert.deepEqual(cancelled, { cancelled: "cancelled" });
    assert.deepEqual(end, { code: 0 });
  },
);
