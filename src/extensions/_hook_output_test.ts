import assert from "node:assert/strict";
import type { HookEventName } from "../protocol/mod.ts";
import { hookEvents } from "./_hook_events.ts";
import { type HookEnd, type HookReport, toReport } from "./_hook_output.ts";

const names = Object.keys(hookEvents) as HookEventName[];

function end(parts: Partial<HookEnd>): HookEnd {
  return { exitCode: 0, stdout: "", stderr: "", ...parts };
}

function answer(event: HookEventName, said: unknown): HookReport {
  return toReport(event, end({ stdout: JSON.stringify(said) }));
}

/** An answer with what only its event has. */
function specific(event: HookEventName, more: Record<string, unknown>) {
  const { declared } = hookEvents[event];
  return { hookSpecificOutput: { hookEventName: declared, ...more } };
}

/** A report in one line. */
function show({ status, entries, ...report }: HookReport): string {
  const { context, blocked, stopped, input, isAllowed } = report;
  return [
    status,
    ...entries.map(({ kind, text }) => `${kind}: ${text}`),
    context !== null && `[context ${context}]`,
    blocked !== null && `[blocked ${blocked}]`,
    stopped !== null && `[stopped ${stopped}]`,
    input !== undefined && `[input ${JSON.stringify(input)}]`,
    isAllowed && "[allowed]",
  ].filter((one) => one !== false && one !== undefined).join("; ");
}

const said: [HookEventName, unknown, string][] = [
  ["sessionStart", { continue: false }, "stopped; [stopped ]"],
  [
    "sessionStart",
    {
      continue: false,
      ...specific("sessionStart", { additionalContext: "c" }),
    },
    "stopped; context: c; [context c]; [stopped ]",
  ],
  ["sessionStart", { suppressOutput: true }, "completed"],
  [
    "sessionStart",
    { reason: "r" },
    "failed; error: hook returned invalid session start JSON output",
  ],
  [
    "userPromptSubmit",
    {
      decision: "block",
      reason: " r ",
      systemMessage: "w",
      ...specific("userPromptSubmit", { additionalContext: "c" }),
    },
    "blocked; warning: w; context: c; feedback:  r ; [context c]; [blocked  r ]",
  ],
  [
    "userPromptSubmit",
    { decision: "block", reason: " " },
    "failed; error: UserPromptSubmit hook returned decision:block without a non-empty reason",
  ],
  ["userPromptSubmit", { reason: "r" }, "completed"],
  [
    "preToolUse",
    { continue: false },
    "failed; error: PreToolUse hook returned unsupported continue:false",
  ],
  [
    "preToolUse",
    { stopReason: "r" },
    "failed; error: PreToolUse hook returned unsupported stopReason",
  ],
  [
    "preToolUse",
    { systemMessage: "w", suppressOutput: true },
    "failed; warning: w; error: PreToolUse hook returned unsupported suppressOutput",
  ],
  [
    "preToolUse",
    { reason: "r" },
    "failed; error: PreToolUse hook returned reason without decision",
  ],
  [
    "preToolUse",
    specific("preToolUse", { permissionDecision: "allow" }),
    "failed; error: PreToolUse hook returned unsupported permissionDecision:allow",
  ],
  [
    "preToolUse",
    specific("preToolUse", { permissionDecision: "ask" }),
    "failed; error: PreToolUse hook returned unsupported permissionDecision:ask",
  ],
  [
    "preToolUse",
    specific("preToolUse", { permissionDecision: "deny" }),
    "failed; error: PreToolUse hook returned permissionDecision:deny without a non-empty permissionDecisionReason",
  ],
  [
    "preToolUse",
    specific("preToolUse", { permissionDecisionReason: "r" }),
    "failed; error: PreToolUse hook returned permissionDecisionReason without permissionDecision",
  ],
  [
    "preToolUse",
    specific("preToolUse", { updatedInput: { command: "x" } }),
    "failed; error: PreToolUse hook returned updatedInput without permissionDecision:allow",
  ],
  [
    "preToolUse",
    specific("preToolUse", {
      permissionDecision: "allow",
      updatedInput: { command: "x" },
      additionalContext: "c",
    }),
    'completed; context: c; [context c]; [input {"command":"x"}]',
  ],
  [
    "preToolUse",
    {
      decision: "block",
      reason: "old",
      ...specific("preToolUse", {
        permissionDecision: "deny",
        permissionDecisionReason: "new",
      }),
    },
    "blocked; feedback: new; [blocked new]",
  ],
  [
    "permissionRequest",
    specific("permissionRequest", { decision: { behavior: "allow" } }),
    "completed; [allowed]",
  ],
  [
    "permissionRequest",
    specific("permissionRequest", { decision: { behavior: "deny" } }),
    "blocked; feedback: PermissionRequest hook denied approval; [blocked PermissionRequest hook denied approval]",
  ],
  [
    "permissionRequest",
    specific("permissionRequest", {
      decision: { behavior: "deny", interrupt: true },
    }),
    "failed; error: PermissionRequest hook returned unsupported interrupt:true",
  ],
  [
    "permissionRequest",
    specific("permissionRequest", {
      decision: { behavior: "allow", updatedInput: {} },
    }),
    "failed; error: PermissionRequest hook returned unsupported updatedInput",
  ],
  [
    "permissionRequest",
    specific("permissionRequest", {
      decision: { behavior: "allow", updatedPermissions: [] },
    }),
    "failed; error: PermissionRequest hook returned unsupported updatedPermissions",
  ],
  ["permissionRequest", specific("permissionRequest", {}), "completed"],
  [
    "postToolUse",
    { continue: false, reason: "r", stopReason: "s" },
    "stopped; stop: s; [stopped r]",
  ],
  [
    "postToolUse",
    { continue: false },
    "stopped; stop: PostToolUse hook stopped execution; [stopped PostToolUse hook stopped execution]",
  ],
  [
    "postToolUse",
    specific("postToolUse", { updatedMCPToolOutput: 1 }),
    "failed; error: PostToolUse hook returned unsupported updatedMCPToolOutput",
  ],
  [
    "preCompact",
    { continue: false },
    "stopped; stop: PreCompact hook stopped execution; [stopped PreCompact hook stopped execution]",
  ],
  [
    "postCompact",
    { decision: "block", reason: "r" },
    "failed; error: hook returned invalid PostCompact hook JSON output",
  ],
  [
    "stop",
    { decision: "block", reason: "r" },
    "blocked; feedback: r; [blocked r]",
  ],
  [
    "stop",
    specific("stop", { additionalContext: "c" }),
    "failed; error: hook returned invalid stop hook JSON output",
  ],
  ["interrupt", { systemMessage: "w" }, "completed; warning: w"],
  [
    "interrupt",
    { continue: false },
    "failed; error: hook returned invalid interrupt hook JSON output",
  ],
  ["sessionEnd", { continue: false }, "completed"],
  ["preModelRequest", { decision: "block", reason: "r" }, "completed"],
];

