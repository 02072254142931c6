import type { Config, ConfigValue } from "../config/mod.ts";
import type { SandboxPolicy } from "../protocol/mod.ts";
import { FULL_ACCESS, readProfile } from "./_profile_tables.ts";
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

/** Modes as the configuration names them, and as refusals do. */
const modes = {
  "read-only": "ReadOnly",
  "workspace-write": "WorkspaceWrite",
  "danger-full-access": "DangerFullAccess",
} as const;
type Mode = keyof typeof modes;

/** Built-in profiles that mean a mode. */
const profileOf: Readonly<Record<Mode, string>> = {
  "read-only": ":read-only",
  "workspace-write": ":workspace",
  "danger-full-access": FULL_ACCESS,
};

/**
 * What commands may do: as requests say, as the configuration says where they
 * say nothing, and never more than the administrator's requirements let.
 */
export class Policies {
  /** What is wrong with the configuration, to be told to users. */
  readonly warnings: readonly { summary: string; details: string | null }[];
  readonly #config: Config;
  readonly #surroundings: () => Surroundings;
  /** What holds without a wish. */
  readonly #default: { readonly mode: Mode } | { readonly profile: string };

  /** Reads the configuration; looks at no file. */
  constructor(config: Config, surroundings: () => Surroundings) {
    this.#config = config;
    this.#surroundings = surroundings;
    const warnings: Policies["warnings"][number][] = [];
    this.#default = this.#toDefault(warnings);
    this.warnings = warnings;
  }

  /** Whether a command is confined if its request does not say. */
  get confinesByDefault(): boolean {
    const one = this.#default;
    return "mode" in one
      ? one.mode !== "danger-full-access"
      : one.profile !== FULL_ACCESS;
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
        this.#config.get("permissions"),
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

  #toDefault(
    warnings: { summary: string; details: string | null }[],
  ): { mode: Mode } | { profile: string } {
    const { requirements } = this.#config;
    const tables = this.#config.get("permissions");
    const named = this.#config.get("default_permissions");
    const readOnly = { mode: "read-only" } as const;
    const unusable = (details: string) => {
      warnings.push({
        summary: "Invalid configuration; using defaults.",
        details,
      });
      return readOnly;
    };
    const mode = toMode(this.#config.get("sandbox_mode"));
    if (named === undefined && mode === undefined && hasProfiles(tables)) {
      return unusable(
        "config defines `[permissions]` profiles but does not set `default_permissions`",
      );
    }
    const required = requirements?.defaultPermissions ?? undefined;
    let profile = typeof named === "string" ? named : undefined;
    const allowed = requirements?.allowedPermissionProfiles;
    if (allowed) {
      const wanted = profile ?? (mode && profileOf[mode]) ?? required;
      profile = wanted !== undefined && allowed[wanted] === true
        ? wanted
        : required ?? ":read-only";
      if (wanted !== undefined && wanted !== profile) {
        warnings.push({ summary: fallback(wanted, profile), details: null });
      }
      if (profile === (mode && profileOf[mode]) && named === undefined) {
        profile = undefined;
      }
    }
    if (profile !== undefined) {
      try {
        readProfile(profile, tables);
        return { profile };
      } catch (error) {
        if (!(error instanceof InvalidPermission)) throw error;
        return unusable(error.message);
      }
    }
    const wanted = mode ?? "read-only";
    if (this.#allows(modes[wanted])) return { mode: wanted };
    warnings.push({
      summary: "Configured value for `sandbox_mode` is disallowed by " +
        `requirements; falling back to \`read-only\`. Details: ${
          this.#disallowed(modes[wanted])
        }`,
      details: null,
    });
    return readOnly;
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
    if (this.#allows(mode)) return;
    const message = this.#disallowed(mode);
    throw new InvalidPermission(context ? `${context}: ${message}` : message);
  }

  #allowedModes(): string[] | undefined {
    return this.#config.requirements?.allowedSandboxModes
      ?.map((mode) => modes[mode]);
  }

  #allows(mode: string): boolean {
    return this.#allowedModes()?.includes(mode) ?? true;
  }

  #disallowed(mode: string): string {
    return `invalid value for \`sandbox_mode\`: \`${mode}\` is not in the ` +
      `allowed set [${this.#allowedModes()?.join(", ")}] (set by ${
        this.#config.demandSources.allowed_sandbox_modes ?? "requirements.toml"
      })`;
  }
}

function hasProfiles(tables: ConfigValue | undefined): boolean {
  return typeof tables === "object" && Object.keys(tables).length > 0;
}

function toMode(value: ConfigValue | undefined): Mode | undefined {
  return typeof value === "string" && Object.hasOwn(modes, value)
    ? value as Mode
    : undefined;
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

function fallback(wanted: string, required: string): string {
  return "Configured value for `permission_profile` is disallowed by " +
    `requirements; falling back from \`${wanted}\` to required value ` +
    `\`${required}\`.`;
}
