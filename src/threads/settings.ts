import { collaborationInstructions } from "../agent/mod.ts";
import type { Config, ConfigValue, TrustLevel } from "../config/mod.ts";
import {
  type ApprovalsReviewer,
  type AskForApproval,
  type CollaborationMode,
  type Personality,
  type ReasoningEffort,
  type ReasoningSummary,
  RpcError,
  type SandboxMode,
  type SandboxPolicy,
  type ThreadEnvironment,
  type ThreadSettings,
  type TurnEnvironmentParams,
} from "../protocol/mod.ts";
import {
  findHere,
  InvalidPermission,
  isOwnProfile,
  tellOwnProfile,
} from "../tools/mod.ts";
import { narrow, refuseWider } from "./_requirements.ts";
import { toKnownTier, toTier } from "./_service_tier.ts";
import { toWholePolicy } from "./_whole_policy.ts";
import { toWholeWishes } from "./_whole_wishes.ts";

/** What a client may say of a thread's settings when it opens one. */
export interface Wishes {
  readonly model?: string | null;
  readonly modelProvider?: string | null;
  readonly serviceTier?: string | null;
  readonly cwd?: string | null;
  readonly runtimeWorkspaceRoots?: readonly string[] | null;
  readonly approvalPolicy?: AskForApproval | null;
  readonly approvalsReviewer?: ApprovalsReviewer | null;
  readonly sandbox?: SandboxMode | null;
  readonly permissions?: string | null;
  readonly personality?: Personality | null;
  readonly environments?: readonly TurnEnvironmentParams[] | null;
}

/** What a client may change of them later. */
export interface Changes extends Omit<Wishes, "sandbox" | "modelProvider"> {
  readonly sandboxPolicy?: SandboxPolicy | null;
  readonly effort?: ReasoningEffort | null;
  readonly summary?: ReasoningSummary | null;
  readonly collaborationMode?: CollaborationMode | null;
  readonly disabledPluginIds?: readonly string[] | null;
}

/** What a stored thread remembers of them. */
export type Remembered = Partial<
  Pick<
    ThreadSettings,
    | "model"
    | "modelProvider"
    | "effort"
    | "serviceTier"
    | "approvalPolicy"
    | "approvalsReviewer"
    | "sandboxPolicy"
    | "activePermissionProfile"
    | "cwd"
    | "collaborationMode"
    | "disabledPluginIds"
  >
>;

/** What settings are made from besides the wishes. */
export interface Ground {
  readonly config: Config;
  /** Absolute; where the thread works. */
  readonly cwd: string;
  /** What the user says of the project there. */
  readonly trust: TrustLevel | undefined;
  /** The model when nobody names one. */
  readonly defaultModel: string;
  /** Service tiers that a model knows. */
  readonly serviceTiers: (model: string) => readonly string[];
  /** Ids of the places beside this machine, in order. Default: none. */
  readonly environmentIds?: readonly string[];
  /** Told what the administrator's requirements did not let be. */
  readonly onFallback?: (message: string) => void;
}

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
  { config, cwd, trust, defaultModel, serviceTiers, environmentIds = [] }:
    Ground,
): ThreadSettings {
  const model = wishes.model ?? remembered.model ?? text(config, "model") ??
    defaultModel;
  if (model.trim() === "") {
    throw RpcError.invalidRequest(
      "No models are available. Set `model` explicitly or check your model " +
        "catalog configuration.",
    );
  }
  // Another model than the remembered one may not know its effort.
  const isOther = wishes.model != null && wishes.model !== remembered.model;
  const effort = (isOther ? undefined : remembered.effort) ??
    text(config, "model_reasoning_effort") ?? null;
  const roots = wishes.runtimeWorkspaceRoots ??
    toRoots(wishes, remembered, { config, cwd });
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
      (text(config, "approvals_reviewer") as ApprovalsReviewer | undefined) ??
      "user",
    ...toPermissions(wishes, remembered, { config, trust, cwd, roots }),
    model,
    modelProvider: wishes.modelProvider ?? remembered.modelProvider ??
      text(config, "model_provider") ?? "openai",
    serviceTier: toKnownTier(
      toTier(wishes.serviceTier) ?? remembered.serviceTier ??
        toTier(text(config, "service_tier")),
      serviceTiers(model),
    ),
    effort,
    summary: (text(config, "model_reasoning_summary") as
      | ReasoningSummary
      | undefined) ?? null,
    collaborationMode: remembered.collaborationMode ?? {
      mode: "default",
      settings: {
        model,
        reasoning_effort: effort,
        developer_instructions: null,
      },
    },
    multiAgentMode: "explicitRequestOnly",
    personality: wishes.personality ??
      (text(config, "personality") as Personality | undefined) ?? null,
  };
}

