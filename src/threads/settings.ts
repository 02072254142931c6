import { collaborationInstructions } from "../agent/mod.ts";
import type { Config, ConfigValue } from "../config/mod.ts";
import {
  type ApprovalsReviewer,
  type AskForApproval,
  type CollaborationMode,
  type Personality,
  type ReasoningSummary,
  RpcError,
  type ThreadSettings,
} from "../protocol/mod.ts";
import { findHere } from "../tools/mod.ts";
import { readText } from "./_config_text.ts";
import { local, toEnvironments, withRoots } from "./_environment_settings.ts";
import {
  toLasting,
  toNoWider,
  toPermissions,
  toRoots,
} from "./_permission_settings.ts";
import { narrow, refuseWider } from "./_requirements.ts";
import { toKnownTier, toTier } from "./_service_tier.ts";
import { toWholePolicy } from "./_whole_policy.ts";
import { toWholeWishes } from "./_whole_wishes.ts";
import type { Changes, Ground, Remembered, Wishes } from "./wishes.ts";
import { moveRoots } from "./_workspace_roots.ts";

/**
 * The settings of a thread that is opened: what the client says, else what the
 * thread remembers, else the configuration; never more than the administrator's
 * requirements let.
 *
 * @throws {RpcError} if wishes contradict each other.
 */
export function resolveSettings(
  wishes: Wishes,
  remembered: Remembered,
  ground: Ground,
): ThreadSettings {
  const settings = toWished(
    toWholeWishes(wishes),
    toWholeWishes(remembered),
    ground,
  );
  return narrow(settings, ground.config, ground.onFallback);
}

function toWished(
  wishes: Wishes,
  remembered: Remembered,
  {
    config,
    cwd,
    trust,
    defaultModel,
    serviceTiers,
    environmentIds = [],
    onOmission,
  }: Ground,
): ThreadSettings {
  const model = wishes.model ?? remembered.model ?? readText(config, "model") ??
    defaultModel;
  if (model.trim() === "") {
    throw RpcError.invalidRequest(
      "No models are available. Set `model` explicitly or check your model " +
        "catalog configuration.",
    );
  }
  const effort = remembered.effort ??
    readText(config, "model_reasoning_effort") ?? null;
  const lasting = toLasting(remembered, config);
  const { runtimeWorkspaceRoots: known } = remembered;
  const roots = wishes.runtimeWorkspaceRoots ??
    (known && moveRoots(known, remembered.cwd, cwd)) ??
    toRoots(wishes, lasting, { config, cwd });
  const permissions = toPermissions(wishes, lasting, {
    config,
    trust,
    cwd,
    roots,
  });
  const isSaid = wishes.permissions != null || wishes.sandbox != null;
  return {
    disabledPluginIds: remembered.disabledPluginIds ?? [],
    cwd,
    environments: toEnvironments(wishes.environments, {
      cwd,
      roots,
      environmentIds,
    }),
    approvalPolicy: wishes.approvalPolicy ?? remembered.approvalPolicy ??
      toApprovalPolicy(config.get("approval_policy")) ??
      (trust === "untrusted" ? "untrusted" : "on-request"),
    approvalsReviewer: wishes.approvalsReviewer ??
      remembered.approvalsReviewer ??
      (readText(config, "approvals_reviewer") as
        | ApprovalsReviewer
        | undefined) ??
      "user",
    ...isSaid ? permissions : toNoWider(permissions, remembered),
    model,
    modelProvider: wishes.modelProvider ?? remembered.modelProvider ??
      readText(config, "model_provider") ?? "openai",
    serviceTier: toKnownTier(
      toTier(wishes.serviceTier) ?? remembered.serviceTier ??
        toTier(readText(config, "service_tier")),
      { model, known: serviceTiers(model), onOmission },
    ),
    effort,
    summary: remembered.summary ??
      (readText(config, "model_reasoning_summary") as
        | ReasoningSummary
        | undefined) ??
      null,
    collaborationMode: {
      mode: remembered.collaborationMode?.mode ?? "default",
      settings: {
        developer_instructions: null,
        ...remembered.collaborationMode?.settings,
        model,
        reasoning_effort: effort,
      },
    },
    multiAgentMode: "explicitRequestOnly",
    personality: wishes.personality ?? remembered.personality ??
      (readText(config, "personality") as Personality | undefined) ?? null,
  };
}

