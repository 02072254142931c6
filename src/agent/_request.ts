import type { ModelRequest, ResponseItem, ToolSpec } from "../model/mod.ts";
import { toBaseMessage } from "./_base_instructions.ts";
import {
  type RequestPurpose,
  toCacheKey,
  toClientMetadata,
  toHeaders,
} from "./_turn_metadata.ts";
import type { Turn } from "./_turn.ts";

/** What a request is for. */
export interface RequestParts {
  readonly tools: readonly ToolSpec[];
  /** Whether several tools may be called at once, if the model can. */
  readonly isParallel: boolean;
  readonly purpose: RequestPurpose;
}

/** A question that goes on where `conversation` ends. */
export function toRequest(
  turn: Turn,
  conversation: readonly ResponseItem[],
  { tools, isParallel, purpose }: RequestParts,
): ModelRequest {
  const { settings, facts } = turn;
  const effort = toAskedEffort(turn);
  const summary = settings.summary ?? facts.defaultSummary ?? "none";
  const text = toText(turn);
  return {
    model: settings.model,
    input: [toBaseMessage(turn), ...conversation],
    tools,
    parallelToolCalls: isParallel && facts.callsInParallel,
    reasoning: {
      ...(effort === null ? {} : { effort }),
      ...(summary === "none" ? {} : { summary }),
    },
    ...(text === undefined ? {} : { text }),
    ...toTier(turn),
    promptCacheKey: toCacheKey(turn),
    clientMetadata: toClientMetadata(turn, purpose),
    headers: toHeaders(turn, purpose),
  };
}

/** The tier, where the provider is one that can know it. */
function toTier({ settings, facts }: Turn): { serviceTier?: string } {
  const { serviceTier } = settings;
  const isOffered = serviceTier === "flex" ||
    serviceTier !== null && facts.serviceTiers.includes(serviceTier);
  return isOffered ? { serviceTier } : {};
}

/** `ultra` is how work is shared out; a model is asked for what it can do. */
function toAskedEffort({ settings, facts }: Turn): string | null {
  const effort = settings.effort ?? facts.defaultEffort;
  return effort === "ultra" ? facts.utmostEffort : effort;
}

function toText(turn: Turn): Record<string, unknown> | undefined {
  const { defaultVerbosity } = turn.facts;
  const verbosity = defaultVerbosity === null
    ? null
    : turn.agent.config.get("model_verbosity") ?? defaultVerbosity;
  const schema = turn.parts.outputSchema;
  if (verbosity === null && schema === null) return undefined;
  return {
    ...(verbosity === null ? {} : { verbosity }),
    ...(schema === null ? {} : {
      format: {
        type: "json_schema",
        strict: true,
        schema,
        name: "codex_output_schema",
      },
    }),
  };
}
