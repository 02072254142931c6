import type { ModelFacts } from "../model/mod.ts";
import { countTokens, type OutputBudget, shorten } from "./_shorten.ts";
import type { Unread } from "./_terminal.ts";

/** Tokens of a command's output unless the call says. */
export const DEFAULT_OUTPUT_TOKENS = 10_000;

/**
 * How much of an output a model is shown: as much as the call asks for, and no
 * more than the model can do with. For some models characters are counted.
 */
export function toBudget(
  { maxOutputTokens, outputUnit }: ModelFacts,
  asked: number = DEFAULT_OUTPUT_TOKENS,
): OutputBudget {
  return asked < maxOutputTokens
    ? { tokens: asked, unit: "tokens" }
    : { tokens: maxOutputTokens, unit: outputUnit };
}

/** What is told of a command that was started or typed to. */
export interface CommandReport {
  /** Milliseconds that were waited. */
  readonly wallMs: number;
  /** Its exit code, or the number under which it goes on. */
  readonly state: { readonly exitCode: number } | { readonly session: string };
  readonly unread: Unread;
  readonly budget: OutputBudget;
}

/** What the model reads of a command. */
export function toOutputText(
  { wallMs, state, unread, budget }: CommandReport,
): string {
  const id = crypto.getRandomValues(new Uint8Array(3)).toHex();
  const how = "exitCode" in state
    ? `Process exited with code ${state.exitCode}`
    : `Process running with session ID ${state.session}`;
  return [
    `Chunk ID: ${id}`,
    `Wall time: ${(wallMs / 1000).toFixed(4)} seconds`,
    how,
    `Original token count: ${countTokens(unread.bytes)}`,
    "Output:",
    shorten(unread.text, budget, unread),
  ].join("\n");
}

/** What of that the command wrote itself. */
export function toBody(text: string): string {
  const mark = "\nOutput:\n";
  return text.slice(text.indexOf(mark) + mark.length);
}

/** What the model reads of a call that a person broke off. */
export function toAbortedText(startedAt: number): string {
  const seconds = (performance.now() - startedAt) / 1000;
  return `Wall time: ${seconds.toFixed(1)} seconds\naborted by user`;
}
