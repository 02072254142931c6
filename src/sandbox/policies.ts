import type { Config, ConfigValue } from "../config/mod.ts";
import type { SandboxPolicy } from "../protocol/mod.ts";
import {
  allowsMode,
  type DefaultPermission,
  disallowedMode,
  fallback,
  type Mode,
  modes,
  readDefault,
} from "./_default_permission.ts";
import {
  InvalidPermission,
  type Permission,
  type Surroundings,
  toReadOnly,
} from "./permission.ts";
import { toPermission, toWritable } from "./policy.ts";
import { toProfilePermission } from "./profile.ts";
import { isWithin } from "./_paths.ts";
import { realPath } from "./_real_path.ts";

/** What a request says about what its command may do. */
export interface Wish {
  /** A policy; not together with a profile. */
  readonly sandboxPolicy?: SandboxPolicy | undefined;
  /** Name of a profile. */
  readonly permissionProfile?: string | undefined;
  /** Absolute path of the command's working directory. */
  readonly cwd: string;
  /**
   * Directories of the workspace, which a policy lets write. Default: where the
   * server runs.
   */
  readonly workspaceRoots?: readonly string[] | undefined;
  /** What was granted beyond that. */
  readonly grant?: Grant | undefined;
}

/**
 * What somebody granted beyond a policy or profile. Real paths: one that leads
 * elsewhere by now is not what anybody agreed to, and grants nothing.
 */
export interface Grant {
  /** Paths that may be written, and what is below them. */
  readonly writes: readonly string[];
  /** Paths that may be read, likewise. */
  readonly reads: readonly string[];
  /** Whether the network may be used. */
  readonly network: boolean;
}

/**
 * The configuration as it is now, for a directory and with a profile chosen.
 *
 * @throws {Error} if it can't be used.
 */
export type ReadConfig = (
  where: { readonly cwd: string; readonly profile: string },
) => Promise<Config>;

/**
 * What commands may do: as requests say, as the configuration says where they
 * say nothing, and never more than the administrator's requirements let.
 */
export class Policies {
  readonly #config: Config;
  readonly #surroundings: () => Surroundings;
  /** What holds without a wish. */
  readonly #default: DefaultPermission;

  readonly #readConfig: ReadConfig;

