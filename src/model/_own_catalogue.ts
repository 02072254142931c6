import type { ConfigTable, ConfigValue } from "../config/mod.ts";
import type { KnownModel } from "./_known_model.ts";

/** Part of a window that clients are told of, if its model does not say. */
const usualPercent = 95;
/** How many bytes a token is taken to be. */
const bytesPerToken = 4;

/**
 * The models of a catalogue of the user's own, best first. Those that are for
 * people who are signed in to ChatGPT alone are left out: nobody is here.
 */
export function toOwnModels(tables: readonly ConfigTable[]): KnownModel[] {
  return tables
    .filter((table) => table["supported_in_api"] === true)
    .sort((a, b) => toNumber(a["priority"], 0) - toNumber(b["priority"], 0))
    .map(toOwnModel);
}

function toOwnModel(table: ConfigTable): KnownModel {
  const slug = toText(table["slug"]) ?? "";
  const defaultEffort = toText(table["default_reasoning_level"]);
  const efforts = toTables(table["supported_reasoning_levels"]).map((
    level,
  ) => ({
    reasoningEffort: toText(level["effort"]) ?? "",
    description: toText(level["description"]) ?? "",
  }));
  const summary = toText(table["default_reasoning_summary"]) ?? "auto";
  const [upgrade] = toTables(table["upgrade"]);
  const [nux] = toTables(table["availability_nux"]);
  const [policy = {}] = toTables(table["truncation_policy"]);
  const [messages = {}] = toTables(table["model_messages"]);
  const limit = toNumber(policy["limit"], 0);
  const isInBytes = policy["mode"] === "bytes";
  const multiAgent = table["multi_agent_version"];
  return {
    listing: {
      id: slug,
      model: slug,
      upgrade: toText(upgrade?.["model"]),
      upgradeInfo: upgrade === undefined ? null : {
        model: toText(upgrade["model"]) ?? "",
        upgradeCopy: null,
        modelLink: null,
        migrationMarkdown: toText(upgrade["migration_markdown"]),
        retirementAt: null,
      },
      availabilityNux: nux === undefined
        ? null
        : { message: toText(nux["message"]) ?? "" },
      displayName: toText(table["display_name"]) ?? slug,
      description: toText(table["description"]) ?? "",
      modelSpecialty: toText(table["model_specialty"]),
      hidden: table["visibility"] !== "list",
      supportedReasoningEfforts: efforts,
      defaultReasoningEffort: defaultEffort ?? "none",
      inputModalities: toModalities(table["input_modalities"]),
      supportsPersonality: false,
      multiAgentVersion: multiAgent === "v1" || multiAgent === "v2"
        ? multiAgent
        : null,
      additionalSpeedTiers: toTexts(table["additional_speed_tiers"]),
      serviceTiers: toTables(table["service_tiers"]).map((tier) => ({
        id: toText(tier["id"]) ?? "",
        name: toText(tier["name"]) ?? "",
        description: toText(tier["description"]) ?? "",
      })),
      defaultServiceTier: toText(table["default_service_tier"]),
      availableAccessPrograms: null,
    },
    defaultEffort,
    utmostEffort: toText(table["multi_agent_reasoning_effort"]) ??
      efforts.findLast((one) => one.reasoningEffort !== "ultra")
        ?.reasoningEffort ??
      null,
    defaultSummary: summary === "none" ? null : summary,
    defaultVerbosity: table["support_verbosity"] === true
      ? toText(table["default_verbosity"])
      : null,
    contextWindow: toCount(table["context_window"]) ??
      toCount(table["max_context_window"]),
    maxContextWindow: toCount(table["max_context_window"]),
    toldPercent: toNumber(
      table["effective_context_window_percent"],
      usualPercent,
    ),
    autoCompactTokens: toCount(table["auto_compact_token_limit"]),
    shown: isInBytes
      ? { tokens: Math.ceil(limit / bytesPerToken), unit: "chars" }
      : { tokens: limit, unit: "tokens" },
    callsInParallel: table["use_responses_lite"] !== true,
    reasoningContext: table["use_responses_lite"] === true ? "all_turns" : null,
    hasPatchTool: table["apply_patch_tool_type"] !== undefined,
    findsTools: table["supports_search_tool"] === true,
    hasShell: table["shell_type"] !== "disabled",
    baseInstructions: toText(messages["instructions_template"]) ??
      toText(table["base_instructions"]),
  };
}

function toModalities(
  value: ConfigValue | undefined,
): KnownModel["listing"]["inputModalities"] {
  if (value === undefined) return ["text", "image"];
  return toTexts(value).filter((one) =>
    one === "text" || one === "image" || one === "audio"
  );
}

function toText(value: ConfigValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function toTexts(value: ConfigValue | undefined): string[] {
  return Array.isArray(value)
    ? value.filter((one) => typeof one === "string")
    : [];
}

/** The tables of a list, or the one that stands in its place. */
function toTables(value: ConfigValue | undefined): ConfigTable[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((one): one is ConfigTable =>
    typeof one === "object" && !Array.isArray(one)
  );
}

function toNumber(value: ConfigValue | undefined, usual: number): number {
  return typeof value === "number" ? value : usual;
}

function toCount(value: ConfigValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}
