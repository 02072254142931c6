import type { SandboxPolicy } from "../protocol/mod.ts";
import { toSnakeCase } from "./_snake_case.ts";
import type { Turn } from "./_turn.ts";

/** What a turn was set to, as rollouts have it. */
export function toTurnContext(turn: Turn): Record<string, unknown> {
  const { settings, stage, parts } = turn;
  return {
    turn_id: stage.turnId,
    root_turn_id: parts.rootTurnId,
    disabled_plugin_ids: settings.disabledPluginIds,
    cwd: settings.cwd,
    approval_policy: settings.approvalPolicy,
    approvals_reviewer: settings.approvalsReviewer,
    permission_profile: toProfile(settings.sandboxPolicy, settings.cwd),
    model: settings.model,
    ...(settings.effort === null ? {} : { effort: settings.effort }),
    collaboration_mode: settings.collaborationMode,
    multi_agent_version: "v1",
    realtime_active: false,
    summary: settings.summary ?? "none",
    sandbox_policy: toRecordedPolicy(settings.sandboxPolicy),
  };
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
        ...toSnakeCase({ ...policy }) as Record<string, unknown>,
        type: "workspace-write",
        network_access: policy.networkAccess ?? false,
        exclude_tmpdir_env_var: policy.excludeTmpdirEnvVar ?? false,
        exclude_slash_tmp: policy.excludeSlashTmp ?? false,
      };
  }
}

/** The same as a profile of permissions. */
function toProfile(policy: SandboxPolicy, cwd: string): unknown {
  if (policy.type === "dangerFullAccess") return { type: "disabled" };
  const network = policy.networkAccess === true ||
      policy.networkAccess === "enabled"
    ? "enabled"
    : "restricted";
  if (policy.type === "externalSandbox") return { type: "external", network };
  const entries: unknown[] = [special("root", "read")];
  if (policy.type === "workspaceWrite") {
    entries.push(path(cwd));
    if (policy.excludeSlashTmp !== true) {
      entries.push(special("slash_tmp", "write"));
    }
    if (policy.excludeTmpdirEnvVar !== true) {
      entries.push(special("tmpdir", "write"));
    }
    for (const root of policy.writableRoots ?? []) entries.push(path(root));
  }
  return {
    type: "managed",
    file_system: { type: "restricted", entries },
    network,
  };
}

function special(kind: string, access: string): unknown {
  return { path: { type: "special", value: { kind } }, access };
}

function path(value: string): unknown {
  return { path: { type: "path", path: value }, access: "write" };
}
