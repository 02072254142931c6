import type { Config } from "../config/mod.ts";
import type {
  ApprovalsReviewer,
  AskForApproval,
  CollaborationMode,
  Personality,
  ReasoningSummary,
  SandboxPolicy,
  ThreadSettings,
} from "../protocol/mod.ts";
import type { OpenPayload } from "../rollout/mod.ts";
import { tellPermissions, toRecordedPermissions } from "../tools/mod.ts";
import type { Remembered } from "./wishes.ts";
import { toOwnRoots } from "./_workspace_roots.ts";

/** The settings as a `thread_settings_applied` event has them. */
export function toStoredSettings(
  settings: ThreadSettings,
  config: Config,
): OpenPayload {
  const { activePermissionProfile: profile } = settings;
  return {
    model: settings.model,
    model_provider_id: settings.modelProvider,
    approval_policy: settings.approvalPolicy,
    approvals_reviewer: settings.approvalsReviewer,
    sandbox_policy: toStoredPolicy(settings.sandboxPolicy),
    permission_profile: toRecordedPermissions(
      tellPermissions(settings, config),
    ),
    ...profile && {
      active_permission_profile: {
        id: profile.id,
        ...profile.extends !== null && { extends: profile.extends },
      },
    },
    cwd: settings.cwd,
    runtime_workspace_roots: toOwnRoots(settings),
    collaboration_mode: settings.collaborationMode,
    disabled_plugin_ids: settings.disabledPluginIds,
    ...settings.effort !== null && { reasoning_effort: settings.effort },
    ...settings.summary !== null && { reasoning_summary: settings.summary },
    ...settings.serviceTier !== null && { service_tier: settings.serviceTier },
    ...settings.personality !== null && { personality: settings.personality },
  };
}

/** What a stored thread remembers, from its last settings and last turn. */
export function toRemembered(
  settings: OpenPayload | null,
  context: OpenPayload | null,
): Remembered {
  const of = <T>(name: string): T | undefined =>
    (settings?.[name] ?? context?.[name] ?? undefined) as T | undefined;
  const mode = of<CollaborationMode>("collaboration_mode");
  const effort = of<string>("reasoning_effort") ?? of<string>("effort") ??
    mode?.settings?.reasoning_effort ?? undefined;
  const cwd = of<string>("cwd");
  const policy = toPolicy(
    of<OpenPayload>("sandbox_policy") ?? of<OpenPayload>("permission_profile"),
    cwd,
  );
  const profile = of<{ id: string; extends?: string }>(
    "active_permission_profile",
  );
  return defined({
    model: of<string>("model"),
    modelProvider: of<string>("model_provider_id"),
    effort,
    serviceTier: of<string>("service_tier"),
    approvalPolicy: of<AskForApproval>("approval_policy"),
    approvalsReviewer: of<ApprovalsReviewer>("approvals_reviewer"),
    sandboxPolicy: policy,
    activePermissionProfile: profile && {
      id: profile.id,
      extends: profile.extends ?? null,
    },
    cwd,
    runtimeWorkspaceRoots: of<string[]>("runtime_workspace_roots"),
    collaborationMode: mode && {
      mode: mode.mode,
      settings: {
        model: mode.settings.model,
        reasoning_effort: mode.settings.reasoning_effort ?? null,
        developer_instructions: mode.settings.developer_instructions ?? null,
      },
    },
    disabledPluginIds: of<string[]>("disabled_plugin_ids"),
    summary: of<ReasoningSummary>("reasoning_summary"),
    personality: of<Personality>("personality"),
  });
}

/** Whether what a thread remembers is how it is set up now. */
export function isRemembered(
  settings: ThreadSettings,
  config: Config,
  [stored, context]: readonly [OpenPayload | null, OpenPayload | null],
): boolean {
  const now = toRemembered(toStoredSettings(settings, config), context);
  return JSON.stringify(now) === JSON.stringify(toRemembered(stored, context));
}

/** A policy as rollouts have it: names with dashes, fields in snake_case. */
export function toStoredPolicy(policy: SandboxPolicy): OpenPayload {
  switch (policy.type) {
    case "dangerFullAccess":
      return { type: "danger-full-access" };
    case "readOnly":
      return { type: "read-only", network_access: policy.networkAccess };
    case "externalSandbox":
      return { type: "external-sandbox", network_access: policy.networkAccess };
    case "workspaceWrite":
      return {
        type: "workspace-write",
        writable_roots: policy.writableRoots,
        network_access: policy.networkAccess,
        exclude_tmpdir_env_var: policy.excludeTmpdirEnvVar,
        exclude_slash_tmp: policy.excludeSlashTmp,
      };
  }
}

function toPolicy(
  stored: OpenPayload | undefined,
  cwd: string | undefined,
): SandboxPolicy | undefined {
  if (stored === undefined) return undefined;
  const flag = (name: string) => stored[name] === true;
  switch (stored["type"]) {
    case "danger-full-access":
    case "disabled":
      return { type: "dangerFullAccess" };
    case "read-only":
      return { type: "readOnly", networkAccess: flag("network_access") };
    case "external-sandbox":
    case "external":
      return {
        type: "externalSandbox",
        networkAccess: [stored["network_access"], stored["network"]]
            .includes("enabled")
          ? "enabled"
          : "restricted",
      };
    case "workspace-write":
      return {
        type: "workspaceWrite",
        writableRoots: (stored["writable_roots"] ?? []) as string[],
        networkAccess: flag("network_access"),
        excludeTmpdirEnvVar: flag("exclude_tmpdir_env_var"),
        excludeSlashTmp: flag("exclude_slash_tmp"),
      };
    case "managed":
      return toManaged(stored, cwd);
    default:
      return undefined;
  }
}

/** What the entries of a profile come to. */
function toManaged(
  stored: OpenPayload,
  cwd: string | undefined,
): SandboxPolicy {
  const { entries = [] } = (stored["file_system"] ?? {}) as {
    entries?: {
      access: string;
      path: { type: string; path?: string; value?: { kind: string } };
    }[];
  };
  const networkAccess = stored["network"] === "enabled";
  const written = entries.filter(({ access }) => access === "write");
  if (written.length === 0) return { type: "readOnly", networkAccess };
  const kinds = new Set(written.map(({ path }) => path.value?.kind));
  return {
    type: "workspaceWrite",
    writableRoots: written.flatMap(({ path }) => path.path ?? [])
      .filter((path) => path !== cwd),
    networkAccess,
    excludeTmpdirEnvVar: !kinds.has("tmpdir"),
    excludeSlashTmp: !kinds.has("slash_tmp"),
  };
}

function defined<T extends object>(
  fields: { [K in keyof T]: T[K] | undefined },
): T {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as T;
}
