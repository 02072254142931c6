/**
 * The keys of `config.toml` and what each may hold, as observed on 0.169.0.
 * Whoever builds a feature reads its keys here first; open tables are narrowed
 * when somebody starts to use them.
 *
 * @module
 */
import {
  anyOf,
  anything,
  boolean,
  integer,
  type Kind,
  listOf,
  mapOf,
  number,
  oneOf,
  openTable,
  path,
  type ReadableValue,
  record,
  string,
  variantOf,
  word,
} from "./_schema.ts";
import { loose, terminalKeys } from "./_terminal_keys.ts";
import { modelProviders } from "./_model_providers.ts";
import { permissionProfiles } from "./_permission_profiles.ts";
import { isTable, type TomlTable, type TomlValue } from "./toml.ts";
import { knownFeatures, tunableFeatures } from "./known_features.ts";

const i64 = integer("i64", -(2n ** 63n), 2n ** 63n - 1n);
const i32 = integer("i32", -(2n ** 31n), 2n ** 31n - 1n);
const u8 = integer("u8", 0n, 255n);
const u16 = integer("u16", 0n, 65535n);
const u32 = integer("u32", 0n, 2n ** 32n - 1n);
const u64 = integer("u64", 0n, 2n ** 64n - 1n);
const usize = integer("usize", 0n, 2n ** 64n - 1n);
const positiveU64 = integer("a nonzero u64", 1n, 2n ** 64n - 1n);
const positiveUsize = integer("a nonzero usize", 1n, 2n ** 64n - 1n);

const strings = listOf(string);
const textMap = mapOf(string);
const toggle = record({ enabled: boolean });
const allowOrDeny = oneOf(["allow", "deny"]);

/** Approval policies as they are written. */
export const approvalPolicy: Kind = oneOf(
  ["untrusted", "on-failure", "on-request", "granular", "never"],
  {
    granular: record({
      sandbox_approval: boolean,
      rules: boolean,
      skill_approval: boolean,
      request_permissions: boolean,
      mcp_elicitations: boolean,
    }, { required: ["sandbox_approval", "rules", "mcp_elicitations"] }),
  },
);

/** Who may review approvals. */
export const approvalsReviewer: Kind = oneOf([
  "user",
  "auto_review",
  "guardian_subagent",
]);

/** Sandbox modes. */
export const sandboxMode: Kind = oneOf([
  "read-only",
  "workspace-write",
  "danger-full-access",
]);

/** Ways of web search. */
export const webSearchMode: Kind = oneOf([
  "disabled",
  "cached",
  "indexed",
  "live",
]);

/** Ways to sign in. */
export const loginMethod: Kind = oneOf(["chatgpt", "api"]);

/** Where credentials are kept. */
export const credentialsStore: Kind = oneOf([
  "file",
  "keyring",
  "auto",
  "ephemeral",
]);

const toolsApproval = oneOf(["auto", "prompt", "writes", "approve"]);
const omitted = listOf(oneOf(["code_mode", "deferred", "direct"]));

const appFields: Readonly<Record<string, Kind>> = {
  enabled: boolean,
  approvals_reviewer: approvalsReviewer,
  destructive_enabled: boolean,
  open_world_enabled: boolean,
  default_tools_approval_mode: toolsApproval,
};

const originPolicy = record({
  access: allowOrDeny,
  downloads: allowOrDeny,
  uploads: allowOrDeny,
  full_cdp_access: allowOrDeny,
});

/** A length of time in seconds. */
const seconds: Kind = {
  ...number,
  findMismatch(value) {
    const mismatch = number.findMismatch(value);
    const flaw = mismatch ? undefined : findFlawOfSeconds(value);
    return flaw === undefined ? mismatch : { path: [], message: flaw };
  },
};

function findFlawOfSeconds(value: TomlValue | undefined): string | undefined {
  const what = Number(value) < 0
    ? "negative"
    : Number(value) < 2 ** 64 || value === undefined
    ? undefined
    : "either too big or NaN";
  return what && `cannot convert float seconds to Duration: value is ${what}`;
}

/** A variable that a server is given, by its name alone or with its source. */
const passedVariable = variantOf(
  "McpServerEnvVar",
  string,
  record({ name: string, source: string }, {
    required: ["name"],
    rule: (variable) =>
      Object.keys(variable).find((key) => key !== "name" && key !== "source"),
  }),
);

/** What makes no sense for servers that are programs, or that have a URL. */
const foreignToProgram = [
  "url",
  "bearer_token_env_var",
  "bearer_token",
  "http_headers",
  "env_http_headers",
  "oauth",
  "oauth_resource",
  "auth",
];
const foreignToUrl = ["args", "env", "env_vars", "cwd", "bearer_token"];

