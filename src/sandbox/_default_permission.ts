import type { Config, ConfigValue } from "../config/mod.ts";
import {
  FULL_ACCESS,
  type Profile,
  readEnforceable,
  specials,
} from "./_profile_tables.ts";
import { InvalidPermission } from "./permission.ts";

/** Modes as the configuration names them, and as refusals do. */
export const modes = {
  "read-only": "ReadOnly",
  "workspace-write": "WorkspaceWrite",
  "danger-full-access": "DangerFullAccess",
} as const;
/** One of them. */
export type Mode = keyof typeof modes;

/** Built-in profiles that mean a mode. */
const profileOf: Readonly<Record<Mode, string>> = {
  "read-only": ":read-only",
  "workspace-write": ":workspace",
  "danger-full-access": FULL_ACCESS,
};

/** What a command may do if its request does not say. */
export type DefaultPermission =
  | { readonly mode: Mode }
  | { readonly profile: string };

/** Something that users should know, in the form that clients are told it. */
export interface SandboxWarning {
  readonly summary: string;
  readonly details: string | null;
}

/** Whether commands are confined if their requests do not say. */
export function confines(permission: DefaultPermission): boolean {
  return "mode" in permission
    ? permission.mode !== "danger-full-access"
    : permission.profile !== FULL_ACCESS;
}

/**
 * What holds without a wish: as the configuration says, as far as the
 * administrator's requirements let. Looks at no file.
 */
export function readDefault(
  config: Config,
): { permission: DefaultPermission; warnings: SandboxWarning[] } {
  const warnings: SandboxWarning[] = [];
  return { permission: toDefault(config, warnings), warnings };
}

function toDefault(
  config: Config,
  warnings: SandboxWarning[],
): DefaultPermission {
  const { requirements } = config;
  const tables = config.get("permissions");
  const named = config.get("default_permissions");
  const readOnly = { mode: "read-only" } as const;
  const unusable = (details: string) => {
    warnings.push({
      summary: "Invalid configuration; using defaults.",
      details,
    });
    return readOnly;
  };
  const mode = toMode(config.get("sandbox_mode"));
  const allowed = requirements?.allowedPermissionProfiles;
  const isChoiceless = named === undefined && mode === undefined && !allowed;
  if (isChoiceless && hasProfiles(tables)) {
    return unusable(
      "config defines `[permissions]` profiles but does not set `default_permissions`",
    );
  }
  const required = requirements?.defaultPermissions ??
    (allowed?.[":workspace"] === true ? ":workspace" : undefined);
  let profile = typeof named === "string" ? named : undefined;
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
      const { paths } = readEnforceable(profile, tables) ?? {};
      warnings.push(...findUnknown(profile, paths));
      return { profile };
    } catch (error) {
      if (!(error instanceof InvalidPermission)) throw error;
      return unusable(error.message);
    }
  }
  const wanted = mode ?? "read-only";
  if (allowsMode(config, modes[wanted])) return { mode: wanted };
  warnings.push({
    summary: "Configured value for `sandbox_mode` is disallowed by " +
      `requirements; falling back to \`read-only\`. Details: ${
        disallowedMode(config, modes[wanted])
      }`,
    details: null,
  });
  return readOnly;
}

/** What of a profile's paths users may not have meant. */
function findUnknown(
  name: string,
  paths: Profile["paths"] | undefined,
): SandboxWarning[] {
  if (paths === undefined) return [];
  if (paths.size === 0) {
    const summary =
      `Permissions profile \`${name}\` names no filesystem path: ` +
      "commands can touch nothing but what they are granted.";
    return [{ summary, details: null }];
  }
  const unknown = paths.keys().filter((path) =>
    path.startsWith(":") && !specials.includes(path.split("/")[0]!)
  );
  return [...unknown].map((path) => ({
    summary: `Filesystem path \`${path}\` of permissions profile \`${name}\` ` +
      "is not known here and means nothing.",
    details: null,
  }));
}

/** Whether the administrator's requirements let commands have a mode. */
export function allowsMode(config: Config, mode: string): boolean {
  return allowedModes(config)?.includes(mode) ?? true;
}

/** Says that they do not. */
export function disallowedMode(config: Config, mode: string): string {
  return `invalid value for \`sandbox_mode\`: \`${mode}\` is not in the ` +
    `allowed set [${allowedModes(config)?.join(", ")}] (set by ${
      config.demandSources.allowed_sandbox_modes ?? "requirements.toml"
    })`;
}

/** Says that another profile holds than was asked for. */
export function fallback(wanted: string, required: string): string {
  return "Configured value for `permission_profile` is disallowed by " +
    `requirements; falling back from \`${wanted}\` to required value ` +
    `\`${required}\`.`;
}

function allowedModes({ requirements }: Config): string[] | undefined {
  return requirements?.allowedSandboxModes?.map((mode) => modes[mode]);
}

function hasProfiles(tables: ConfigValue | undefined): boolean {
  return typeof tables === "object" && Object.keys(tables).length > 0;
}

function toMode(value: ConfigValue | undefined): Mode | undefined {
  return typeof value === "string" && Object.hasOwn(modes, value)
    ? value as Mode
    : undefined;
}
