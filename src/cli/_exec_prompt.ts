import { printError, readInput } from "./output.ts";
import { UsageError } from "./usage_error.ts";

/** Where the text of a task comes from. */
export interface PromptSource {
  /** As it was typed; `-` is standard input. */
  readonly given: string | undefined;
  /** Whether what is piped in beside it belongs to it. */
  readonly takesMore: boolean;
  /** Whether files were named right before where it should stand. */
  readonly isBehindFiles: boolean;
}

/**
 * The text of a task.
 *
 * @throws {UsageError} if there is none.
 * @throws {unknown} the signal's reason.
 */
export async function readPrompt(
  { given, takesMore, isBehindFiles }: PromptSource,
  stop: AbortSignal,
): Promise<string> {
  const isWhole = given === undefined || given === "-";
  const isTyped = Deno.stdin.isTerminal();
  const hint = isBehindFiles
    ? "; words behind `--image` are images, so put `--` before the prompt"
    : "";
  if (isTyped && given === undefined) {
    throw new UsageError(
      `no prompt: give one as an argument, or on standard input${hint}`,
    );
  }
  if (!isWhole && (isTyped || !takesMore)) return check(given, hint);
  // Whoever typed `-` knows; others may have left a pipe open by mistake.
  if (given === undefined) await printError("Reading prompt from stdin...\n");
  else if (!isWhole) {
    await printError("Reading additional input from stdin...\n");
  }
  const text = await raceAbort(readInput(), stop);
  if (isWhole) return check(text, hint);
  return text.trim() === ""
    ? check(given, hint)
    : `${given}\n\n<stdin>\n${text.replace(/\n$/, "")}\n</stdin>`;
}

function check(text: string, hint: string): string {
  if (text.trim() === "") throw new UsageError(`the prompt is empty${hint}`);
  return text;
}

function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([work, promise])
    .finally(() => signal.removeEventListener("abort", abort));
}