/** What the configuration tells models first; null if nothing of its own. */
export function toInstructions(config: Config): string | null {
  return text(config, "instructions") ?? null;
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
  const hasMoved = here !== (environment?.cwd ?? settings.cwd);
  const roots = changes.runtimeWorkspaceRoots ??
    (hasMoved ? [here] : environment?.runtimeWorkspaceRoots ?? [here]);
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

/** Id of this machine. */
const local = "local";

/**
 * The places that a thread works in: those that a client names, else all that
 * there are.
 *
 * @throws {RpcError} if one is named that is not there, or twice.
 */
function toEnvironments(
  asked: readonly TurnEnvironmentParams[] | null | undefined,
  { cwd, roots, environmentIds }:
    & Pick<Required<Ground>, "cwd" | "environmentIds">
    & { readonly roots: readonly string[] },
): ThreadEnvironment[] {
  const ids = [local, ...environmentIds];
  if (asked == null) {
    return ids.map((environmentId) => ({
      environmentId,
      cwd,
      runtimeWorkspaceRoots: [...roots],
    }));
  }
  for (const { environmentId, ...its } of asked) {
    checkIsAbsolute(its.cwd, `cwd for environment \`${environmentId}\``);
    for (const root of its.runtimeWorkspaceRoots ?? []) {
      const what =
        `runtime workspace root for environment \`${environmentId}\``;
      checkIsAbsolute(root, what);
    }
  }
  const seen = new Set<string>();
  return asked.map(({ environmentId, ...its }) => {
    const isTwice = seen.size === seen.add(environmentId).size;
    if (isTwice || !ids.includes(environmentId)) {
      throw RpcError.invalidRequest(
        `${isTwice ? "duplicate" : "unknown"} turn environment id ` +
          `\`${environmentId}\``,
      );
    }
    return {
      environmentId,
      cwd: its.cwd,
      runtimeWorkspaceRoots: its.runtimeWorkspaceRoots ?? [its.cwd],
    };
  });
}

/** The same places, with other roots on this machine. */
function withRoots(
  environments: ThreadSettings["environments"],
  roots: Changes["runtimeWorkspaceRoots"],
): ThreadSettings["environments"] {
  if (roots == null || environments === null) return environments;
  return environments.map((one) =>
    one.environmentId === local
      ? { ...one, runtimeWorkspaceRoots: [...roots] }
      : one
  );
}

function checkIsAbsolute(path: string, what: string): void {
  if (/^(?:\/|\\\\|[A-Za-z]:[\\/])/.test(path)) return;
  throw RpcError.invalidRequest(
    `invalid ${what}: path \`${path}\` does not use absolute POSIX or Windows ` +
      "path syntax",
  );
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

/** What permissions depend on. */
type Place = Pick<Ground, "config" | "cwd"> & {
  readonly roots: readonly string[];
};

type Permissions = Pick<
  ThreadSettings,
  "sandboxPolicy" | "activePermissionProfile"
>;

/**
 * Where a thread works if nobody says: also where the settings of a mode let it
 * write, unless a profile takes their place.
 */
function toRoots(
  { permissions }: Wishes,
  { sandboxPolicy }: Remembered,
  { config, cwd }: Pick<Ground, "config" | "cwd">,
): readonly string[] {
  const isOfProfile = permissions != null ||
    sandboxPolicy !== undefined ||
    text(config, "default_permissions") !== undefined;
  return isOfProfile ? [cwd] : [...new Set([cwd, ...writableRoots(config)])];
}

function toPermissions(
  { sandbox, permissions }: Pick<Wishes, "sandbox" | "permissions">,
  remembered: Remembered,
  { trust, ...place }: Place & Pick<Ground, "trust">,
): Permissions {
  const { config } = place;
  if (permissions != null) {
    if (sandbox != null) {
      throw RpcError.invalidRequest(
        "`permissions` cannot be combined with `sandbox`",
      );
    }
    return toProfile(permissions, place);
  }
  if (sandbox != null) return toMode(sandbox, place);
  if (remembered.sandboxPolicy !== undefined) {
    const { sandboxPolicy, activePermissionProfile = null } = remembered;
    const id = activePermissionProfile?.id;
    // One that was taken away since stays what it came to.
    return id !== undefined && exists(id, config)
      ? toProfile(id, place)
      : { sandboxPolicy, activePermissionProfile };
  }
  const profile = text(config, "default_permissions");
  if (profile !== undefined) return toProfile(profile, place);
  const mode = text(config, "sandbox_mode") as SandboxMode | undefined;
  if (mode !== undefined) return toMode(mode, place);
  // Who has said what a project is, works on it, and not only in it.
  const isTuned = config.get("sandbox_workspace_write") !== undefined;
  if (isTuned) {
    return toMode(trust === undefined ? "read-only" : "workspace-write", place);
  }
  return toProfile(trust === undefined ? ":read-only" : ":workspace", place);
}

function exists(id: string, config: Config): boolean {
  return isOwnProfile(id)
    ? config.get(["permissions", id]) !== undefined
    : [":read-only", ":workspace", ":danger-full-access"].includes(id);
}

function toProfile(id: string, { config, cwd, roots }: Place): Permissions {
  try {
    const told = tellOwnProfile(id, config, { cwd, roots });
    return {
      sandboxPolicy: told?.policy ?? { type: "dangerFullAccess" },
      activePermissionProfile: { id, extends: told?.parent ?? null },
    };
  } catch (error) {
    if (!(error instanceof InvalidPermission)) throw error;
    throw RpcError.invalidRequest(
      `failed to load configuration: ${error.message}`,
    );
  }
}

function toMode(mode: SandboxMode, { config, cwd }: Place): Permissions {
  return {
    sandboxPolicy: toPolicy(mode, config, cwd),
    activePermissionProfile: null,
  };
}

function toPolicy(
  mode: SandboxMode,
  config: Config,
  cwd: string,
): SandboxPolicy {
  if (mode === "danger-full-access") return { type: "dangerFullAccess" };
  if (mode === "read-only") return { type: "readOnly", networkAccess: false };
  const of = (key: string) => config.get(["sandbox_workspace_write", key]);
  return {
    type: "workspaceWrite",
    writableRoots: writableRoots(config).filter((root) => root !== cwd),
    networkAccess: of("network_access") === true,
    excludeTmpdirEnvVar: of("exclude_tmpdir_env_var") === true,
    excludeSlashTmp: of("exclude_slash_tmp") === true,
  };
}

function writableRoots(config: Config): string[] {
  const roots = config.get(["sandbox_workspace_write", "writable_roots"]);
  return Array.isArray(roots)
    ? roots.filter((root) => typeof root === "string")
    : [];
}

function toApprovalPolicy(
  value: ConfigValue | undefined,
): AskForApproval | undefined {
  if (value === undefined) return undefined;
  return value as unknown as AskForApproval; // the configuration was checked
}

function text(config: Config, key: string): string | undefined {
  const value = config.get(key);
  return typeof value === "string" ? value : undefined;
}