/** What the configuration tells models first; null if nothing of its own. */
export function toInstructions(config: Config): string | null {
  return readText(config, "instructions") ?? null;
}

/**
 * The settings with what a client changes of them; the same object if that is
 * nothing.
 *
 * @throws {RpcError} if changes contradict each other, or the administrator's
 * requirements don't let them be.
 */
export function changeSettings(
  settings: ThreadSettings,
  wishes: Changes,
  { config, cwd, environmentIds = [] }: Pick<
    Ground,
    "config" | "cwd" | "environmentIds"
  >,
): ThreadSettings {
  const changes = toWholeWishes(wishes);
  const mode = changes.collaborationMode;
  const model = mode?.settings.model ?? changes.model ?? settings.model;
  const effort = mode
    ? mode.settings.reasoning_effort ?? null
    : changes.effort ?? settings.effort;
  const hasPermissions = changes.sandboxPolicy != null ||
    changes.permissions != null;
  if (changes.sandboxPolicy != null && changes.permissions != null) {
    throw RpcError.invalidRequest(
      "`permissions` cannot be combined with `sandboxPolicy`",
    );
  }
  const environment = findHere(settings);
  const asked = changes.environments == null
    ? undefined
    : toEnvironments(changes.environments, {
      cwd,
      roots: [],
      environmentIds,
    });
  // A thread is where it works on this machine, unless that is said, too.
  const askedHere = asked?.find(({ environmentId }) => environmentId === local);
  const here = changes.cwd == null ? askedHere?.cwd ?? cwd : cwd;
  const before = environment?.cwd ?? settings.cwd;
  const roots = changes.runtimeWorkspaceRoots ??
    moveRoots(environment?.runtimeWorkspaceRoots ?? [here], before, here);
  const profile = settings.activePermissionProfile?.id;
  const next: ThreadSettings = {
    ...settings,
    cwd: here,
    environments: asked ??
      (changes.cwd == null
        ? withRoots(settings.environments, changes.runtimeWorkspaceRoots)
        : toEnvironments(null, { cwd: here, roots, environmentIds })),
    approvalPolicy: changes.approvalPolicy ?? settings.approvalPolicy,
    approvalsReviewer: changes.approvalsReviewer ?? settings.approvalsReviewer,
    model,
    effort,
    summary: changes.summary ?? settings.summary,
    serviceTier: toTier(changes.serviceTier) ?? settings.serviceTier,
    personality: changes.personality ?? settings.personality,
    disabledPluginIds: changes.disabledPluginIds != null
      ? [...changes.disabledPluginIds]
      : settings.disabledPluginIds,
    collaborationMode: mode != null ? withInstructions(mode) : {
      mode: settings.collaborationMode.mode,
      settings: {
        ...settings.collaborationMode.settings,
        model,
        reasoning_effort: effort,
      },
    },
    ...hasPermissions && toPermissions(
      { permissions: changes.permissions ?? null },
      {
        sandboxPolicy: changes.sandboxPolicy == null
          ? settings.sandboxPolicy
          : toWholePolicy(changes.sandboxPolicy),
      },
      { config, trust: undefined, cwd: here, roots },
    ),
    // What a profile opens depends on where that is.
    ...!hasPermissions && profile !== undefined &&
      toPermissions({}, settings, {
        config,
        trust: undefined,
        cwd: here,
        roots,
      }),
  };
  refuseWider(settings, next, config);
  return JSON.stringify(next) === JSON.stringify(settings) ? settings : next;
}

/** A mode with what it tells the model, where a client has no words of its own. */
function withInstructions(
  { mode, settings }: CollaborationMode,
): CollaborationMode {
  return {
    mode,
    settings: {
      ...settings,
      developer_instructions: settings.developer_instructions ??
        collaborationInstructions(mode),
    },
  };
}

function toApprovalPolicy(
  value: ConfigValue | undefined,
): AskForApproval | undefined {
  if (value === undefined) return undefined;
  return value as unknown as AskForApproval; // the configuration was checked
}
