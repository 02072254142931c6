import assert from "node:assert/strict";
import type { NotificationOf } from "../client/mod.ts";
import type { NotificationName } from "../protocol/mod.ts";
import { ExecProgress, toPlain } from "./_exec_progress.ts";

function tell(
  told: readonly [method: NotificationName, params: unknown][],
  hasColors = false,
): string {
  const progress = new ExecProgress({ hasColors });
  return told.map(([method, params]) =>
    progress.take(
      { method, params } as unknown as NotificationOf<NotificationName>,
    )
  ).join("");
}

const message = (text: string): ["item/completed", unknown] => [
  "item/completed",
  { item: { type: "agentMessage", id: text, text } },
];
const command = {
  type: "commandExecution",
  id: "c",
  command: "make",
  status: "completed",
  aggregatedOutput: "built\n",
  exitCode: 0,
};

Deno.test("ExecProgress keeps the last message for standard output", () => {
  assert.equal(
    tell([
      message("I build."),
      ["item/started", { item: command }],
      ["item/completed", { item: command }],
      message("Built."),
      message("Done."),
    ]),
    "I build.\n$ make\nbuilt\nBuilt.\n",
  );
});

Deno.test("ExecProgress shows the beginning of long outputs, and which command failed", () => {
  const lines = Array.from({ length: 25 }, (_, at) => `line ${at}`);
  assert.equal(
    tell([["item/completed", {
      item: {
        ...command,
        aggregatedOutput: lines.join("\n"),
        status: "failed",
        exitCode: 2,
      },
    }]]),
    `${lines.slice(0, 20).join("\n")}\n… 5 more lines\n` +
      "failed (exit code 2): make\n",
  );
});

Deno.test("ExecProgress tells of plans, patches, tools, searches and trouble", () => {
  assert.equal(
    tell([
      ["turn/plan/updated", {
        plan: [
          { step: "look", status: "completed" },
          { step: "mend", status: "inProgress" },
        ],
      }],
      ["item/completed", {
        item: {
          type: "fileChange",
          changes: [{ path: "/a", kind: { type: "add" } }],
          status: "completed",
        },
      }],
      ["item/completed", {
        item: {
          type: "fileChange",
          changes: [{ path: "/b", kind: { type: "update" } }],
          status: "failed",
        },
      }],
      ["item/completed", {
        item: {
          type: "mcpToolCall",
          server: "s",
          tool: "t",
          status: "failed",
          error: { message: "no" },
        },
      }],
      ["item/completed", {
        item: { type: "reasoning", summary: ["thinking"] },
      }],
      ["item/completed", { item: { type: "webSearch", query: "why" } }],
      ["warning", { message: "careful" }],
      ["error", { error: { message: "gone", additionalDetails: "far" } }],
      ["turn/completed", { turn: { status: "completed" } }],
    ]),
    "plan\n  [x] look\n  [ ] mend\nadd /a\nupdate /b: failed\ns.t: no\n" +
      "thinking\nsearch: why\nwarning: careful\nerror: gone (far)\n",
  );
});

Deno.test("ExecProgress passes no orders on to the terminal, with colours or without", () => {
  const evil = "a\x1b]0;title\x07\x9b2Jb\r\n\tc";
  assert.equal(toPlain(evil), "a]0;title2Jb\n\tc");
  assert.equal(
    tell([
      ["item/completed", { item: { ...command, aggregatedOutput: evil } }],
    ], true),
    "\x1b[2ma]0;title2Jb\x1b[0m\n\x1b[2m\tc\x1b[0m\n",
  );
});