function findFlawOfServer(server: TomlTable): string | undefined {
  const flaw = findFlawOfSeconds(server.startup_timeout_sec);
  if (flaw !== undefined) return flaw;
  const isProgram = "command" in server;
  if (!isProgram && !("url" in server)) return "invalid transport";
  const foreign = (isProgram ? foreignToProgram : foreignToUrl)
    .find((key) => key in server);
  if (foreign !== undefined) {
    return `${foreign} is not supported for ${
      isProgram ? "stdio" : "streamable_http"
    }`;
  }
  const variables = Array.isArray(server.env_vars) ? server.env_vars : [];
  const sources = variables.map((item) => isTable(item) ? item.source : null);
  const unknown = sources.find((source) =>
    typeof source === "string" && !["local", "remote"].includes(source)
  );
  return unknown === undefined
    ? undefined
    : `unsupported env_vars source \`${unknown}\`; expected \`local\` or ` +
      "`remote`";
}

const mcpServer = record({
  command: string,
  args: strings,
  env: textMap,
  env_vars: listOf(passedVariable),
  cwd: string,
  url: string,
  auth: oneOf(["oauth", "chatgpt", "ema_auth"]),
  bearer_token: string,
  bearer_token_env_var: string,
  http_headers: textMap,
  env_http_headers: textMap,
  oauth: loose({ client_id: string }),
  oauth_resource: string,
  scopes: strings,
  name: string,
  environment_id: string,
  enabled: boolean,
  required: boolean,
  startup_timeout_sec: number,
  startup_timeout_ms: u64,
  tool_timeout_sec: seconds,
  enabled_tools: strings,
  disabled_tools: strings,
  omit_tools_from: omitted,
  default_tools_approval_mode: toolsApproval,
  tools: mapOf(loose({ approval_mode: toolsApproval })),
  supports_parallel_tool_calls: boolean,
}, {
  isSparse: true,
  defaults: (server) => ({
    ..."command" in server ? { args: [] } : {},
    environment_id: "local",
    enabled: true,
    tool_timeout_sec: null,
  }),
  rule: findFlawOfServer,
});

const features = record(
  Object.fromEntries(
    [...knownFeatures].map((name) => [
      name,
      tunableFeatures.has(name)
        ? variantOf("FeatureToml", boolean, loose({ enabled: boolean }))
        : boolean,
    ]),
  ),
  {
    // A feature nobody knows is told apart from one that holds nonsense.
    strays: boolean,
    telling: (name) => tunableFeatures.has(name) ? undefined : "nameless",
    isSparse: true,
    defaults: { network_proxy: null },
  },
);

const model: Readonly<Record<string, Kind>> = {
  model: string,
  review_model: string,
  model_provider: string,
  model_providers: modelProviders,
  model_catalog_json: path,
  model_context_window: i64,
  model_auto_compact_token_limit: i64,
  model_auto_compact_token_limit_scope: oneOf(["total", "body_after_prefix"]),
  model_post_turn_compact_threshold_percent: u8,
  model_reasoning_effort: string,
  model_reasoning_summary: oneOf(["auto", "concise", "detailed", "none"]),
  model_verbosity: oneOf(["low", "medium", "high"]),
  plan_mode_reasoning_effort: string,
  personality: oneOf(["none", "friendly", "pragmatic"]),
  service_tier: string,
  oss_provider: string,
  openai_base_url: string,
  responses_api_metadata: textMap,
  web_search: webSearchMode,
  client_search_provider: anything,
};

const prompts: Readonly<Record<string, Kind>> = {
  instructions: string,
  developer_instructions: string,
  model_instructions_file: path,
  compact_prompt: string,
  experimental_compact_prompt_file: path,
  include_apps_instructions: boolean,
  include_collaboration_mode_instructions: boolean,
  include_environment_context: boolean,
  include_environment_context_time: boolean,
  include_permissions_instructions: boolean,
  project_doc_max_bytes: usize,
  project_doc_fallback_filenames: strings,
  project_root_markers: strings,
  hide_agent_reasoning: boolean,
  show_raw_agent_reasoning: boolean,
};

