import assert from "node:assert/strict";
import type { DynamicToolSpec } from "../protocol/mod.ts";
import { checkDynamicTools } from "./_check_dynamic_tools.ts";

const inputSchema = { type: "object" };
const tool = (name: string, rest: object = {}) => ({
  type: "function",
  name,
  description: "d",
  inputSchema,
  ...rest,
});
const older = (name: string, rest: object = {}) => ({
  name,
  description: "d",
  inputSchema,
  ...rest,
});
const namespace = (name: string, tools: object[], rest: object = {}) => ({
  type: "namespace",
  name,
  description: "d",
  tools,
  ...rest,
});

const refused: [object[], string][] = [
  [[tool("")], "name must not be empty"],
  [[tool(" a")], "name has leading/trailing whitespace:  a"],
  [
    [tool("bad name")],
    "name must match ^[a-zA-Z0-9_-]+$ to match Responses API: bad name",
  ],
  [
    [tool("x".repeat(129))],
    "name must be at most 128 characters to match Responses API: " +
    "x".repeat(129),
  ],
  [[tool("mcp__x")], "name is reserved: mcp__x"],
  [[namespace("", [tool("a")])], "namespace must not be empty"],
  [[namespace("ns", [])], "namespace must contain at least one tool: ns"],
  [[namespace("mcp__x", [tool("a")])], "namespace is reserved: mcp__x"],
  [
    [namespace("functions", [tool("a")])],
    "namespace collides with a reserved Responses API namespace: functions",
  ],
  [
    [namespace("ns", [tool("a")], { description: "d".repeat(1025) })],
    "namespace description must be at most 1024 characters",
  ],
  [
    [tool("a", { inputSchema: 5 })],
    "input schema is not supported for a: invalid type: number, " +
    "expected struct JsonSchema",
  ],
];

Deno.test("checkDynamicTools() says what is wrong with a tool", () => {
  for (const [tools, reason] of refused) {
    assert.throws(
      () => checkDynamicTools(tools as unknown as DynamicToolSpec[]),
      { message: `dynamic tool ${reason}` },
    );
  }
});

Deno.test("checkDynamicTools() looks at the tools together", () => {
  const check = (tools: object[], message: string) =>
    assert.throws(
      () => checkDynamicTools(tools as unknown as DynamicToolSpec[]),
      { message },
    );
  check([older("a"), older("a")], "duplicate dynamic tool name: a");
  check(
    [namespace("ns", [tool("a"), tool("a")])],
    "duplicate dynamic tool name in namespace ns: a",
  );
  check(
    [namespace("ns", [tool("a")]), namespace("ns", [tool("b")])],
    "duplicate dynamic tool namespace: ns",
  );
  check(
    [tool("a", { deferLoading: true })],
    "deferred dynamic tool must include a namespace: a",
  );
  check(
    [older("a"), tool("b")],
    "Invalid request: dynamic tools must use either canonical or legacy " +
      "format consistently",
  );
});

Deno.test("checkDynamicTools() lets through what a model can be told of", () => {
  const fine = [
    [tool("exec_command")],
    [older("a", { namespace: "n" }), older("a", { namespace: "m" })],
    [namespace("ns", [tool("a", { deferLoading: true })])],
    [tool("x".repeat(128)), namespace("n".repeat(64), [tool("x")])],
  ];
  for (const tools of fine) {
    checkDynamicTools(tools as unknown as DynamicToolSpec[]);
  }
});
