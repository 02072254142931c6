/**
 * Tables of `config.toml` that are for the programs around the server, as far
 * as their types are known. The server uses none of them, but people are told
 * what they mistyped; what else stands in them is for those programs to judge.
 *
 * @module
 */
import {
  anything,
  boolean,
  integer,
  type Kind,
  listOf,
  mapOf,
  oneOf,
  record,
  string,
} from "./_schema.ts";

const u32 = integer("u32", 0n, 2n ** 32n - 1n);
const i64 = integer("i64", -(2n ** 63n), 2n ** 63n - 1n);
const usize = integer("usize", 0n, 2n ** 64n - 1n);
const positiveUsize = integer("a nonzero usize", 1n, 2n ** 64n - 1n);
const strings = listOf(string);

/** A table of which only some types are known; clients read what is written. */
export function loose(fields: Readonly<Record<string, Kind>>): Kind {
  const { fillIn: _, ...kind } = record(fields, { others: anything });
  return kind;
}

/** True or false, or the events that are told of. */
const notifications: Kind = {
  findMismatch: (value) =>
    !boolean.findMismatch(value) || !strings.findMismatch(value) ? undefined : {
      path: [],
      message: "data did not match any variant of untagged enum Notifications",
    },
  findUnknown: () => [],
};

const exporters = ["none", "statsig", "otlp-http", "otlp-grpc"];
const exporter = oneOf(exporters, {
  "otlp-http": loose({
    endpoint: string,
    headers: mapOf(string),
    protocol: oneOf(["binary", "json"]),
  }),
  "otlp-grpc": loose({ endpoint: string, headers: mapOf(string) }),
});

/** Tables of terminals and desktops, and of what the server leaves to them. */
export const terminalKeys: Readonly<Record<string, Kind>> = {
  audio: loose({ microphone: string, speaker: string }),
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
    dedicated_tools: boolean,
  }),
  notice: loose({
    hide_full_access_warning: boolean,
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
    span_attributes: mapOf(string),
    tracestate: mapOf(anything),
  }),
  realtime: loose({
    version: oneOf(["v1", "v2", "v3"]),
    type: oneOf(["conversational", "transcription"]),
    transport: oneOf(["webrtc", "websocket"]),
  }),
  skills: loose({
    bundled: loose({ enabled: boolean }),
    include_instructions: boolean,
    config: listOf(loose({ enabled: boolean })),
    max_context_tokens: positiveUsize,
  }),
  tui: loose({
    alternate_screen: oneOf(["auto", "always", "never"]),
    animations: boolean,
    auto_recap: boolean,
    keymap: loose({}),
    model_availability_nux: mapOf(u32),
    notification_condition: oneOf(["unfocused", "always"]),
    notification_method: oneOf(["auto", "osc9", "osc777", "bel"]),
    notifications,
    pet: string,
    pet_anchor: oneOf(["composer", "screen-bottom"]),
    raw_output_mode: boolean,
    resume_cwd: oneOf(["current", "session"]),
    session_picker_view: oneOf(["comfortable", "dense"]),
    show_tooltips: boolean,
    status_line: strings,
    status_line_use_colors: boolean,
    terminal_title: strings,
    theme: string,
    vim_mode_default: boolean,
  }),
};
