import assert from "node:assert/strict";
import { decodeParams } from "./validate.ts";

const threadId = "0198b7c4-0000-7000-8000-000000000000";

/** What is wrong with some parameters, up to where; undefined if nothing is. */
function refusal(method: string, params: unknown): string | undefined {
  try {
    assert.equal(decodeParams(method, params), params);
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/ \(at params.*/, "");
  }
}

Deno.test("thread parameters: refusals begin with the known words", () => {
  const cases: [method: string, params: unknown, text: string][] = [
    [
      "thread/start",
      { sandbox: "bogus" },
      "unknown variant `bogus`, expected one of `read-only`, " +
      "`workspace-write`, `danger-full-access`",
    ],
    [
      "thread/start",
      { approvalPolicy: "bogus" },
      "unknown variant `bogus`, expected one of `untrusted`, `on-request`, " +
      "`granular`, `never`",
    ],
    [
      "thread/start",
      { approvalPolicy: "granular" },
      "invalid type: unit variant, expected struct variant",
    ],
    [
      "thread/start",
      { approvalPolicy: { granular: {}, never: null } },
      "invalid value: map, expected map with a single key",
    ],
    [
      "thread/start",
      { experimentalRawEvents: null },
      "invalid type: null, expected a boolean",
    ],
    [
      "thread/start",
      { environments: [{ environmentId: "local" }] },
      "missing field `cwd`",
    ],
    ["thread/resume", {}, "missing field `threadId`"],
    [
      "thread/resume",
      { threadId, initialTurnsPage: { limit: -1 } },
      "invalid value: integer `-1`, expected u32",
    ],
    [
      "thread/list",
      { sortKey: "name" },
      "unknown variant `name`, expected one of `created_at`, `updated_at`, " +
      "`recency_at`, `section_position`",
    ],
    [
      "thread/list",
      { limit: 4_294_967_296 },
      "invalid value: integer `4294967296`, expected u32",
    ],
    [
      "thread/list",
      { limit: 1.5 },
      "invalid type: floating point `1.5`, expected u32",
    ],
    [
      "thread/list",
      { cwd: 5 },
      "data did not match any variant of untagged enum ThreadListCwdFilter",
    ],
    [
      "thread/list",
      { useStateDbOnly: null },
      "invalid type: null, expected a boolean",
    ],
    [
      "thread/metadata/update",
      { threadId, gitInfo: { sha: 5 } },
      "invalid type: integer `5`, expected a string",
    ],
    [
      "thread/items/list",
      { threadId, cursor: { type: "item" } },
      "data did not match any variant of untagged enum ThreadItemsListCursor",
    ],
    [
      "thread/readState/update",
      { threadId, operation: "read", expectedRevision: "r" },
      'invalid type: string "read", expected internally tagged enum ' +
      "ThreadReadStateOperation",
    ],
    ["thread/section/move", { threadId }, "missing field `sectionId`"],
    [
      "thread/attachment/add",
      { threadId, attachmentType: "t", identityKey: "k" },
      "missing field `payload`",
    ],
    ["thread/rollback", { threadId }, "missing field `numTurns`"],
    [
      "getConversationSummary",
      {},
      "data did not match any variant of untagged enum " +
      "GetConversationSummaryParams",
    ],
    [
      "getConversationSummary",
      [],
      "data did not match any variant of untagged enum " +
      "GetConversationSummaryParams",
    ],
    ["memory/reset", { a: 1 }, "invalid type: map, expected unit"],
  ];
  for (const [method, params, text] of cases) {
    assert.equal(
      refusal(method, params),
      `Invalid request: ${text}`,
      `${method} ${JSON.stringify(params)}`,
    );
  }
});

Deno.test("thread parameters: null is not absence where three states count", () => {
  const cases: [method: string, params: Record<string, unknown>][] = [
    ["thread/start", { serviceTier: null }],
    ["thread/list", { sectionId: null, projectId: null, cwd: null }],
    ["thread/metadata/update", { threadId, gitInfo: { sha: null } }],
    ["thread/metadata/update", { threadId, gitInfo: null }],
    ["thread/metadata/update", { threadId }],
    ["thread/settings/update", { threadId, serviceTier: null, model: null }],
    ["thread/goal/set", { threadId, tokenBudget: null }],
    ["thread/section/move", { threadId, sectionId: null }],
    [
      "threadSection/update",
      { sectionId: "s", name: "n", appearance: null },
    ],
    [
      "thread/attachment/add",
      { threadId, attachmentType: "t", identityKey: "k", payload: null },
    ],
  ];
  for (const [method, params] of cases) {
    assert.equal(refusal(method, params), undefined, method);
  }
});

Deno.test("thread parameters: shapes of earlier versions pass", () => {
  const tool = { name: "a", description: "d", inputSchema: {} };
  const cases: [method: string, params: Record<string, unknown>][] = [
    ["thread/start", { persistExtendedHistory: true, dynamicTools: [tool] }],
    [
      "thread/start",
      {
        dynamicTools: [
          { ...tool, namespace: "n", exposeToContext: false },
          { ...tool, namespace: null, deferLoading: null },
        ],
      },
    ],
    ["thread/resume", { threadId, persistExtendedHistory: null }],
    ["thread/rollback", { threadId, numTurns: 1 }],
    ["thread/turns/items/list", { threadId, turnId: "t", cursor: null }],
  ];
  for (const [method, params] of cases) {
    assert.equal(refusal(method, params), undefined, method);
  }
});

Deno.test("thread/start: a tool is of the form that its type says", () => {
  const tools = (tool: unknown) =>
    refusal("thread/start", { dynamicTools: [tool] });
  const tool = { name: "a", description: "d", inputSchema: {} };
  assert.equal(tools({ ...tool, type: "function" }), undefined);
  assert.equal(
    tools({ ...tool, type: "namespace" }),
    "Invalid request: missing field `tools`",
  );
  assert.equal(
    tools({ ...tool, type: "function", deferLoading: null }),
    "Invalid request: invalid type: null, expected a boolean",
  );
  assert.equal(
    tools({ ...tool, type: "other" }),
    "Invalid request: unknown variant `other`, expected `function` or " +
      "`namespace`",
  );
  assert.equal(
    tools({ name: "a", description: "d" }),
    "Invalid request: missing field `inputSchema`",
  );
  assert.equal(
    tools(5),
    "Invalid request: invalid type: integer `5`, expected struct " +
      "LegacyDynamicToolSpec",
  );
});
