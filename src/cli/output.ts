/** Writes text to standard output, whole. */
export async function print(text: string): Promise<void> {
  await writeAll(Deno.stdout, text);
}

/**
 * Writes text to standard error, whole. Where that takes nothing (a full disk, a
 * reader that has gone), nobody can be told, and work goes on to its exit code.
 */
export async function printError(text: string): Promise<void> {
  await writeAll(Deno.stderr, text).catch(() => {});
}

async function writeAll(
  output: { write(bytes: Uint8Array): Promise<number> },
  text: string,
): Promise<void> {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) {
    bytes = bytes.subarray(await output.write(bytes));
  }
}

/** Standard input as text, to its end. */
export async function readInput(): Promise<string> {
  return await new Response(Deno.stdin.readable).text();
}
