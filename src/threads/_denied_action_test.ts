import assert from "node:assert/strict";
import { type JsonValue, RpcError } from "../protocol/mod.ts";
import { toAllowance } from "./_denied_action.ts";

Deno.test("toAllowance(): tells the very action, and that nothing else is allowed", () => {
  const text = toAllowance({
    id: "r",
    status: "denied",
    action: { type: "command", command: "rm x", cwd: "/w" },
  });
  assert.match(text, /this very action/);
  assert.match(text, /"command": "rm x"/);
});

Deno.test("toAllowance(): refuses what is not the record of a denial", () => {
  const cases: [JsonValue, string][] = [
    [null, "invalid type: null, expected struct GuardianAssessmentEvent"],
    [1, "invalid type: integer `1`, expected struct GuardianAssessmentEvent"],
    [[], "invalid type: sequence, expected struct GuardianAssessmentEvent"],
    [{}, "missing field `id`"],
    [{ id: "x" }, "missing field `status`"],
    [{ id: "x", status: "approved" }, "missing field `action`"],
    [
      { id: "x", status: "approved", action: {} },
      'status must be `denied`, found "approved"',
    ],
  ];
  for (const [event, reason] of cases) {
    assert.throws(
      () => toAllowance(event),
      RpcError.invalidRequest(`invalid Guardian denial event: ${reason}`),
    );
  }
});