const permissions: Readonly<Record<string, Kind>> = {
  approval_policy: approvalPolicy,
  approvals_reviewer: approvalsReviewer,
  auto_review: record({
    timeout_ms: u32,
    circuit_break_action: oneOf(["default", "strict"]),
    policy: string,
    experimental_conversation_history_prompt: string,
    conversation_history_max_output_tokens: positiveUsize,
  }),
  sandbox_mode: sandboxMode,
  sandbox_workspace_write: record({
    writable_roots: listOf(path),
    network_access: boolean,
    exclude_tmpdir_env_var: boolean,
    exclude_slash_tmp: boolean,
  }, {
    defaults: {
      writable_roots: [],
      network_access: false,
      exclude_tmpdir_env_var: false,
      exclude_slash_tmp: false,
    },
  }),
  default_permissions: string,
  permissions: permissionProfiles,
  projects: mapOf(record({ trust_level: oneOf(["trusted", "untrusted"]) })),
  windows: record({
    sandbox: oneOf(["elevated", "unelevated", "mxc"]),
    allow_mxc: boolean,
  }),
};

const commands: Readonly<Record<string, Kind>> = {
  allow_login_shell: boolean,
  background_terminal_max_timeout: u64,
  experimental_use_unified_exec_tool: boolean,
  ghost_snapshot: record({
    ignore_large_untracked_files: i64,
    ignore_large_untracked_dirs: i64,
    disable_warnings: boolean,
  }),
  js_repl_node_path: path,
  js_repl_node_module_dirs: listOf(path),
  notify: strings,
  shell_environment_policy: record({
    inherit: oneOf(["core", "all", "none"]),
    ignore_default_excludes: boolean,
    exclude: strings,
    include_only: strings,
    set: textMap,
    filters: mapOf(oneOf(["include", "exclude"])),
    experimental_use_profile: boolean,
  }),
  tool_output_token_limit: usize,
};

const account: Readonly<Record<string, Kind>> = {
  chatgpt_base_url: string,
  cli_auth_credentials_store: credentialsStore,
  forced_chatgpt_workspace_id: anyOf(
    "a string or a sequence of strings",
    string,
    strings,
  ),
  forced_login_method: loginMethod,
};

const webSearchSettings = record({
  context_size: oneOf(["low", "medium", "high"]),
  allowed_domains: strings,
  location: record({
    country: string,
    region: string,
    city: string,
    timezone: string,
  }),
});

const webSearchTool: Kind = {
  ...variantOf("WebSearchToolConfigInput", boolean, {
    ...webSearchSettings,
    findUnknown: anything.findUnknown,
  }),
  // The older way, true or false, says nothing that is left to say.
  fillIn: (value) =>
    typeof value === "object" ? webSearchSettings.fillIn!(value) : null,
};

const extensions: Readonly<Record<string, Kind>> = {
  apps: record({
    _default: record(appFields, {
      defaults: {
        enabled: true,
        destructive_enabled: true,
        open_world_enabled: true,
      },
    }),
  }, {
    others: record({
      ...appFields,
      omit_tools_from: omitted,
      default_tools_enabled: boolean,
      tools: mapOf(loose({ enabled: boolean, approval_mode: toolsApproval })),
      links: openTable,
    }, { defaults: { enabled: true } }),
    telling: (name) => name === "_default" ? undefined : "whole",
  }),
  apps_mcp_product_sku: string,
  browser_use: record({
    allow_history_access: boolean,
    default_origin_policy: originPolicy,
    origins: mapOf(originPolicy),
  }),
  computer_use: record({
    default_app_access: allowOrDeny,
    macos: record({ bundle_ids: mapOf(allowOrDeny) }),
    windows: record({ aumids: mapOf(allowOrDeny), exes: listOf(openTable) }),
  }),
  cloud: record({ skills: toggle }),
  marketplaces: mapOf(loose({
    last_revision: string,
    last_updated: string,
    ref: string,
    source: string,
    source_type: oneOf(["git", "local"]),
    sparse_paths: strings,
  })),
  mcp_enterprise_managed_auth: openTable,
  mcp_oauth_callback_port: u16,
  mcp_oauth_callback_url: string,
  mcp_oauth_credentials_store: oneOf(["auto", "file", "keyring"]),
  mcp_optional_startup_grace_ms: u64,
  mcp_servers: mapOf(mcpServer),
  orchestrator: record({ skills: toggle, mcp: toggle }),
  plugins: mapOf(
    loose({
      enabled: boolean,
      mcp_servers: mapOf(loose({
        enabled: boolean,
        enabled_tools: strings,
        disabled_tools: strings,
        default_tools_approval_mode: toolsApproval,
        tools: mapOf(loose({ approval_mode: toolsApproval })),
      })),
    }),
    { telling: () => "whole" },
  ),
  tool_suggest: record({
    discoverables: listOf(openTable),
    disabled_tools: listOf(openTable),
  }, { defaults: { discoverables: [], disabled_tools: [] } }),
  tools: record({
    web_search: webSearchTool,
    client_search_provider: oneOf(["standalone", "search_mcp"]),
    update_plan: record({ enabled: boolean }),
    experimental_request_user_input: record({ enabled: boolean }),
  }, { isSparse: true, defaults: { web_search: null } }),
};

