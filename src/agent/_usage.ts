import type { ModelUsage } from "../model/mod.ts";
import type { ThreadTokenUsage } from "../protocol/mod.ts";

/** Tokens, as clients are told. */
export type Tokens = ThreadTokenUsage["total"];

/** None at all. */
export const noTokens: Tokens = {
  totalTokens: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteInputTokens: 0,
  outputTokens: 0,
  reasoningOutputTokens: 0,
};

/** What a response took, in the order of the wire. */
export function toTokens(usage: ModelUsage): Tokens {
  return {
    totalTokens: usage.totalTokens,
    inputTokens: usage.inputTokens,
    cachedInputTokens: usage.cachedInputTokens,
    cacheWriteInputTokens: usage.cacheWriteInputTokens,
    outputTokens: usage.outputTokens,
    reasoningOutputTokens: usage.reasoningOutputTokens,
  };
}

/** Both together. */
export function addTokens(a: Tokens, b: Tokens): Tokens {
  return {
    totalTokens: a.totalTokens + b.totalTokens,
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    cacheWriteInputTokens: a.cacheWriteInputTokens + b.cacheWriteInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningOutputTokens: a.reasoningOutputTokens + b.reasoningOutputTokens,
  };
}

/** The same as it stands in rollouts. */
export function toRecordedTokens(tokens: Tokens): Record<string, number> {
  return {
    input_tokens: tokens.inputTokens,
    cached_input_tokens: tokens.cachedInputTokens,
    cache_write_input_tokens: tokens.cacheWriteInputTokens,
    output_tokens: tokens.outputTokens,
    reasoning_output_tokens: tokens.reasoningOutputTokens,
    total_tokens: tokens.totalTokens,
  };
}

/**
 * About how many tokens a text is; four bytes make one on the average. For
 * estimates only, where no provider has counted.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
