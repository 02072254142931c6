/**
 * Tables of `config.toml` that are for the programs around the server, as far
 * as their types are known. The server uses none of them, but people are told
 * what they mistyped; what else stands in them is for those programs to judge.
 *
 * @module
 */
import { hookEvents } from "./_hook_events.ts";
import {
  anything,
  boolean,
  integer,
  type Kind,
  listOf,
  loosePath,
  mapOf,
  number,
  oneOf,
  record,
  type RecordOptions,
  string,
  variantOf,
  word,
} from "./_schema.ts";
import { isTable } from "./toml.ts";

const u8 = integer("u8", 0n, 255n);
const u32 = integer("u32", 0n, 2n ** 32n - 1n);
const i64 = integer("i64", -(2n ** 63n), 2n ** 63n - 1n);
const u64 = integer("u64", 0n, 2n ** 64n - 1n);
const usize = integer("usize", 0n, 2n ** 64n - 1n);
const positiveUsize = integer("a nonzero usize", 1n, 2n ** 64n - 1n);
const strings = listOf(string);

/** A table of which only some types are known; clients read what is written. */
export function loose(
  fields: Readonly<Record<string, Kind>>,
  options: Pick<RecordOptions, "required" | "telling"> = {},
): Kind {
  const { fillIn: _, ...kind } = record(fields, {
    others: anything,
    ...options,
  });
  return kind;
}

/** True or false, or the events that are told of. */
const notifications = variantOf("Notifications", boolean, strings);

const exporters = ["none", "statsig", "otlp-http", "otlp-grpc"];
const exporter = oneOf(exporters, {
  "otlp-http": loose({
    endpoint: string,
    headers: mapOf(string),
    protocol: oneOf(["binary", "json"]),
  }),
  "otlp-grpc": loose({ endpoint: string, headers: mapOf(string) }),
});

const handlerFields: Readonly<Record<string, Kind>> = {
  command: string,
  commandWindows: string,
  command_windows: string,
  timeout: u64,
  async: boolean,
  statusMessage: string,
};

/** What a hook does; only commands are looked into. */
const hookHandler: Kind = {
  ...anything,
  findMismatch: (value) =>
    hookKind.findMismatch(value) ??
      (isTable(value) && value.type === "command"
        ? commandHandler.findMismatch(value)
        : undefined),
};
const hookKind = loose({
  type: word(["command", "mcp_tool", "prompt", "agent"]),
}, { required: ["type"] });
const commandHandler = loose(handlerFields, { required: ["command"] });

const hookGroups = listOf(
  loose({ matcher: string, hooks: listOf(hookHandler) }),
);
/** What the table that holds them is told of, rather than the setting. */
const notifying = [
  "notifications",
  "notification_method",
  "notification_condition",
];

/** Tables of terminals and desktops, and of what the server leaves to them. */
export const terminalKeys: Readonly<Record<string, Kind>> = {
  audio: loose({ microphone: string, speaker: string }),
  hooks: loose({
    ...Object.fromEntries(hookEvents.map((event) => [event, hookGroups])),
    state: mapOf(loose({ enabled: boolean, trusted_hash: string })),
  }, { telling: (key) => key === "state" ? undefined : "whole" }),
  memories: loose({
    generate_memories: boolean,
    use_memories: boolean,
    disable_on_external_context: boolean,
    max_raw_memories_for_consolidation: usize,
    max_unused_days: i64,
    max_rollout_age_days: i64,
    max_rollouts_per_startup: usize,
    min_rollout_idle_hours: i64,
    min_rate_limit_remaining_percent: i64,
    consolidation_model: string,
    extract_model: string,
    consolidation_service_tier: string,
    dedicated_tools: boolean,
    dual_write: boolean,
    version: oneOf(["v1", "v2"]),
  }),
  notice: loose({
    hide_full_access_warning: boolean,
    hide_gov_cloud_guidance: boolean,
    hide_world_writable_warning: boolean,
    hide_rate_limit_model_nudge: boolean,
    hide_gpt5_1_migration_prompt: boolean,
    "hide_gpt-5.1-codex-max_migration_prompt": boolean,
    model_migrations: mapOf(string),
    fast_default_opt_out: boolean,
    external_config_migration_prompts: loose({}),
  }),
  otel: loose({
    environment: string,
    exporter,
    trace_exporter: exporter,
    metrics_exporter: exporter,
    log_user_prompt: boolean,
    log_sse_deltas: boolean,
    span_attributes: mapOf(string),
    tool_result: loose({}),
    tracestate: mapOf(mapOf(string)),
  }),
  realtime: loose({
    version: oneOf(["v1", "v2", "v3"]),
    type: oneOf(["conversational", "transcription"]),
    transport: oneOf(["webrtc", "websocket"]),
  }),
  skills: loose({
    bundled: loose({ enabled: boolean }),
    include_instructions: boolean,
    config: listOf(
      loose({ path: loosePath, name: string, enabled: boolean }, {
        required: ["enabled"],
      }),
    ),
    max_context_tokens: positiveUsize,
  }),
  tui: loose({
    agents_overview_grouping: oneOf(["project", "status", "model"]),
    alternate_screen: oneOf(["auto", "always", "never"]),
    animations: boolean,
    auto_recap: boolean,
    copy_on_select: oneOf(["auto", "always", "never"]),
    default_hosts: mapOf(loose({})),
    effects: loose({}),
    keymap: mapOf(anything),
    model_availability_nux: mapOf(u32),
    mouse_scroll_speed: number,
    notification_condition: oneOf(["unfocused", "always"]),
    notification_method: oneOf(["auto", "osc9", "osc777", "bel"]),
    notifications,
    pet: string,
    pet_anchor: oneOf(["composer", "screen-bottom"]),
    presets: mapOf(loose({})),
    raw_output_mode: boolean,
    rendering: loose({}),
    resume_cwd: oneOf(["current", "session"]),
    session_picker_view: oneOf(["comfortable", "dense"]),
    show_tooltips: boolean,
    sidebar_width_percent: u8,
    status_line: strings,
    status_line_use_colors: boolean,
    terminal_resize_reflow_max_rows: usize,
    terminal_title: strings,
    theme: string,
    vim_mode_default: boolean,
  }, { telling: (key) => notifying.includes(key) ? "whole" : undefined }),
};
