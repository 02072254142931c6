import assert from "node:assert/strict";
import type { AskForApproval } from "../protocol/mod.ts";
import { decidePatch, type PatchOrder, SessionApprovals } from "./mod.ts";

const asking = (sandbox_approval: boolean): AskForApproval => ({
  granular: { sandbox_approval, rules: true, mcp_elicitations: true },
});

/** A policy, and what becomes of patches: see the places below. */
const matrix: readonly (readonly [
  policy: AskForApproval,
  outcomes: readonly string[],
])[] = [
  ["untrusted", ["ask", "ask", "ask", "ask"]],
  ["on-request", ["ask", "run", "ask", "run"]],
  ["never", ["read-only", "run", "outside", "run"]],
  [asking(true), ["ask", "run", "ask", "run"]],
  [asking(false), ["read-only", "run", "outside", "run"]],
];

const places: readonly Pick<PatchOrder, "writable" | "isWithin">[] = [
  { writable: "nothing", isWithin: false },
  { writable: "places", isWithin: true },
  { writable: "places", isWithin: false },
  { writable: "everything", isWithin: false },
];

const texts: Readonly<Record<string, string>> = {
  "read-only": "patch rejected: writing is blocked by read-only sandbox; " +
    "rejected by user approval settings",
  outside: "patch rejected: writing outside of the project; rejected by user " +
    "approval settings",
};

for (const [approvalPolicy, outcomes] of matrix) {
  Deno.test(`decidePatch() under ${JSON.stringify(approvalPolicy)}`, () => {
    for (const [at, place] of places.entries()) {
      const decision = decidePatch({
        approvalPolicy,
        places: ["/w/a"],
        sessionApprovals: new SessionApprovals(),
        ...place,
      });
      const outcome = outcomes[at]!;
      const text = texts[outcome];
      assert.deepEqual(
        decision,
        text === undefined ? { kind: outcome } : { kind: "refuse", text },
      );
    }
  });
}

Deno.test("decidePatch() remembers files, and no others with them", () => {
  const sessionApprovals = new SessionApprovals();
  sessionApprovals.addFiles(["/w/a", "/w/b"]);
  const decisionOn = (...places: string[]) =>
    decidePatch({
      approvalPolicy: "untrusted",
      writable: "places",
      isWithin: true,
      places,
      sessionApprovals,
    }).kind;
  assert.deepEqual(
    [
      decisionOn("/w/a"),
      decisionOn("/w/b", "/w/a"),
      decisionOn("/w/a", "/w/c"),
      decisionOn("/w/a/b"),
      decisionOn("/w"),
      decisionOn(),
    ],
    ["run", "run", "ask", "ask", "ask", "ask"],
  );
});

Deno.test("decidePatch() does not let an approval of a file undo a policy", () => {
  const sessionApprovals = new SessionApprovals();
  sessionApprovals.addFiles(["/x"]);
  const decision = decidePatch({
    approvalPolicy: "never",
    writable: "places",
    isWithin: false,
    places: ["/x"],
    sessionApprovals,
  });
  assert.equal(decision.kind, "refuse");
});