const agentRole = loose({
  config_file: path,
  description: string,
  nickname_candidates: strings,
});

const agentSettings: Readonly<Record<string, Kind>> = {
  enabled: boolean,
  max_concurrent_threads_per_session: usize,
  max_threads: usize,
  max_depth: i32,
  default_subagent_model: string,
  default_subagent_reasoning_effort: string,
  job_max_runtime_seconds: u64,
  interrupt_message: boolean,
};

const historyDefaults = { persistence: "save-all" };

const sessions: Readonly<Record<string, Kind>> = {
  agents: record(agentSettings, {
    others: agentRole,
    aliases: { max_threads: "max_concurrent_threads_per_session" },
    telling: (key) => Object.hasOwn(agentSettings, key) ? undefined : "whole",
  }),
  experimental_thread_store: loose({ type: word(["local", "in_memory"]) }, {
    required: ["type"],
  }),
  experimental_thread_store_endpoint: string,
  goals: record({ max_goal_token_budget: positiveU64 }),
  history: record({
    persistence: oneOf(["save-all", "none"]),
    max_bytes: usize,
  }, { defaults: historyDefaults }),
  thread_unload_delay_secs: u64,
};

const profileKeys: ReadonlySet<string> = new Set([
  "approval_policy",
  "approvals_reviewer",
  "model",
  "model_provider",
  "model_reasoning_effort",
  "model_reasoning_summary",
  "model_verbosity",
  "oss_provider",
  "personality",
  "plan_mode_reasoning_effort",
  "sandbox_mode",
  "service_tier",
  "web_search",
]);

/** What a profile of the older kind may set, as far as its type is known. */
const profile: Readonly<Record<string, Kind>> = Object.fromEntries(
  Object.entries({ ...model, ...permissions }).filter(([key]) =>
    profileKeys.has(key)
  ),
);

const installation: Readonly<Record<string, Kind>> = {
  allow_symlinked_codex_home: boolean,
  analytics: toggle,
  check_for_update_on_startup: boolean,
  daybreak: boolean,
  features,
  feedback: toggle,
  log_dir: path,
  profile: string,
  profiles: mapOf(loose(profile)),
  sqlite_home: path,
  suppress_unstable_features_warning: boolean,
};

/** Keys of the programs around the server; they are for those to judge. */
const frontends: Readonly<Record<string, Kind>> = {
  desktop: openTable,
  disable_paste_burst: boolean,
  experimental_realtime_start_instructions: string,
  experimental_realtime_webrtc_call_base_url: string,
  experimental_realtime_ws_backend_prompt: string,
  experimental_realtime_ws_base_url: string,
  experimental_realtime_ws_model: string,
  experimental_realtime_ws_startup_context: string,
  file_opener: oneOf([
    "vscode",
    "vscode-insiders",
    "windsurf",
    "cursor",
    "none",
  ]),
  ...terminalKeys,
};

/** What clients read of keys that nobody sets. */
const defaults: Readonly<Record<string, ReadableValue>> = {
  allow_login_shell: true,
  background_terminal_max_timeout: 300_000,
  chatgpt_base_url: "https://chatgpt.com/backend-api/",
  cli_auth_credentials_store: "file",
  file_opener: "vscode",
  hide_agent_reasoning: false,
  history: { ...historyDefaults, max_bytes: null },
  include_apps_instructions: true,
  include_collaboration_mode_instructions: true,
  include_environment_context: true,
  include_environment_context_time: true,
  include_permissions_instructions: true,
  marketplaces: {},
  mcp_oauth_credentials_store: "auto",
  mcp_servers: {},
  model_providers: {},
  plugins: {},
  profiles: {},
  project_doc_fallback_filenames: [],
  project_doc_max_bytes: 32_768,
  project_root_markers: [".git"],
  shell_environment_policy: commands.shell_environment_policy!.fillIn!({}),
};

/** The whole of `config.toml`. */
export const configFile: Kind = record({
  ...model,
  ...prompts,
  ...permissions,
  ...commands,
  ...account,
  ...extensions,
  ...sessions,
  ...installation,
  ...frontends,
}, { defaults });
