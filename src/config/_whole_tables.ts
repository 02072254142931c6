import { hookEvents } from "./_hook_events.ts";
import type { ConfigTable, ConfigValue } from "./config.ts";
import type { ReadableValue } from "./_schema.ts";

/**
 * What clients read of a table besides what is set in it: values by key, and
 * more of such tables.
 */
interface Whole {
  /** What stands there if nobody sets it. */
  readonly unset?: Readonly<Record<string, ReadableValue>>;
  /** Tables that are there whether they are set or not. */
  readonly always?: Readonly<Record<string, Whole>>;
  /** Tables that are null until they are set; lists of them, too. */
  readonly optional?: Readonly<Record<string, Whole>>;
  /** All tables whose name is the user's. */
  readonly named?: Whole;
  /** Whether it is left as it is. */
  readonly isExempt?: (table: ConfigTable) => boolean;
}

/** Keys that are null until they are set. */
function nulls(keys: string): Record<string, null> {
  return Object.fromEntries(keys.trim().split(/\s+/).map((key) => [key, null]));
}

/** Tables of keys that are null until they are set: `name: key key`. */
function nullTables(lines: string): Record<string, Whole> {
  return Object.fromEntries(
    lines.trim().split(/;\s*/).map((line) => {
      const [name = "", keys = ""] = line.split(":");
      return [name.trim(), { unset: nulls(keys) }];
    }),
  );
}

const handler: Whole = {
  unset: { ...nulls("commandWindows timeout statusMessage"), async: false },
  isExempt: ({ type }) => type !== "command",
};

const matcher: Whole = {
  unset: { matcher: null, hooks: [] },
  optional: { hooks: handler },
};

const keymap: Whole = {
  always: nullTables(`
    agents: archive delete fork hide new_task new_worktree rename resume search
      stop toggle_grouping toggle_pin;
    approval: approve approve_for_prefix approve_for_session cancel decline deny
      open_fullscreen open_thread;
    chat: decrease_reasoning_effort edit_queued_message
      increase_reasoning_effort interrupt_turn next_permission_mode open_presets
      previous_permission_mode prompt_stack_back skip_question toggle_voice
      toggle_voice_mute;
    composer: history_search_next history_search_previous queue submit
      toggle_shortcuts;
    editor: delete_backward delete_backward_word delete_forward
      delete_forward_word insert_newline kill_line_end kill_line_start
      kill_whole_line move_down move_left move_line_end move_line_start
      move_right move_up move_word_left move_word_right yank;
    global: change_host clear_terminal close_sidebar_tab copy
      equalize_pane_widths find_transcript focus_activity focus_main_composer
      focus_pane_left focus_pane_right focus_sidebar_content focus_sidebar_tabs
      hide_pane leader maximize_pane_width minimize_pane_width move_divider_left
      move_divider_right open_agents open_external_editor open_transcript queue
      resize_panes select_transcript sidebar_down sidebar_up submit
      toggle_fast_mode toggle_pane_zoom toggle_raw_output toggle_shortcuts
      toggle_side_conversation toggle_vim_mode;
    list: accept cancel jump_bottom jump_top move_down move_left move_right
      move_up page_down page_up;
    pager: close close_transcript find half_page_down half_page_up jump_bottom
      jump_top page_down page_up scroll_down scroll_up;
    vim_normal: append_after_cursor append_line_end cancel_operator
      change_to_line_end delete_char delete_to_line_end enter_insert
      enter_replace_mode find_backward find_forward insert_line_start
      jump_bottom jump_top move_down move_left move_line_end move_line_start
      move_right move_up move_word_backward move_word_end move_word_forward
      open_line_above open_line_below paste_after redo repeat_last_change
      replace_char start_change_operator start_delete_operator
      start_yank_operator substitute_char till_backward till_forward undo
      yank_line;
    vim_operator: cancel delete_line motion_down motion_find_backward
      motion_find_forward motion_jump_bottom motion_jump_top motion_left
      motion_line_end motion_line_start motion_right motion_till_backward
      motion_till_forward motion_up motion_word_backward motion_word_end
      motion_word_forward select_around_text_object select_inner_text_object
      yank_line;
    vim_search: backward forward next previous;
    vim_text_object: backtick big_word braces brackets cancel double_quote
      parentheses single_quote word
  `),
};

const tui: Whole = {
  unset: {
    ...nulls(`
      disable_paste_burst mouse_scroll_speed pet resume_cwd
      screen_reader_detection_done session_picker_view sidebar_width_percent
      status_line terminal_resize_reflow_max_rows terminal_title theme
    `),
    agents_overview_grouping: "project",
    alternate_screen: "auto",
    animations: true,
    auto_recap: true,
    collapse_turn_details: false,
    copy_on_select: "auto",
    copy_on_select_clear_selection: false,
    default_hosts: {},
    fullscreen_transcript: true,
    model_availability_nux: {},
    notification_condition: "unfocused",
    notification_method: "auto",
    notifications: true,
    pet_anchor: "composer",
    presets: {},
    question_esc_back: true,
    raw_output_mode: false,
    right_click_paste: "auto",
    show_server_version_notice: true,
    show_tooltips: true,
    status_line_use_colors: true,
    vim_mode_default: false,
  },
  always: {
    effects: {
      unset: {
        effort: true,
        progress: true,
        shimmer: true,
        starfield: true,
        title: true,
        welcome: true,
      },
    },
    keymap,
    rendering: {
      unset: { lists: true, math: true, mermaid: true, tables: true },
    },
  },
};

