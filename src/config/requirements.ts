import type { ConfigRequirements } from "../protocol/mod.ts";
import {
  boolean,
  type Kind,
  listOf,
  mapOf,
  oneOf,
  openTable,
  path,
  record,
  string,
} from "./_schema.ts";
import { toManagedHooks } from "./_managed_hooks.ts";
import {
  approvalPolicy,
  approvalsReviewer,
  credentialsStore,
  loginMethod,
  sandboxMode,
  webSearchMode,
} from "./known_keys.ts";
import type { ConfigTable, ConfigValue } from "./config.ts";
import type { TomlTable } from "./toml.ts";

const toggles = mapOf(boolean);

/** Keys of `requirements.toml` that a client is told about. */
const reported: Readonly<Record<string, Kind>> = {
  additional_developer_instructions: string,
  allow_appshots: boolean,
  allow_browser_and_computer_use: boolean,
  allow_login_shell: boolean,
  allow_managed_hooks_only: boolean,
  allow_remote_control: boolean,
  allowed_approval_policies: listOf(approvalPolicy),
  allowed_approvals_reviewers: listOf(approvalsReviewer),
  allowed_login_methods: listOf(loginMethod),
  allowed_permission_profiles: toggles,
  allowed_sandbox_modes: listOf(sandboxMode),
  allowed_web_search_modes: listOf(webSearchMode),
  chatgpt_base_url: string,
  check_for_update_on_startup: boolean,
  cli_auth_credentials_store: credentialsStore,
  default_permissions: string,
  enforce_residency: oneOf(["us"]),
  feature_requirements: toggles,
  features: toggles,
  feedback: record({ enabled: boolean }),
  hooks: openTable,
  log_dir: path,
  model_catalog_json: path,
  model_provider: string,
  model_providers: openTable,
  sqlite_home: path,
};

/** Keys that exist, but that this server neither reports nor enforces yet. */
const unsupported: Readonly<Record<string, Kind>> = {
  auto_review: openTable,
  browser_use: openTable,
  computer_use: openTable,
  experimental_network: openTable,
  guardian_policy_config: string,
  models: openTable,
  otel: openTable,
  permissions: openTable,
  rules: openTable,
};

/** Keys that hold for what they speak of, and that no client is told about. */
const enforced: Readonly<Record<string, Kind>> = {
  mcp_servers: openTable,
  plugins: openTable,
};

/** The whole of `requirements.toml`. */
export const requirementsFile: Kind = record({
  ...reported,
  ...enforced,
  ...unsupported,
});

/** Keys of a requirements file that have no effect here yet. */
export function findUnsupported(table: TomlTable): string[] {
  return Object.keys(table).filter((key) => Object.hasOwn(unsupported, key));
}

/**
 * What the administrator's files demand; null if they demand nothing. The
 * older managed configuration fixes single values and wins.
 *
 * @throws {RangeError} if they leave nothing to choose from.
 */
