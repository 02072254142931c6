import type { Config } from "../config/mod.ts";
import {
  type AskForApproval,
  RpcError,
  type SandboxMode,
  type ThreadSettings,
} from "../protocol/mod.ts";

type Demanding = Pick<Config, "requirements" | "demandSources">;

/** Fields of settings that an administrator can narrow. */
const keys = [
  "approvalPolicy",
  "approvalsReviewer",
  "sandboxPolicy",
  "activePermissionProfile",
] as const;

/** What a thread may be set to of those. */
export type Narrowed = Pick<ThreadSettings, typeof keys[number]>;

/**
 * Settings as the administrator's requirements let them be: whoever asked for
 * more, a client, a stored thread or a configuration, gets less.
 *
 * @param onFallback Told what was not granted, in words for users.
 */
export function narrow<T extends Narrowed>(
  settings: T,
  config: Demanding,
  onFallback: (message: string) => void = () => {},
): T {
  const { requirements } = config;
  if (requirements === null) return settings;
  let narrowed = settings;
  const fallBack = (key: string, reason: string | undefined, to: object) => {
    if (reason === undefined) return;
    const [first] = Object.values(to);
    onFallback(
      `Configured value for \`${key}\` is disallowed by requirements; falling ` +
        `back to required value ${toName(first)}. Details: ${reason}`,
    );
    narrowed = { ...narrowed, ...to };
  };
  const [approvalPolicy = "on-request"] =
    requirements.allowedApprovalPolicies ?? [];
  fallBack("approval_policy", policyFlaw(settings, config), {
    approvalPolicy,
  });
  const [approvalsReviewer = "user"] = requirements.allowedApprovalsReviewers ??
    [];
  fallBack("approvals_reviewer", reviewerFlaw(settings, config), {
    approvalsReviewer,
  });
  fallBack("permission_profile", permissionFlaw(settings, config), {
    sandboxPolicy: { type: "readOnly", networkAccess: false },
    activePermissionProfile: null,
  });
  return narrowed;
}

/**
 * Refuses changes of settings that the administrator's requirements don't let.
 *
 * @throws {RpcError} says which.
 */
export function refuseWider(
  before: Narrowed,
  after: Narrowed,
  config: Demanding,
): void {
  if (config.requirements === null) return;
  const isSame = (...names: typeof keys[number][]) =>
    names.every((name) =>
      JSON.stringify(before[name]) === JSON.stringify(after[name])
    );
  const flaw =
    (isSame("approvalPolicy") ? undefined : policyFlaw(after, config)) ??
      (isSame("approvalsReviewer") ? undefined : reviewerFlaw(after, config)) ??
      (isSame("sandboxPolicy", "activePermissionProfile")
        ? undefined
        : permissionFlaw(after, config));
  if (flaw === undefined) return;
  throw RpcError.invalidRequest(`invalid thread settings override: ${flaw}`);
}

function policyFlaw(
  { approvalPolicy }: Narrowed,
  { requirements, demandSources }: Demanding,
): string | undefined {
  const allowed = requirements?.allowedApprovalPolicies;
  const text = toKey(approvalPolicy);
  if (!allowed || allowed.some((one) => toKey(one) === text)) return undefined;
  return disallowed(
    "approval_policy",
    approvalPolicy,
    allowed,
    demandSources.allowed_approval_policies,
  );
}

function reviewerFlaw(
  { approvalsReviewer }: Narrowed,
  { requirements, demandSources }: Demanding,
): string | undefined {
  const allowed = requirements?.allowedApprovalsReviewers;
  const name = toName(approvalsReviewer);
  if (!allowed || allowed.some((one) => toName(one) === name)) return undefined;
  return disallowed(
    "approvals_reviewer",
    approvalsReviewer,
    allowed,
    demandSources.allowed_approvals_reviewers,
  );
}

const modes: Readonly<
  Record<ThreadSettings["sandboxPolicy"]["type"], SandboxMode | undefined>
> = {
  readOnly: "read-only",
  workspaceWrite: "workspace-write",
  dangerFullAccess: "danger-full-access",
  externalSandbox: undefined,
};

const profiles: Readonly<Record<SandboxMode, string>> = {
  "read-only": ":read-only",
  "workspace-write": ":workspace",
  "danger-full-access": ":danger-full-access",
};

function permissionFlaw(
  { sandboxPolicy, activePermissionProfile: profile }: Narrowed,
  { requirements, demandSources }: Demanding,
): string | undefined {
  const { allowedSandboxModes, allowedPermissionProfiles } = requirements ?? {};
  const mode = modes[sandboxPolicy.type];
  if (
    allowedSandboxModes &&
    (mode === undefined || !allowedSandboxModes.includes(mode))
  ) {
    return disallowed(
      "sandbox_mode",
      sandboxPolicy,
      allowedSandboxModes,
      demandSources.allowed_sandbox_modes,
    );
  }
  // What reads alone is where everybody falls back to.
  const isLeast = sandboxPolicy.type === "readOnly" &&
    (profile === null || profile.id === profiles["read-only"]);
  if (!allowedPermissionProfiles || isLeast) return undefined;
  const id = profile?.id ?? (mode && profiles[mode]);
  if (id !== undefined && allowedPermissionProfiles[id] === true) {
    return undefined;
  }
  return `permission profile \`${id ?? sandboxPolicy.type}\` is not allowed ` +
    `(set by ${toOrigin(demandSources.allowed_permission_profiles)})`;
}

function toOrigin(path: string | undefined): string {
  return path ?? "requirements.toml";
}

function disallowed(
  key: string,
  value: unknown,
  allowed: readonly unknown[],
  path: string | undefined,
): string {
  const set = allowed.map(toName).join(", ");
  return `invalid value for \`${key}\`: \`${toName(value)}\` is not in the ` +
    `allowed set [${set}] (set by ${toOrigin(path)})`;
}

/** Granular policies count by what they say, whatever the order. */
function toKey(policy: AskForApproval): string {
  if (typeof policy === "string") return policy;
  const on = Object.entries(policy.granular).filter(([, isOn]) => isOn === true)
    .map(([name]) => name);
  return `granular:${on.sort().join()}`;
}

const names: Readonly<Record<string, string>> = {
  "untrusted": "UnlessTrusted",
  "guardian_subagent": "AutoReview",
};

/** A value as messages of this kind name it. */
function toName(value: unknown): string {
  if (typeof value !== "string") {
    const fields = value as { type?: string };
    return fields.type === undefined ? "Granular" : toName(fields.type);
  }
  return names[value] ?? value.replaceAll(
    /(?:^|[-_])([a-z])/g,
    (_, letter: string) => letter.toUpperCase(),
  );
}
