import assert from "node:assert/strict";
import { Config, type ConfigTable } from "../config/mod.ts";
import { listModels, toFacts } from "./facts.ts";

const facts = (slug: string, effective: ConfigTable = {}) =>
  toFacts(slug, new Config({ effective }));

Deno.test("toFacts falls back for a model that nobody knows", () => {
  assert.deepEqual(facts("mock-model"), {
    slug: "mock-model",
    isKnown: false,
    contextWindow: 258_400,
    autoCompactTokens: 244_800,
    defaultEffort: null,
    efforts: [],
    utmostEffort: "medium",
    defaultSummary: "auto",
    callsInParallel: true,
    hasPatchTool: false,
    hasShell: true,
    findsTools: false,
    maxOutputTokens: 2_500,
    outputUnit: "chars",
    defaultVerbosity: null,
    serviceTiers: [],
    baseInstructions: null,
  });
});

Deno.test("toFacts knows models by the beginning of their slugs", () => {
  const known = {
    isKnown: true,
    contextWindow: 258_400,
    autoCompactTokens: 244_800,
    defaultEffort: "medium",
    efforts: ["low", "medium", "high", "xhigh"],
    utmostEffort: "xhigh",
    defaultSummary: null,
    callsInParallel: true,
    hasPatchTool: true,
    hasShell: true,
    findsTools: true,
    maxOutputTokens: 10_000,
    outputUnit: "tokens",
    defaultVerbosity: "low",
    serviceTiers: ["priority"],
    baseInstructions: null,
  };
  for (const slug of ["gpt-5.5", "gpt-5.5-2026-01-01", "openai/gpt-5.5"]) {
    assert.deepEqual(facts(slug), { slug, ...known });
  }
  for (const slug of ["a/b/gpt-5.5", "gpt-5", "GPT-5.5", ""]) {
    assert.equal(facts(slug).isKnown, false);
  }
});

Deno.test("toFacts tells how models are asked, as it was observed", () => {
  const asked = (slug: string) => {
    const { utmostEffort, defaultSummary, callsInParallel } = facts(slug);
    return [utmostEffort, defaultSummary, callsInParallel];
  };
  for (const slug of ["gpt-6.1-sol", "gpt-6-astra", "gpt-6.1-terra"]) {
    assert.deepEqual(asked(slug), ["xhigh", null, false]);
  }
  for (
    const slug of [
      "gpt-6-sol",
      "gpt-6-luna",
      "gpt-5.6-sol",
      "gpt-5.6-terra",
      "gpt-5.6-luna",
      "gpt-daybreak-blue-latest",
      "gpt-daybreak-red-latest",
      "codex-auto-review",
    ]
  ) assert.deepEqual(asked(slug), ["max", null, false]);
});

Deno.test("toFacts tells of windows as they were observed", () => {
  const window = (slug: string, tokens?: number) =>
    facts(slug, tokens === undefined ? {} : { model_context_window: tokens })
      .contextWindow;
  assert.equal(window("gpt-6.1-terra"), 475_000);
  assert.equal(window("gpt-daybreak-red-latest"), 353_400);
  assert.equal(window("mock", 1_000), 950);
  assert.equal(window("mock", 2_000_000), 258_400);
  assert.equal(window("gpt-5.5", 2_000_000), 258_400);
  assert.equal(window("gpt-6-sol", 2_000_000), 828_400);
  assert.equal(window("gpt-5.6-luna", 2_000_000), 828_400);
  assert.equal(window("gpt-daybreak-red-latest", 2_000_000), 353_400);
});

Deno.test("toFacts compacts at what was asked for, or before it is too late", () => {
  const limit = (effective: ConfigTable) =>
    facts("mock", effective).autoCompactTokens;
  assert.equal(limit({ model_auto_compact_token_limit: 400 }), 400);
  assert.equal(limit({ model_auto_compact_token_limit: 999_999 }), 244_800);
  assert.equal(limit({ model_context_window: 1_000 }), 900);
  assert.equal(
    facts("mock", { tool_output_token_limit: 5 }).maxOutputTokens,
    5,
  );
});

Deno.test("listModels lists what clients choose from, and the rest if asked", () => {
  const slugs = (includeHidden: boolean) =>
    listModels(new Config(), { includeHidden }).map(({ id }) => id);
  assert.deepEqual(slugs(false), [
    "gpt-6.1-sol",
    "gpt-6-astra",
    "gpt-6-sol",
    "gpt-6-luna",
    "gpt-5.6-sol",
    "gpt-6.1-terra",
    "gpt-5.6-terra",
    "gpt-5.6-luna",
    "gpt-5.5",
  ]);
  assert.deepEqual(
    slugs(true).filter((slug) => !slugs(false).includes(slug)),
    [
      "gpt-daybreak-blue-latest",
      "gpt-daybreak-red-latest",
      "codex-auto-review",
    ],
  );
  const all = listModels(new Config(), { includeHidden: true });
  assert.deepEqual(
    all.filter(({ isDefault }) => isDefault).map(({ id }) => id),
    ["gpt-6.1-sol"],
  );
  const { description: _, supportedReasoningEfforts, ...legacy } = all.find(
    ({ id }) => id === "gpt-5.5",
  )!;
  assert.deepEqual(legacy, {
    id: "gpt-5.5",
    model: "gpt-5.5",
    upgrade: "gpt-6-sol",
    upgradeInfo: {
      model: "gpt-6-sol",
      upgradeCopy: null,
      modelLink: null,
      migrationMarkdown: null,
      retirementAt: null,
    },
    availabilityNux: null,
    displayName: "GPT-5.5",
    modelSpecialty: null,
    hidden: false,
    defaultReasoningEffort: "medium",
    inputModalities: ["text", "image"],
    supportsPersonality: false,
    multiAgentVersion: null,
    additionalSpeedTiers: ["fast"],
    serviceTiers: [{
      id: "priority",
      name: "Fast",
      description: "1.5x speed, increased usage",
    }],
    defaultServiceTier: null,
    availableAccessPrograms: null,
    isDefault: false,
  });
  assert.deepEqual(
    supportedReasoningEfforts.map(({ reasoningEffort }) => reasoningEffort),
    ["low", "medium", "high", "xhigh"],
  );
});
