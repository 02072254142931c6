import type { AskForApproval } from "../protocol/mod.ts";
import type { SessionApprovals } from "./session_approvals.ts";

/** A patch that a model wants to apply, and in what circumstances. */
export interface PatchOrder {
  /** When a person is asked. */
  readonly approvalPolicy: AskForApproval;
  /** What the sandbox lets be written: nothing, some places, everything. */
  readonly writable: "nothing" | "places" | "everything";
  /** Whether all that the patch changes lies in those places. */
  readonly isWithin: boolean;
  /** Real paths of all that the patch changes. */
  readonly places: readonly string[];
  /** What was approved before. */
  readonly sessionApprovals: SessionApprovals;
}

/**
 * Decides about a patch: apply it, ask a person, or refuse it with a text for the
 * model.
 */
export function decidePatch(
  order: PatchOrder,
): { kind: "run" } | { kind: "ask" } | { kind: "refuse"; text: string } {
  const { approvalPolicy: policy, writable, isWithin, places } = order;
  const isFree = writable === "everything" || writable === "places" && isWithin;
  if (isFree && policy !== "untrusted") return { kind: "run" };
  const mayAsk = policy !== "never" &&
    (typeof policy !== "object" || policy.granular.sandbox_approval);
  if (!mayAsk) {
    const reason = writable === "nothing"
      ? "writing is blocked by read-only sandbox"
      : "writing outside of the project";
    const text =
      `patch rejected: ${reason}; rejected by user approval settings`;
    return { kind: "refuse", text };
  }
  const isApproved = order.sessionApprovals.hasFiles(places);
  return { kind: isApproved ? "run" : "ask" };
}
