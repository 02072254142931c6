import type {
  ExperimentalFeature,
  ExperimentalFeatureStage,
} from "../protocol/mod.ts";
import type { Config } from "./config.ts";
import { switchableFeatures } from "./known_features.ts";

const stages: Readonly<Record<string, ExperimentalFeatureStage>> = {
  b: "beta",
  u: "underDevelopment",
  s: "stable",
  d: "deprecated",
  r: "removed",
};

/**
 * Features in the order in which clients list them, with the first letter of
 * their stage; in capitals those that are on unless somebody says otherwise
 * (observed on 0.169.0).
 */
const listed = `
  analytics_plan_history:b cli_resume_account_check:u daemon_auto_start:S
  tui_workspace:u tui_multi_backend:u tui_extensions_statusline:u
  app_server_websocket_compression:u transcript_v2:r undo:r shell_tool:S
  view_image:S multi_env_copy_file:u sleep_tool:S secret_auth_storage:s
  unified_exec:S unified_exec_tty:S shell_zsh_fork:r unified_exec_zsh_fork:r
  shell_snapshot:S login_shell_package_path:b powershell_shell_version:u
  shell_snapshot_v2:u deferred_executor:u cwd_relative_turn_diffs:u
  js_repl:r content_item_kinds:S untrusted_as_tool_output:S
  executed_tool_call_metadata:u stable_environment_tools:r code_mode:u
  code_mode_tool_search:u code_mode_buffered_exec:r code_mode_host:S
  code_mode_host_grpc:S code_mode_host_output_truncation:S
  code_mode_prewarm:u code_mode_interrupt:S
  code_mode_tool_description_first:r instant_interrupt:U
  interrupt_on_cancel:u code_mode_only:u code_mode_only_strict_3p_tools:u
  js_repl_tools_only:r terminal_resize_reflow:R web_search_request:d
  web_search_cached:d standalone_web_search:u hosted_search_policy:u
  search_tool:r codex_git_commit:r runtime_metrics:u critical_path_timing:u
  sqlite:R memories:s external_agent_memory_import:u
  local_thread_store_compression:u local_thread_store_shared_compression:r
  background_paginated_rollout_migration:u chronicle:u
  apply_patch_freeform:r apply_patch_streaming_events:u
  apply_patch_preserve_line_endings:r exec_permission_approvals:u
  write_stdin_approval:S hooks:S request_permissions_tool:u
  use_linux_sandbox_bwrap:r use_legacy_landlock:d request_rule:r
  experimental_windows_sandbox:r elevated_windows_sandbox:r
  windows_sandbox_service:u prefer_mxc:u remote_models:r
  api_key_model_discovery:S cli_daybreak:S api_key_cyber_access_programs:S
  daybreak_program_propagation:u enable_request_compression:S
  unbounded_connection_retries:S network_proxy:b credential_masking:u
  worktrees:R respect_system_proxy:b system_proxy_fallback:S multi_agent:D
  multi_agent_v2:s model_catalog_in_context:u multi_agent_v2_dynamic_tools:u
  subagent_thread_environments:u subagent_default_context_limits:u
  defer_mailbox_preemption:u wake_on_agent_messages:u agent_message_board:u
  agent_message_board_mcp:u multi_agent_mode:r enable_fanout:r apps:S psp:u
  enable_mcp_apps:u mcp_2026_07_28:u mcp_tool_list_changed:u
  mcp_connection_sharing:u mcp_lazy_stdio_startup:u
  apps_early_resource_discovery:u codex_apps_mcp_2026_07_28:u
  mcp_oauth_refresh_coordination:S use_xaa:u apps_mcp_path_override:r
  tool_search:r tool_search_always_defer_mcp_tools:R
  deferred_tool_world_state:S command_sessions_world_state:u
  incremental_tools:S incremental_tools_legacy:s
  incremental_tools_legacy_gcp:S suppress_model_change_announcements:s
  prediction_preserve_parent_tools:S incremental_exec_tools:u
  non_prefixed_mcp_tool_names:u unavailable_dummy_tools:r tool_suggest:S
  recommended_plugins:s plugins:S simplified_selection_hints:u
  executor_capability_discovery:u executor_capability_discovery_v2:u
  skip_host_skill_discovery:u plugin_hooks:r in_app_browser:S
  browser_annotation_api:S in_app_chat:S in_app_dictation:S in_app_voice:S
  in_app_local_automation:S in_app_updates:S browser_use:S
  browser_use_full_cdp_access:S browser_use_external:S computer_use:S
  remote_plugin:S plugin_discovery_prefetch:r plugin_sharing:S
  external_migration:r image_generation:S image_generation_animation:u
  omit_app_server_notification_media:u image_resize_notice:u
  unified_image_budget:S resize_all_images:R item_ids:R
  concurrent_reasoning_summaries:u output_token_replay:u
  skill_mcp_dependency_install:S omit_skill_descriptions:u skill_search:S
  skill_catalog_deltas:u skill_env_var_dependency_prompt:r mentions_v2:S
  steer:R default_mode_request_user_input:u send_async_message:r
  send_message_to_user_async:u terminal_visualization_instructions:u
  guardian_approval:S guardian_include_additional_context:S
  guardian_recorded_items:u guardianv2.thread_context:r
  guardian_reuse_parent_compaction:S guardian_root_handoff_context:u
  guardian_native_multi_agent_history:u
  guardian_enhanced_node_repl_transcripts:u
  guardian_node_repl_transcript_images:u
  guardian_trust_orchestrator_connectors:u
  guardian_conversation_history_tools:u guardian_denial_reconsideration:u
  guardianv2:u guardianv2_decisions_comparison:u guardianv3:u guardian_ext:r
  goals:S token_budget:u context_management:u rollout_budget:u
  reasoning_effort_override:S current_time_reminder:u
  nonfatal_clock_read_errors:u collaboration_modes:R
  tool_call_mcp_elicitation:S auth_elicitation:S bedrock_setup_wizard:S
  gcp_setup_wizard:s gateway_setup_wizard:s personality:r artifact:u
  fast_mode:S ultrafast_mode:S step_model_switching:u
  realtime_conversation:R remote_control:r image_detail_original:r
  tui_app_server:R prevent_idle_sleep:b workspace_owner_usage_nudge:r
  responses_websockets:r responses_websockets_v2:r remote_compaction_v2:r
  async_compaction:u async_compaction_root_only:u compaction_image_budget:S
  retain_client_developer_messages:u retain_client_tool_outputs:S
  use_agent_identity:u runtime_agent_instances:u workspace_dependencies:S
`.trim().split(/\s+/);

