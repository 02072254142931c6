import type { ApprovalsReviewer, AskForApproval } from "../protocol/mod.ts";

/** What settings and clients' wishes for them have in common. */
interface Approvals {
  readonly approvalPolicy?: AskForApproval | null;
  readonly approvalsReviewer?: ApprovalsReviewer | null;
}

/**
 * Wishes as they are told and stored: a policy with all its fields and no other
 * ones, the reviewer under its present name.
 */
export function toWholeWishes<T extends Approvals>(wishes: T): T {
  const { approvalPolicy: policy, approvalsReviewer: reviewer } = wishes;
  return {
    ...wishes,
    ...policy != null && { approvalPolicy: toWholePolicy(policy) },
    ...reviewer === "guardian_subagent" && { approvalsReviewer: "auto_review" },
  };
}

function toWholePolicy(policy: AskForApproval): AskForApproval {
  if (typeof policy === "string") return policy;
  const { granular } = policy;
  return {
    granular: {
      sandbox_approval: granular.sandbox_approval,
      rules: granular.rules,
      skill_approval: granular.skill_approval ?? false,
      request_permissions: granular.request_permissions ?? false,
      mcp_elicitations: granular.mcp_elicitations,
    },
  };
}
