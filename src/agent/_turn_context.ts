import type { SandboxPolicy } from "../protocol/mod.ts";
import {
  tellPermissions,
  type ToldPermissions,
  toRecordedPermissions,
} from "../tools/mod.ts";
import type { Turn } from "./_turn.ts";

/** What a turn was set to, as rollouts have it. */
export function toTurnContext(turn: Turn): Record<string, unknown> {
  const { settings, stage, parts, agent } = turn;
  const { activePermissionProfile: profile } = settings;
  const permissions = tellPermissions(settings, agent.config);
  const recorded = toRecordedPermissions(permissions);
  const files = recorded.file_system;
  return {
    turn_id: stage.turnId,
    root_turn_id: parts.rootTurnId,
    disabled_plugin_ids: settings.disabledPluginIds,
    cwd: settings.cwd,
    approval_policy: settings.approvalPolicy,
    approvals_reviewer: settings.approvalsReviewer,
    permission_profile: recorded,
    ...profile && {
      active_permission_profile: {
        id: profile.id,
        ...profile.extends !== null && { extends: profile.extends },
      },
    },
    model: settings.model,
    ...(settings.effort === null ? {} : { effort: settings.effort }),
    collaboration_mode: settings.collaborationMode,
    multi_agent_version: "v1",
    realtime_active: false,
    summary: settings.summary ?? "none",
    sandbox_policy: toRecordedPolicy(settings.sandboxPolicy),
    // What a policy says in full needs no other words.
    ...files !== undefined && !readsAllAlone(permissions) && {
      file_system_sandbox_policy: {
        kind: files.type,
        entries: files.entries,
      },
    },
  };
}

function readsAllAlone(
  { entries: [first, ...others] }: ToldPermissions,
): boolean {
  return others.length === 0 && first?.access === "read" &&
    first.place.kind === "special" && first.place.name === ":root";
}

/** A policy with the names of rollouts. */
function toRecordedPolicy(policy: SandboxPolicy): unknown {
  switch (policy.type) {
    case "dangerFullAccess":
      return { type: "danger-full-access" };
    case "readOnly":
      return policy.networkAccess === true
        ? { type: "read-only", network_access: true }
        : { type: "read-only" };
    case "externalSandbox":
      return {
        type: "external-sandbox",
        network_access: policy.networkAccess ?? "restricted",
      };
    case "workspaceWrite":
      return {
        type: "workspace-write",
        ...policy.writableRoots?.length && {
          writable_roots: policy.writableRoots,
        },
        network_access: policy.networkAccess ?? false,
        exclude_tmpdir_env_var: policy.excludeTmpdirEnvVar ?? false,
        exclude_slash_tmp: policy.excludeSlashTmp ?? false,
      };
  }
}
