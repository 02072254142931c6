import assert from "node:assert/strict";
import type { AskForApproval } from "../protocol/mod.ts";
import { askWithoutTurn } from "./_ask_without_turn.ts";
import type { AskingOptions } from "./followers.ts";
import type { Thread } from "./thread.ts";

const method = "mcpServer/elicitation/request";
const params = {
  threadId: "t",
  turnId: null,
  serverName: "s",
  mode: "form",
  _meta: null,
  message: "Name?",
  requestedSchema: { type: "object", properties: {} },
} as const;

function ask(approvalPolicy: AskForApproval, asked: AskingOptions[]) {
  const followers = {
    ask: (_method: unknown, _params: unknown, options: AskingOptions) => {
      asked.push(options);
      return Promise.resolve({ action: "cancel" });
    },
  };
  const thread = { settings: { approvalPolicy }, followers } as never as Thread;
  const { signal } = new AbortController();
  return askWithoutTurn(thread, method, params, { signal });
}

function toGranular(mcp_elicitations: boolean): AskForApproval {
  return {
    granular: { sandbox_approval: true, rules: true, mcp_elicitations },
  };
}

Deno.test("askWithoutTurn() asks, and the thread says that it waits", async () => {
  for (const policy of ["on-request", "untrusted", toGranular(true)] as const) {
    const asked: AskingOptions[] = [];
    assert.deepEqual(await ask(policy, asked), { action: "cancel" });
    assert.deepEqual(
      asked.map(({ waitingOn }) => waitingOn),
      ["waitingOnApproval"],
    );
  }
});

Deno.test("askWithoutTurn() asks nobody where nobody may be asked", async () => {
  for (const policy of ["never", toGranular(false)] as const) {
    const asked: AskingOptions[] = [];
    await assert.rejects(ask(policy, asked), {
      code: -32600,
      message: "approval policy lets nobody be asked",
    });
    assert.deepEqual(asked, []);
  }
});
