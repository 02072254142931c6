import type { Demands, Layer } from "./_layer.ts";
import { toPlainTable } from "./_plain.ts";
import { readModels, withTexts } from "./_text_files.ts";
import { builtInModelProviders } from "./_model_providers.ts";
import { toRequirements } from "./requirements.ts";
import type { WishedPermissions } from "./thread_config_request.ts";
import { isTable, type TomlTable } from "./toml.ts";

/** What stands above the settings that are looked at. */
export interface Demanding {
  readonly demands: Demands | undefined;
  readonly managed: Layer | undefined;
  /** What a request wants in place of what is set. */
  readonly wished?: WishedPermissions | undefined;
}

/** Why settings that are well typed can't be used nevertheless. */
export async function findUnusable(
  table: TomlTable,
  demanding: Demanding,
): Promise<string | undefined> {
  const chosen = choose(table, demanding.wished ?? {});
  return findContradiction(table) ?? findReserved(table) ??
    findChoiceless(chosen, demanding) ??
    findUndefined(chosen, demanding) ?? findStranded(chosen, demanding) ??
    await findUnreadable(table);
}

/** The permissions that come of settings and of what is wished. */
function choose(
  table: TomlTable,
  { sandbox, permissions, approvalPolicy }: WishedPermissions,
): TomlTable {
  const chosen: TomlTable = Object.assign(Object.create(null), table);
  if (sandbox != null || permissions != null) {
    delete chosen.sandbox_mode;
    delete chosen.default_permissions;
  }
  if (sandbox != null) chosen.sandbox_mode = sandbox;
  if (permissions != null) chosen.default_permissions = permissions;
  if (approvalPolicy != null) {
    // One of several fields is none that needs a look.
    chosen.approval_policy = typeof approvalPolicy === "string"
      ? approvalPolicy
      : "granular";
  }
  return chosen;
}

/** Values that are well typed, but cannot be used. */
export function findContradiction(table: TomlTable): string | undefined {
  const { profile, model_provider: provider, model_providers: own } = table;
  if (typeof profile === "string") {
    return `legacy \`profile = "${profile}"\` config is no longer supported; ` +
      `use \`--profile ${profile}\` with \`${profile}.config.toml\` instead`;
  }
  const isKnown = typeof provider !== "string" ||
    builtInModelProviders.has(provider) ||
    isTable(own) && Object.hasOwn(own, provider);
  if (!isKnown) return `Model provider \`${provider}\` not found`;
  return table.approval_policy === "untrusted" ? untrustedPolicy : undefined;
}

/** What is said of an approval policy that only a request may still ask for. */
export const untrustedPolicy =
  'approval_policy = "untrusted" is no longer supported; remove this setting';

/** Names that begin as those of built-in profiles do are nobody else's. */
function findReserved({ permissions }: TomlTable): string | undefined {
  const name = isTable(permissions) &&
    Object.keys(permissions).find((key) => key.startsWith(":"));
  return name
    ? `permissions profile \`${name}\` uses a reserved built-in profile prefix`
    : undefined;
}

/** Profiles of permissions count only if one of them is chosen. */
function findChoiceless(
  table: TomlTable,
  { demands }: Demanding,
): string | undefined {
  const { permissions, default_permissions: chosen, sandbox_mode } = table;
  // Who says which ones may be chosen says which one is.
  if (demands?.table.allowed_permission_profiles !== undefined) {
    return undefined;
  }
  const isChoiceless = isTable(permissions) &&
    Object.keys(permissions).length > 0 &&
    chosen === undefined && sandbox_mode === undefined;
  return isChoiceless
    ? "config defines `[permissions]` profiles but does not set " +
      "`default_permissions`"
    : undefined;
}

const builtInProfiles = [":read-only", ":workspace", ":danger-full-access"];

/** A profile that is chosen has to be there. */
function findUndefined(
  { permissions, default_permissions: chosen }: TomlTable,
  { demands }: Demanding,
): string | undefined {
  if (typeof chosen !== "string" || builtInProfiles.includes(chosen)) {
    return undefined;
  }
  if (chosen.startsWith(":")) {
    return `default_permissions refers to unknown built-in profile \`${chosen}\``;
  }
  // An administrator may bring profiles along.
  const { permissions: brought, allowed_permission_profiles: allowed } =
    demands?.table ?? {};
  if (brought !== undefined || allowed !== undefined) return undefined;
  if (!isTable(permissions)) {
    return "default_permissions requires a `[permissions]` table";
  }
  return Object.hasOwn(permissions, chosen)
    ? undefined
    : `default_permissions refers to undefined profile \`${chosen}\``;
}

/** Who asks nobody, and must not do what was asked for, could do nothing. */
function findStranded(
  { approval_policy: policy, sandbox_mode: mode, default_permissions: profile }:
    TomlTable,
  { demands, managed }: Demanding,
): string | undefined {
  const isUnlimited = profile === undefined
    ? mode === "danger-full-access"
    : profile === ":danger-full-access";
  if (policy !== "never" || !isUnlimited) return undefined;
  const requirements = toRequirements(
    toPlainTable(demands?.table ?? {}),
    toPlainTable(managed?.table ?? {}),
  );
  const policies = requirements?.allowedApprovalPolicies;
  const isStranded = (policies?.includes("never") ?? true) &&
    requirements?.allowedSandboxModes?.includes("danger-full-access") === false;
  return isStranded ? stranded : undefined;
}

const stranded =
  '`approval_policy = "never"` cannot be used because requirements do not ' +
  'allow `sandbox_mode = "danger-full-access"`; Codex would fall back to ' +
  "read-only permissions with approvals disabled. Choose an " +
  "`approval_policy` based on what you need, such as `on-request`, or choose " +
  "an allowed sandbox mode.";

async function findUnreadable(table: TomlTable): Promise<string | undefined> {
  try {
    await withTexts(table);
    await readModels(table);
    return undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return error.message;
  }
}