export function toRequirements(
  file: ConfigTable,
  managed: ConfigTable,
): ConfigRequirements | null {
  const demands: ConfigTable = Object.create(null);
  for (const [key, value] of Object.entries(file)) {
    if (Object.hasOwn(reported, key)) demands[key] = value;
  }
  if (managed.approval_policy !== undefined) {
    demands.allowed_approval_policies = [managed.approval_policy];
  }
  if (managed.sandbox_mode !== undefined) {
    demands.allowed_sandbox_modes = [
      ...new Set<ConfigValue>(["read-only", managed.sandbox_mode]),
    ];
  }
  const isSilent = !Object.keys(file).some((key) =>
    Object.hasOwn(enforced, key)
  );
  if (isSilent && Object.keys(demands).length === 0) return null;
  const read = <T>(key: string): T | null => (demands[key] as T) ?? null;
  const hooks = read<ConfigTable>("hooks");
  const url = (key: string): string | null => {
    const value = read<string>(key);
    return value === null ? null : toFileUrl(value);
  };
  return {
    modelProvider: read("model_provider"),
    modelProviders: read("model_providers"),
    allowedLoginMethods: read("allowed_login_methods") ?? ["api", "chatgpt"],
    cliAuthCredentialsStore: read("cli_auth_credentials_store"),
    chatgptBaseUrl: read("chatgpt_base_url"),
    additionalDeveloperInstructions: read("additional_developer_instructions"),
    allowedApprovalPolicies: toPolicies(read("allowed_approval_policies")),
    allowedApprovalsReviewers: read("allowed_approvals_reviewers"),
    allowedSandboxModes: toSandboxModes(read("allowed_sandbox_modes")),
    allowedWindowsSandboxImplementations: null,
    ...toProfiles(
      read("allowed_permission_profiles"),
      read("default_permissions"),
    ),
    allowedWebSearchModes: toSearchModes(read("allowed_web_search_modes")),
    allowManagedHooksOnly: read("allow_managed_hooks_only"),
    allowBrowserAndComputerUse: read("allow_browser_and_computer_use"),
    allowAppshots: read("allow_appshots"),
    allowRemoteControl: read("allow_remote_control"),
    computerUse: null,
    browserUse: null,
    inAppBrowser: null,
    featureRequirements: read("features") ?? read("feature_requirements"),
    hooks: hooks === null ? null : toManagedHooks(hooks),
    enforceResidency: read("enforce_residency"),
    network: null,
    application: null,
    autoReview: null,
    models: null,
    sqliteHome: url("sqlite_home"),
    logDir: url("log_dir"),
    modelCatalogJson: url("model_catalog_json"),
    checkForUpdateOnStartup: read("check_for_update_on_startup"),
    allowLoginShell: read("allow_login_shell"),
    feedback: read("feedback"),
    otel: null,
  };
}

function toFileUrl(path: string): string {
  return `file://${path.split("/").map(encodeURIComponent).join("/")}`;
}

type Demand<Key extends keyof ConfigRequirements> = ConfigRequirements[Key];

/** Missing parts of a granular policy are off. */
function toPolicies(
  policies: Demand<"allowedApprovalPolicies">,
): Demand<"allowedApprovalPolicies"> {
  if (policies?.length === 0) {
    throw new RangeError("field `allowed_approval_policies` cannot be empty");
  }
  return policies?.map((policy) =>
    typeof policy === "string" ? policy : {
      granular: {
        ...{ skill_approval: false, request_permissions: false },
        ...policy.granular,
      },
    }
  ) ?? null;
}

/** Reading must stay possible, or nothing is. */
function toSandboxModes(
  modes: Demand<"allowedSandboxModes">,
): Demand<"allowedSandboxModes"> {
  if (modes && !modes.includes("read-only")) {
    throw new RangeError(
      "field `allowed_sandbox_modes` must include `read-only`",
    );
  }
  return modes;
}

const builtInProfiles = [":read-only", ":workspace", ":danger-full-access"];

/** Somebody who chose nothing must be left with something. */
function toProfiles(
  allowedPermissionProfiles: Demand<"allowedPermissionProfiles">,
  defaultPermissions: Demand<"defaultPermissions">,
): Pick<
  ConfigRequirements,
  "allowedPermissionProfiles" | "defaultPermissions"
> {
  const flaw = findProfileFlaw(allowedPermissionProfiles, defaultPermissions);
  if (flaw !== undefined) throw new RangeError(`requirements.toml ${flaw}`);
  return { allowedPermissionProfiles, defaultPermissions };
}

function findProfileFlaw(
  allowed: Demand<"allowedPermissionProfiles">,
  chosen: Demand<"defaultPermissions">,
): string | undefined {
  if (allowed === null) {
    return chosen === null
      ? undefined
      : "default_permissions requires allowed_permission_profiles";
  }
  const unknown = Object.keys(allowed).find((id) =>
    id.startsWith(":") && !builtInProfiles.includes(id)
  );
  if (unknown !== undefined) {
    return "allowed_permission_profiles refers to undefined profile " +
      `\`${unknown}\``;
  }
  if (chosen !== null) {
    return allowed[chosen] === true
      ? undefined
      : `default_permissions \`${chosen}\` must be allowed by ` +
        "allowed_permission_profiles";
  }
  return allowed[":workspace"] === true && allowed[":read-only"] === true
    ? undefined
    : "default_permissions must be set unless allowed_permission_profiles " +
      "allows both `:workspace` and `:read-only`";
}

/** Not to search is always allowed. */
function toSearchModes(
  modes: Demand<"allowedWebSearchModes">,
): Demand<"allowedWebSearchModes"> {
  return modes && [...new Set([...modes, "disabled" as const])];
}
