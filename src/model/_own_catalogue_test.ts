import assert from "node:assert/strict";
import { Config, type ConfigTable } from "../config/mod.ts";
import {
  findDefaultModel,
  findReasoningContext,
  listModels,
  toFacts,
} from "./facts.ts";

const ant: ConfigTable = {
  slug: "ant",
  display_name: "Ant",
  description: "Small, and never alone.",
  default_reasoning_level: "high",
  supported_reasoning_levels: [
    { effort: "low", description: "a little" },
    { effort: "high", description: "a lot" },
    { effort: "ultra", description: "with others" },
  ],
  shell_type: "unified_exec",
  visibility: "list",
  supported_in_api: true,
  priority: 5,
  additional_speed_tiers: ["fast"],
  service_tiers: [{ id: "slow", name: "Slow", description: "Later" }],
  default_service_tier: "slow",
  availability_nux: { message: "New" },
  upgrade: { model: "bee", migration_markdown: "Fly" },
  base_instructions: "You are an ant",
  support_verbosity: true,
  default_verbosity: "high",
  default_reasoning_summary: "detailed",
  apply_patch_tool_type: "freeform",
  truncation_policy: { mode: "bytes", limit: 8_000 },
  context_window: 100_000,
  max_context_window: 200_000,
  effective_context_window_percent: 90,
  experimental_supported_tools: [],
  input_modalities: ["text"],
  supports_search_tool: true,
};

const bare: ConfigTable = {
  slug: "bare",
  display_name: "Bare",
  supported_reasoning_levels: [],
  shell_type: "disabled",
  visibility: "hide",
  supported_in_api: true,
  priority: 1,
  support_verbosity: false,
  truncation_policy: { mode: "tokens", limit: 100 },
  experimental_supported_tools: [],
  use_responses_lite: true,
  model_messages: { instructions_template: "Do it" },
};

const bring = (...modelCatalogue: ConfigTable[]) =>
  new Config({ modelCatalogue });

Deno.test("listModels lists a catalogue of one's own in place of what is known", () => {
  const config = bring(ant, bare);
  const all = listModels(config, { includeHidden: true });
  assert.deepEqual(all, [
    {
      id: "bare",
      model: "bare",
      upgrade: null,
      upgradeInfo: null,
      availabilityNux: null,
      displayName: "Bare",
      description: "",
      modelSpecialty: null,
      hidden: true,
      supportedReasoningEfforts: [],
      defaultReasoningEffort: "none",
      inputModalities: ["text", "image"],
      supportsPersonality: false,
      multiAgentVersion: null,
      additionalSpeedTiers: [],
      serviceTiers: [],
      defaultServiceTier: null,
      availableAccessPrograms: null,
      isDefault: false,
    },
    {
      id: "ant",
      model: "ant",
      upgrade: "bee",
      upgradeInfo: {
        model: "bee",
        upgradeCopy: null,
        modelLink: null,
        migrationMarkdown: "Fly",
        retirementAt: null,
      },
      availabilityNux: { message: "New" },
      displayName: "Ant",
      description: "Small, and never alone.",
      modelSpecialty: null,
      hidden: false,
      supportedReasoningEfforts: [
        { reasoningEffort: "low", description: "a little" },
        { reasoningEffort: "high", description: "a lot" },
        { reasoningEffort: "ultra", description: "with others" },
      ],
      defaultReasoningEffort: "high",
      inputModalities: ["text"],
      supportsPersonality: false,
      multiAgentVersion: null,
      additionalSpeedTiers: ["fast"],
      serviceTiers: [{ id: "slow", name: "Slow", description: "Later" }],
      defaultServiceTier: "slow",
      availableAccessPrograms: null,
      isDefault: true,
    },
  ]);
  assert.deepEqual(listModels(config, { includeHidden: false }), [all[1]]);
});

Deno.test("findDefaultModel is the first that is shown, or the first of all", () => {
  assert.equal(findDefaultModel(bring(ant, bare)), "ant");
  assert.equal(
    findDefaultModel(bring({ ...ant, visibility: "none" }, bare)),
    "bare",
  );
  const first = (...tables: ConfigTable[]) =>
    findDefaultModel(bring(...tables));
  assert.equal(first({ ...ant, slug: "c" }, { ...ant, slug: "a" }), "c");
  assert.equal(first({ ...ant, slug: "c" }, { ...ant, priority: -1 }), "ant");
  assert.equal(
    first({ ...ant, supported_in_api: false, priority: 0 }, {
      ...ant,
      slug: "open",
    }),
    "open",
  );
});

Deno.test("toFacts takes what a catalogue of one's own says", () => {
  const config = bring(ant, bare);
  for (const slug of ["ant", "ant-2026", "any/ant"]) {
    assert.deepEqual(toFacts(slug, config), {
      slug,
      isKnown: true,
      contextWindow: 90_000,
      autoCompactTokens: 90_000,
      defaultEffort: "high",
      efforts: ["low", "high", "ultra"],
      utmostEffort: "high",
      defaultSummary: "detailed",
      callsInParallel: true,
      hasPatchTool: true,
      hasShell: true,
      findsTools: true,
      maxOutputTokens: 2_000,
      outputUnit: "chars",
      defaultVerbosity: "high",
      serviceTiers: ["slow"],
      baseInstructions: "You are an ant",
    });
  }
  assert.deepEqual(toFacts("bare", config), {
    slug: "bare",
    isKnown: true,
    contextWindow: null,
    autoCompactTokens: null,
    defaultEffort: null,
    efforts: [],
    utmostEffort: "medium",
    defaultSummary: "auto",
    callsInParallel: false,
    hasPatchTool: false,
    hasShell: false,
    findsTools: false,
    maxOutputTokens: 100,
    outputUnit: "tokens",
    defaultVerbosity: null,
    serviceTiers: [],
    baseInstructions: "Do it",
  });
  assert.equal(toFacts("gpt-5.5", config).isKnown, false);
  assert.equal(findReasoningContext("bare", config), "all_turns");
  assert.equal(findReasoningContext("ant", config), null);
});

Deno.test("toFacts holds a wish for a window to what a model can take in", () => {
  const told = (
    table: Partial<Record<string, number>>,
    effective: ConfigTable = {},
  ) => {
    const { context_window: _, max_context_window: __, ...rest } = ant;
    const one = { ...rest, ...table } as ConfigTable;
    const config = new Config({ modelCatalogue: [one], effective });
    const { contextWindow, autoCompactTokens } = toFacts("ant", config);
    return [contextWindow, autoCompactTokens];
  };
  const wish = { model_context_window: 300_000 };
  assert.deepEqual(told({ max_context_window: 200_000 }), [180_000, 180_000]);
  assert.deepEqual(
    told({ max_context_window: 200_000 }, wish),
    [180_000, 180_000],
  );
  assert.deepEqual(
    told({ context_window: 100_000 }, wish),
    [270_000, 270_000],
  );
  assert.deepEqual(told({}, wish), [270_000, 270_000]);
  assert.deepEqual(
    told({ context_window: 300_000, max_context_window: 200_000 }),
    [270_000, 270_000],
  );
  assert.deepEqual(
    told({ context_window: 100_000, auto_compact_token_limit: 50_000 }),
    [90_000, 50_000],
  );
});

Deno.test("toFacts knows no summary where a catalogue says none", () => {
  const config = bring({ ...ant, default_reasoning_summary: "none" });
  assert.equal(toFacts("ant", config).defaultSummary, null);
  const busy = bring({ ...ant, multi_agent_reasoning_effort: "low" });
  assert.equal(toFacts("ant", busy).utmostEffort, "low");
});
