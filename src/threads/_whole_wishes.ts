import type { ApprovalsReviewer, AskForApproval } from "../protocol/mod.ts";
import { toWholeRoots } from "./_workspace_roots.ts";

/** What settings and clients' wishes for them have in common. */
interface Common {
  readonly approvalPolicy?: AskForApproval | null;
  readonly approvalsReviewer?: ApprovalsReviewer | null;
  readonly runtimeWorkspaceRoots?: readonly string[] | null;
}

/**
 * Wishes as they are told and stored: a policy with all its fields and no other
 * ones, the reviewer under its present name, each root once.
 */
export function toWholeWishes<T extends Common>(wishes: T): T {
  const {
    approvalPolicy: policy,
    approvalsReviewer: reviewer,
    runtimeWorkspaceRoots: roots,
  } = wishes;
  return {
    ...wishes,
    ...policy != null && { approvalPolicy: toWholePolicy(policy) },
    ...roots != null && { runtimeWorkspaceRoots: toWholeRoots(roots) },
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