/** Names of all features, in the order in which they are told. */
export const featureNames: readonly string[] = listed.map((entry) =>
  entry.slice(0, entry.indexOf(":"))
);

/** Names of those that are being worked on. */
export const unfinishedFeatures: readonly string[] = listed
  .filter((entry) => /:u$/i.test(entry))
  .map((entry) => entry.slice(0, entry.indexOf(":")));

/** What people read of features that are in beta. */
const words: Readonly<Record<string, readonly [string, string]>> = {
  analytics_plan_history: [
    "Analytics plan history",
    "Shows how much of a plan was used over time",
  ],
  login_shell_package_path: [
    "Bundled tools in login shells",
    "Keeps bundled programs on the PATH that a login shell sets",
  ],
  network_proxy: [
    "Network proxy",
    "Holds commands with network access to the rules of a proxy",
  ],
  respect_system_proxy: [
    "System proxy",
    "Asks the model through the proxy that the system is set to",
  ],
  prevent_idle_sleep: [
    "Prevent sleep while running",
    "Keeps the computer awake while a thread works",
  ],
};

/** All features, as a configuration sets them. */
export function listFeatures(config: Config): ExperimentalFeature[] {
  return listed.map((entry) => {
    const [name, letter] = entry.split(":") as [string, string];
    const stage = stages[letter.toLowerCase()]!;
    const defaultEnabled = letter !== letter.toLowerCase();
    const [displayName = null, description = null] = words[name] ?? [];
    const isBeta = stage === "beta";
    return {
      name,
      stage,
      displayName,
      description,
      announcement: isBeta ? "" : null,
      enabled: isFeatureOn(config, name) ?? switchableFeatures.get(name) ??
        defaultEnabled,
      defaultEnabled,
    };
  });
}

/** Whether a configuration turns a feature on or off; undefined if neither. */
export function isFeatureOn(
  config: Config,
  name: string,
): boolean | undefined {
  const value = config.get(["features", ...name.split(".")]);
  if (typeof value === "boolean") return value;
  const enabled = config.get(["features", ...name.split("."), "enabled"]);
  return typeof enabled === "boolean" ? enabled : undefined;
}
