import type {
  PermissionsRequestApprovalResponse,
  RequestPermissionProfile,
  ThreadSettings,
} from "../protocol/mod.ts";
import type { Interviewer } from "./interviewer.ts";
import type { Site } from "./site.ts";
import type { ToolContext } from "./tool.ts";

/** Permissions that a model asks for. */
export interface PermissionsQuestion {
  readonly callId: string;
  readonly reason: string | null;
  readonly permissions: RequestPermissionProfile;
  /** Where it would hold. */
  readonly site: Pick<Site, "id" | "cwd">;
}

/**
 * What is granted of the permissions that a model asks for; nothing if nobody
 * may be asked.
 *
 * @throws {unknown} the signal's reason.
 */
export async function askForPermissions(
  interviewer: Interviewer,
  asked: PermissionsQuestion,
  context: ToolContext,
): Promise<PermissionsRequestApprovalResponse> {
  const { settings, stage } = context;
  const nothing = { permissions: {} };
  if (!mayAskForPermissions(settings)) return nothing;
  return await interviewer.inTurn(context, async () => {
    const { callId: itemId, reason, permissions, site } = asked;
    const verdict = await interviewer.review({
      action: { type: "requestPermissions", reason, permissions },
      reason,
      itemId,
      show: () => {},
    }, context);
    if (verdict !== undefined) {
      return verdict === "accept" ? { permissions } : nothing;
    }
    const answer = await interviewer.ask(
      "item/permissions/requestApproval",
      {
        threadId: stage.threadId,
        turnId: stage.turnId,
        itemId,
        environmentId: site.id,
        startedAtMs: Date.now(),
        cwd: site.cwd,
        reason,
        permissions,
      },
      context,
    );
    return answer ?? nothing;
  });
}

function mayAskForPermissions({ approvalPolicy }: ThreadSettings): boolean {
  return typeof approvalPolicy === "object"
    ? approvalPolicy.granular.request_permissions ?? false
    : approvalPolicy !== "never";
}
