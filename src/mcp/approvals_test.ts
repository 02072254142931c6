import assert from "node:assert/strict";
import { RpcError, type Tool } from "../protocol/mod.ts";
import { silentLogger } from "../telemetry/mod.ts";
import type { ReviewAnswer, Reviewer, ToolContext } from "../tools/mod.ts";
import { FakeStage, model, settings } from "./_mcp_ground_test.ts";
import { Approvals, type Leave } from "./approvals.ts";
import type { ApprovalMode, ServerConfig } from "./server_config.ts";

const yes: Leave = { isGranted: true };
const no: Leave = { isGranted: false, reason: "user rejected MCP tool call" };

interface Asked {
  readonly annotations?: Record<string, unknown>;
  readonly mode?: ApprovalMode;
  readonly own?: ApprovalMode;
  readonly name?: string;
}

/** Consent with a person who answers by a script. */
class Desk {
  readonly stage = new FakeStage();
  readonly remembered: string[][] = [];
  readonly approvals: Approvals;
  settings = settings();
  signal: AbortSignal = new AbortController().signal;
  remember = (): void => {};

  constructor(reviewer?: Reviewer) {
    this.stage.answer = () => assert.fail("nobody should be asked");
    this.approvals = new Approvals({
      reviewer,
      remember: ({ name }, tool) => {
        this.remembered.push([name, tool]);
        return Promise.try(this.remember);
      },
      log: silentLogger,
    });
  }

  get questions(): number {
    return this.stage.told
      .filter(([what]) => what === "mcpServer/elicitation/request").length;
  }

  async decide(
    { annotations, mode = "auto", own, name = "tool" }: Asked = {},
  ): Promise<Leave> {
    const config = {
      name: "tiny",
      approvalMode: mode,
      approvalModes: new Map(own && [[name, own]]),
    } as unknown as ServerConfig;
    const tool = {
      name,
      title: "The Tool",
      description: "does",
      inputSchema: {},
      ...annotations && { annotations },
    } as Tool;
    const { stage, settings, signal } = this;
    const context: ToolContext = {
      stage: stage.stage,
      settings,
      model,
      signal,
    };
    const input = { a: 1 };
    return await this.approvals.decide(
      { config, tool, input, itemId: "i", hookedName: "mcp__s__t" },
      context,
    );
  }
}

const cases: [Record<string, unknown> | undefined, boolean[]][] = [
  // auto, writes, prompt, approve
  [undefined, [true, true, true, false]],
  [{}, [true, true, true, false]],
  [{ readOnlyHint: true }, [false, false, true, false]],
  [{ readOnlyHint: false }, [true, true, true, false]],
  [{ readOnlyHint: "true" }, [true, true, true, false]],
  [{ readOnlyHint: true, destructiveHint: true }, [true, false, true, false]],
  [{ destructiveHint: true }, [true, true, true, false]],
  [{ destructiveHint: false }, [true, true, true, false]],
  [{ openWorldHint: false }, [true, true, true, false]],
  [{ destructiveHint: false, openWorldHint: false }, [
    false,
    true,
    true,
    false,
  ]],
];

Deno.test("Approvals asks about what may change something, as the mode has it", async () => {
  const modes = ["auto", "writes", "prompt", "approve"] as const;
  for (const [annotations, asks] of cases) {
    for (const [at, mode] of modes.entries()) {
      for (const asked of [{ mode }, { mode: "auto", own: mode } as const]) {
        const desk = new Desk();
        desk.stage.answer = () => ({ action: "decline" });
        const leave = await desk.decide({
          ...annotations && { annotations },
          ...asked,
        });
        const what = JSON.stringify([annotations, asked]);
        assert.deepEqual(leave, asks[at] ? no : yes, what);
        assert.equal(desk.questions, asks[at] ? 1 : 0, what);
      }
    }
  }
});

Deno.test("Approvals asks with all that is known of the call", async () => {
  const desk = new Desk();
  desk.stage.answer = () => ({ action: "accept" });
  const annotations = { destructiveHint: true };
  assert.deepEqual(await desk.decide({ annotations }), yes);
  assert.deepEqual(desk.stage.told, [["mcpServer/elicitation/request", {
    threadId: "thread",
    turnId: "turn",
    serverName: "tiny",
    mode: "form",
    _meta: {
      codex_approval_kind: "mcp_tool_call",
      persist: ["session", "always"],
      tool_name: "tool",
      tool_annotations: annotations,
      tool_title: "The Tool",
      tool_description: "does",
      tool_params: { a: 1 },
      tool_params_display: [{ name: "a", value: 1, display_name: "a" }],
    },
    message: 'Allow the tiny MCP server to run tool "tool"?',
    requestedSchema: { type: "object", properties: {} },
  }, "waitingOnApproval"]]);
});

