/** Tokens of a context that models read in full, unless a hook says otherwise. */
const usualTokens = 2500;

/** Where what is too long is kept. */
export interface SpillPlace {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  readonly threadId: string;
}

/**
 * What a model reads of what a hook says: all of it, or the beginning and the
 * end with the name of the file that has the rest.
 *
 * @param limit Tokens; null for the usual, 0 for any number.
 */
export async function spill(
  context: string,
  limit: number | null,
  { home, threadId }: SpillPlace,
): Promise<string> {
  const tokens = limit ?? usualTokens;
  if (tokens === 0 || context.length <= tokens) return context;
  const { shorten } = await import("../tools/mod.ts");
  const preview = shorten(context, { tokens, unit: "tokens" });
  if (preview === context) return context;
  const directory = `${home}/tmp/hook_outputs/${threadId}`;
  const path = `${directory}/${crypto.randomUUID()}.txt`;
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(path, context, { createNew: true, mode: 0o600 });
  } catch {
    return preview; // better the two ends of it than nothing
  }
  return `${preview}\n\nFull hook output saved to: ${path}`;
}