for (const [event, what, expected] of said) {
  Deno.test(`toReport of ${event} that answers ${JSON.stringify(what)}`, () => {
    assert.equal(show(answer(event, what)), expected);
  });
}

/** Events that understand JSON. */
const understanding = names.filter((event) =>
  !["preModelRequest", "postModelRequest", "sessionEnd"].includes(event)
);

for (const event of understanding) {
  Deno.test(`toReport of ${event} takes nothing for an answer that is not one`, () => {
    const { declared } = hookEvents[event];
    for (
      const wrong of [
        { unknown: 1 },
        { systemMessage: 5 },
        { continue: null },
        { hookSpecificOutput: {} },
        { hookSpecificOutput: { hookEventName: "Unheard" } },
        { hookSpecificOutput: { hookEventName: declared, unknown: 1 } },
        [1],
      ]
    ) {
      const report = answer(event, wrong);
      assert.equal(report.status, "failed", JSON.stringify(wrong));
      assert.deepEqual(
        { ...report, status: "", entries: [] },
        {
          status: "",
          entries: [],
          context: null,
          blocked: null,
          stopped: null,
        },
      );
    }
    const broken = toReport(event, end({ stdout: "{broken" }));
    assert.equal(broken.status, "failed");
  });
}

const ended: [HookEventName[], Partial<HookEnd>, string][] = [
  [
    ["userPromptSubmit", "preToolUse", "permissionRequest", "postToolUse"],
    { exitCode: 2, stderr: " no \n" },
    "blocked; feedback: no; [blocked no]",
  ],
  [
    ["stop"],
    { exitCode: 2, stderr: "more" },
    "blocked; feedback: more; [blocked more]",
  ],
  [
    ["sessionStart", "interrupt"],
    { exitCode: 2, stderr: "no" },
    "failed; error: hook exited with code 2",
  ],
  [
    ["preCompact", "postCompact", "sessionEnd"],
    { exitCode: 1, stderr: "why\n" },
    "failed; error: why",
  ],
  [["preModelRequest", "postModelRequest"], { exitCode: 1 }, "failed"],
  [
    ["preToolUse", "stop", "sessionStart"],
    { exitCode: 1, stderr: "why", stdout: '{"decision":"block","reason":"r"}' },
    "failed; error: hook exited with code 1",
  ],
  [
    ["preToolUse", "userPromptSubmit"],
    { exitCode: null },
    "failed; error: hook exited without a status code",
  ],
  [
    ["preCompact", "sessionEnd"],
    { exitCode: null },
    "failed; error: hook process terminated without an exit code",
  ],
  [
    ["stop"],
    { exitCode: 2 },
    "failed; error: NAME hook exited with code 2 but did not write a continuation prompt to stderr",
  ],
  [
    ["permissionRequest"],
    { exitCode: 2 },
    "failed; error: NAME hook exited with code 2 but did not write a denial reason to stderr",
  ],
  [
    ["sessionStart", "userPromptSubmit"],
    { stdout: " plain \n" },
    "completed; context: plain; [context plain]",
  ],
  [
    ["preToolUse", "postToolUse", "permissionRequest", "preCompact"],
    { stdout: "plain" },
    "completed",
  ],
  [
    ["stop"],
    { stdout: "plain" },
    "failed; error: hook returned invalid stop hook JSON output",
  ],
  [
    ["interrupt"],
    { stdout: "5" },
    "failed; error: Interrupt hook returned non-JSON stdout",
  ],
];

for (const [events, how, expected] of ended) {
  for (const event of events) {
    Deno.test(`toReport of ${event} that ends as ${JSON.stringify(how)}`, () => {
      const { declared } = hookEvents[event];
      assert.equal(
        show(toReport(event, end(how))),
        expected.replace("NAME", declared),
      );
    });
  }
}

Deno.test("toReport never throws, whatever a hook writes", () => {
  for (const event of names) {
    for (const stdout of ["{}", "[]", "null", "{", "\0", '{"__proto__":1}']) {
      for (const exitCode of [null, 0, 1, 2, 255]) {
        assert.ok(toReport(event, end({ exitCode, stdout })).status);
      }
    }
  }
});