Deno.test("Approvals takes a clear yes only", async () => {
  const answers: [unknown, Leave][] = [
    [{ action: "accept", content: null, _meta: null }, yes],
    [{ action: "decline" }, no],
    [{ action: "cancel" }, {
      isGranted: false,
      reason: "user cancelled MCP tool call",
    }],
    [{ action: "ACCEPT" }, no],
    [{ decision: "accept" }, no],
    [{}, no],
    [null, no],
    [undefined, no],
    ["accept", no],
    [true, no],
    [["accept"], no],
  ];
  for (const [answer, leave] of answers) {
    const desk = new Desk();
    desk.stage.answer = () => answer;
    assert.deepEqual(await desk.decide(), leave, JSON.stringify(answer));
    assert.deepEqual(desk.remembered, []);
  }
});

Deno.test("Approvals: an error is no yes; a turn that is over ends the question", async () => {
  const desk = new Desk();
  desk.stage.answer = () => {
    throw new RpcError(1, "broken");
  };
  assert.deepEqual(await desk.decide(), no);
  const controller = new AbortController();
  desk.signal = controller.signal;
  desk.stage.answer = () => new Promise(() => {});
  const decided = desk.decide();
  controller.abort(new Error("over"));
  await assert.rejects(decided, { message: "over" });
});

Deno.test("Approvals remembers what was agreed to for the session: that tool of that server", async () => {
  const desk = new Desk();
  desk.stage.answer = () => ({
    action: "accept",
    _meta: { persist: "session" },
  });
  assert.deepEqual(await desk.decide(), yes);
  desk.stage.answer = () => ({ action: "decline" });
  assert.deepEqual(await desk.decide(), yes);
  assert.deepEqual(await desk.decide({ name: "other" }), no);
  assert.deepEqual(desk.remembered, []);
});

Deno.test("Approvals keeps what was agreed to for good, and goes on if it can't", async () => {
  for (const remember of [() => {}, () => assert.fail()]) {
    const desk = new Desk();
    desk.remember = remember;
    desk.stage.answer = () => ({
      action: "accept",
      _meta: { persist: "always" },
    });
    assert.deepEqual(await desk.decide(), yes);
    desk.stage.answer = () => ({ action: "decline" });
    assert.deepEqual(await desk.decide(), yes);
    assert.deepEqual(desk.remembered, [["tiny", "tool"]]);
  }
});

Deno.test("Approvals: a declined question remembers nothing, whatever comes with it", async () => {
  for (const action of ["decline", "cancel", "junk"]) {
    const desk = new Desk();
    desk.stage.answer = () => ({ action, _meta: { persist: "always" } });
    assert.equal((await desk.decide()).isGranted, false);
    desk.stage.answer = () => ({ action: "decline" });
    assert.deepEqual(await desk.decide(), no);
    assert.deepEqual(desk.remembered, []);
  }
});

Deno.test("Approvals: with the policy never, only a thread without a sandbox goes on", async () => {
  const desk = new Desk();
  const approvalPolicy = "never";
  const refused: Leave = {
    isGranted: false,
    reason: "MCP tool call requires approval, but approval policy is never",
  };
  desk.settings = settings({ approvalPolicy });
  assert.deepEqual(await desk.decide(), refused);
  const readOnly = { annotations: { readOnlyHint: true } };
  assert.deepEqual(await desk.decide(readOnly), yes);
  desk.settings = settings({
    approvalPolicy,
    sandboxPolicy: { type: "dangerFullAccess" },
  });
  assert.deepEqual(await desk.decide(), yes);
});

Deno.test("Approvals: questions come one after the other, and a yes for the session settles the rest", async () => {
  const desk = new Desk();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  desk.stage.answer = () => promise;
  const all = Promise.all([desk.decide(), desk.decide(), desk.decide()]);
  resolve({ action: "accept", _meta: { persist: "session" } });
  assert.deepEqual(await all, [yes, yes, yes]);
  assert.equal(desk.questions, 1);
});

Deno.test("Approvals: a reviewer answers in place of people; what it throws is a no", async () => {
  const review = (answer: () => ReviewAnswer): Reviewer => ({
    review: () => Promise.try(answer),
  });
  const found = {
    status: "approved",
    riskLevel: "low",
    userAuthorization: "high",
    rationale: "fine",
  } as const;
  const reviewed = settings({ approvalsReviewer: "auto_review" });
  for (const isApproved of [true, false]) {
    const desk = new Desk(review(() => ({ isApproved, review: found })));
    desk.settings = reviewed;
    assert.equal((await desk.decide()).isGranted, isApproved);
    const [first] = desk.stage.told as [[string, { action: unknown }]];
    assert.equal(first[0], "item/autoApprovalReview/started");
    assert.deepEqual(first[1].action, {
      type: "mcpToolCall",
      server: "tiny",
      toolName: "tool",
      connectorId: null,
      connectorName: null,
      toolTitle: "The Tool",
    });
  }
  for (const reviewer of [undefined, review(() => assert.fail())]) {
    const desk = new Desk(reviewer);
    desk.settings = reviewed;
    assert.equal((await desk.decide()).isGranted, false);
  }
});
