import type { Config } from "../config/mod.ts";
import {
  RpcError,
  type SandboxMode,
  type SandboxPolicy,
  type ThreadSettings,
} from "../protocol/mod.ts";
import {
  InvalidPermission,
  isOwnProfile,
  tellOwnProfile,
} from "../tools/mod.ts";
import { readText } from "./_config_text.ts";
import type { Ground, Remembered, Wishes } from "./wishes.ts";

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
export function toRoots(
  { permissions }: Wishes,
  { sandboxPolicy }: Remembered,
  { config, cwd }: Pick<Ground, "config" | "cwd">,
): readonly string[] {
  const isOfProfile = permissions != null ||
    sandboxPolicy !== undefined ||
    readText(config, "default_permissions") !== undefined;
  return isOfProfile ? [cwd] : [...new Set([cwd, ...writableRoots(config)])];
}

/**
 * What a thread may do: as a client wishes, else as it remembers, else as the
 * configuration says.
 *
 * @throws {RpcError} if wishes contradict each other, or there is no such
 * profile.
 */
export function toPermissions(
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
  const profile = readText(config, "default_permissions");
  if (profile !== undefined) return toProfile(profile, place);
  const mode = readText(config, "sandbox_mode") as SandboxMode | undefined;
  if (mode !== undefined) return toMode(mode, place);
  const required = findRequired(config);
  if (required !== undefined) return toProfile(required, place);
  // Who has said what a project is, works on it, and not only in it.
  const isTuned = config.get("sandbox_workspace_write") !== undefined;
  if (isTuned) {
    return toMode(trust === undefined ? "read-only" : "workspace-write", place);
  }
  return toProfile(trust === undefined ? ":read-only" : ":workspace", place);
}

/**
 * What a thread remembers, as far as it lasts: a mode that lets it write in
 * places of the configuration is that of the configuration then, and so is what
 * a profile came to that is gone.
 */
export function toLasting(remembered: Remembered, config: Config): Remembered {
  const { sandboxPolicy, activePermissionProfile, ...rest } = remembered;
  if (sandboxPolicy === undefined) return remembered;
  const id = activePermissionProfile?.id;
  const lasts = id === undefined
    ? ["readOnly", "dangerFullAccess"].includes(sandboxPolicy.type)
    : exists(id, config);
  return lasts ? remembered : rest;
}

/**
 * What a thread may do that is opened again and nobody said: one that was
 * confined is not let free because the configuration would let others be.
 */
export function toNoWider(
  permissions: Permissions,
  { sandboxPolicy }: Remembered,
): Permissions {
  const isFree = permissions.sandboxPolicy.type === "dangerFullAccess";
  const wasConfined = sandboxPolicy?.type === "workspaceWrite" ||
    sandboxPolicy?.type === "readOnly";
  return isFree && wasConfined
    ? { sandboxPolicy, activePermissionProfile: null }
    : permissions;
}

/** What holds where an administrator says what may be chosen, and nobody did. */
function findRequired(config: Config): string | undefined {
  const { allowedPermissionProfiles: allowed, defaultPermissions } =
    config.requirements ?? {};
  if (!allowed) return undefined;
  const id = defaultPermissions ?? ":workspace";
  return allowed[id] === true && exists(id, config) ? id : ":read-only";
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