const network: Whole = {
  unset: nulls(`
    allow_local_binding allow_upstream_proxy dangerously_allow_all_unix_sockets
    dangerously_allow_non_loopback_proxy domains enable_socks5 enable_socks5_udp
    enabled mitm mode proxy_url socks_url unix_sockets
  `),
  optional: { mitm: { unset: nulls("actions hooks") } },
};

const exporter: Whole = {
  named: { unset: { endpoint: null, headers: {}, tls: null } },
};

/** The tables whose keys are not looked at where the file is checked. */
const tables: Whole = {
  optional: {
    agents: {
      named: { unset: nulls("config_file description nickname_candidates") },
    },
    apps: {
      named: {
        optional: {
          tools: { named: { unset: nulls("approval_mode enabled") } },
        },
      },
    },
    audio: { unset: nulls("microphone microphone_channel speaker") },
    hooks: {
      unset: Object.fromEntries(hookEvents.map((event) => [event, []])),
      optional: Object.fromEntries(
        hookEvents.map((event) => [event, matcher]),
      ),
    },
    marketplaces: {
      named: {
        unset: nulls(
          "last_revision last_updated ref source source_type sparse_paths",
        ),
      },
    },
    memories: {
      unset: nulls(`
        consolidation_model consolidation_service_tier dedicated_tools
        disable_on_external_context dual_write extract_model generate_memories
        max_raw_memories_for_consolidation max_rollout_age_days
        max_rollouts_per_startup max_unused_days
        min_rate_limit_remaining_percent min_rollout_idle_hours use_memories
        version
      `),
    },
    notice: {
      unset: {
        ...nulls(`
          fast_default_opt_out hide_full_access_warning hide_gov_cloud_guidance
          hide_gpt-5.1-codex-max_migration_prompt hide_gpt5_1_migration_prompt
          hide_rate_limit_model_nudge hide_world_writable_warning
        `),
        model_migrations: {},
      },
      always: {
        external_config_migration_prompts: {
          unset: {
            home: null,
            home_last_prompted_at: null,
            project_last_prompted_at: {},
            projects: {},
          },
        },
      },
    },
    otel: {
      unset: nulls(`
        environment exporter log_agent_responses log_guardian_assessments
        log_sse_deltas log_user_prompt metrics_exporter span_attributes
        tool_result trace_exporter tracestate
      `),
      optional: {
        exporter,
        metrics_exporter: exporter,
        trace_exporter: exporter,
      },
    },
    permissions: {
      named: {
        unset: nulls("description extends filesystem network workspace_roots"),
        optional: {
          filesystem: { unset: nulls("glob_scan_max_depth") },
          network,
        },
      },
    },
    profiles: {
      named: {
        unset: nulls(`
          analytics approval_policy approvals_reviewer chatgpt_base_url
          experimental_compact_prompt_file experimental_use_unified_exec_tool
          features include_apps_instructions
          include_collaboration_mode_instructions include_environment_context
          include_environment_context_time include_permissions_instructions
          js_repl_node_module_dirs js_repl_node_path model model_catalog_json
          model_instructions_file model_provider model_reasoning_effort
          model_reasoning_summary model_verbosity oss_provider personality
          plan_mode_reasoning_effort sandbox_mode service_tier tools tui
          web_search windows
        `),
        optional: {
          analytics: { unset: nulls("enabled") },
          features: { unset: nulls("network_proxy") },
          tools: {
            unset: nulls(`
              client_search_provider experimental_request_user_input update_plan
              web_search
            `),
          },
          tui: { unset: nulls("session_picker_view") },
        },
      },
    },
    realtime: { unset: nulls("transport type version voice") },
    tui,
  },
};

/**
 * The configuration with its open tables filled up: clients that were written
 * against typed settings find every key that there is.
 */
export function fillUp(
  values: Readonly<Record<string, ReadableValue>>,
): Record<string, ReadableValue> {
  return fill(values as ConfigTable, tables);
}

function fill(table: ConfigTable, whole: Whole): Record<string, ReadableValue> {
  if (whole.isExempt?.(table)) return table;
  const { unset = {}, always = {}, optional = {}, named } = whole;
  const filled: Record<string, ReadableValue> = Object.create(null);
  Object.assign(filled, unset);
  for (const [key, inner] of Object.entries(always)) {
    filled[key] = fill(Object.create(null), inner);
  }
  for (const [key, value] of Object.entries(table)) {
    const inner = Object.hasOwn(always, key)
      ? always[key]
      : Object.hasOwn(optional, key)
      ? optional[key]
      : named;
    filled[key] = inner === undefined ? value : fillEach(value, inner);
  }
  return filled;
}

/** Values that are no tables stay as they are: one key may take both. */
function fillEach(value: ConfigValue | null, whole: Whole): ReadableValue {
  if (value === null || typeof value !== "object") return value;
  return Array.isArray(value)
    ? value.map((item) => fillEach(item, whole))
    : fill(value, whole);
}
