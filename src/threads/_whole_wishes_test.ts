import assert from "node:assert/strict";
import { toWholeWishes } from "./_whole_wishes.ts";

Deno.test("toWholeWishes() fills a policy, and drops what nobody knows", () => {
  const granular = {
    sandbox_approval: true,
    rules: false,
    mcp_elicitations: true,
    unknown: 1,
  };
  assert.deepEqual(toWholeWishes({ approvalPolicy: { granular } }), {
    approvalPolicy: {
      granular: {
        sandbox_approval: true,
        rules: false,
        skill_approval: false,
        request_permissions: false,
        mcp_elicitations: true,
      },
    },
  });
});

Deno.test("toWholeWishes() tells the reviewer by its present name", () => {
  assert.deepEqual(
    toWholeWishes({ approvalsReviewer: "guardian_subagent", model: "m" }),
    { approvalsReviewer: "auto_review", model: "m" },
  );
  const others = { approvalPolicy: "never", approvalsReviewer: null } as const;
  assert.deepEqual(toWholeWishes(others), others);
});