  /**
   * Reads the configuration; looks at no file.
   *
   * @param readConfig Default: the configuration as it was.
   */
  constructor(
    config: Config,
    surroundings: () => Surroundings,
    readConfig: ReadConfig = () => Promise.resolve(config),
  ) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#readConfig = readConfig;
    this.#default = readDefault(config).permission;
  }

  /**
   * What a command may do.
   *
   * @throws {InvalidPermission} if the wish is wrong or not allowed.
   */
  async resolve(wish: Wish): Promise<Permission> {
    const permission = await this.#resolve(wish);
    return wish.grant === undefined
      ? permission
      : await widen(permission, wish.grant);
  }

  async #resolve(wish: Wish): Promise<Permission> {
    const { workspaceRoots } = wish;
    const surroundings = { ...this.#surroundings(), workspaceRoots };
    if (wish.sandboxPolicy !== undefined) {
      const permission = await toPermission(wish.sandboxPolicy, surroundings);
      this.#check(
        permission,
        "invalid sandbox policy",
        wish.sandboxPolicy.type === "externalSandbox"
          ? "ExternalSandbox"
          : undefined,
      );
      return permission;
    }
    if (wish.permissionProfile !== undefined) {
      return await this.#resolveProfile(
        wish.permissionProfile,
        wish.cwd,
        surroundings,
      );
    }
    const one = this.#default;
    const permission = "mode" in one
      ? await this.#resolveMode(one.mode, surroundings)
      : await toProfilePermission(
        one.profile,
        this.#config.get("permissions"),
        surroundings.cwd,
        surroundings,
      );
    this.#check(permission, "invalid configuration");
    return permission;
  }

  async #resolveProfile(
    name: string,
    workspace: string,
    surroundings: Surroundings,
  ): Promise<Permission> {
    const context = "invalid permission profile";
    try {
      const permission = await toProfilePermission(
        name,
        await this.#readTables(name, workspace),
        workspace,
        surroundings,
      );
      this.#checkProfile(name);
      this.#check(permission, "");
      return permission;
    } catch (error) {
      if (!(error instanceof InvalidPermission)) throw error;
      throw new InvalidPermission(`${context}: ${error.message}`);
    }
  }

  /** Where a profile may have been written down since the start. */
  async #readTables(
    profile: string,
    cwd: string,
  ): Promise<ConfigValue | undefined> {
    if (profile.startsWith(":")) return this.#config.get("permissions");
    try {
      const config = await this.#readConfig({ cwd, profile });
      return config.get("permissions");
    } catch (error) {
      // A broken file takes away none that were there.
      if (this.#config.get(["permissions", profile]) !== undefined) {
        return this.#config.get("permissions");
      }
      const reason = error instanceof Error ? error.message : String(error);
      throw new InvalidPermission(reason);
    }
  }

  async #resolveMode(
    mode: Mode,
    surroundings: Surroundings,
  ): Promise<Permission> {
    if (mode === "danger-full-access") {
      return await toPermission({ type: "dangerFullAccess" }, surroundings);
    }
    if (mode === "read-only") return toReadOnly(false);
    const of = (key: string) =>
      this.#config.get(["sandbox_workspace_write", key]);
    const roots = of("writable_roots");
    return await toPermission({
      type: "workspaceWrite",
      writableRoots: Array.isArray(roots)
        ? roots.filter((root) => typeof root === "string")
        : [],
      networkAccess: of("network_access") === true,
      excludeTmpdirEnvVar: of("exclude_tmpdir_env_var") === true,
      excludeSlashTmp: of("exclude_slash_tmp") === true,
    }, surroundings);
  }

  #checkProfile(name: string): void {
    const { requirements } = this.#config;
    const allowed = requirements?.allowedPermissionProfiles;
    if (!allowed || allowed[name] === true) return;
    throw new InvalidPermission(
      fallback(name, requirements.defaultPermissions ?? ":read-only"),
    );
  }

  #check(permission: Permission, context: string, mode = toName(permission)) {
    if (allowsMode(this.#config, mode)) return;
    const message = disallowedMode(this.#config, mode);
    throw new InvalidPermission(context ? `${context}: ${message}` : message);
  }
}

/** A permission with a grant on top; what is hidden stays hidden. */
async function widen(
  { limits, network }: Permission,
  grant: Grant,
): Promise<Permission> {
  const reaches = network || grant.network;
  if (limits === undefined) return { limits, network: reaches };
  const [written, readable] = await Promise.all([
    stillReal(grant.writes),
    stillReal([...grant.reads, ...grant.writes]),
  ]);
  const added = await toWritable(written);
  const { reads, writes } = limits;
  // Who grants a path that is shielded means it.
  const shielded = limits.shielded.filter((path) =>
    !added.writes.some((root) => isWithin(root, path))
  );
  return {
    limits: {
      ...limits,
      network: limits.network || grant.network,
      reads: reads === "all" ? reads : [...reads, ...readable],
      writes: writes === "all" ? writes : [...writes, ...added.writes],
      shielded: [...new Set([...shielded, ...added.shielded])],
    },
    network: reaches,
  };
}

/** Those of the paths behind which there is no link. */
async function stillReal(paths: readonly string[]): Promise<string[]> {
  const real = await Promise.all(paths.map(realPath));
  return paths.filter((path, at) => path === real[at]);
}

/** The mode that a permission amounts to. */
function toName({ limits }: Permission): string {
  if (limits === undefined || limits.writes === "all") {
    return modes["danger-full-access"];
  }
  return modes[limits.writes.length === 0 ? "read-only" : "workspace-write"];
}
