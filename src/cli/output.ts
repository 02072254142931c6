/** Writes text to standard output, whole. */
export async function print(text: string): Promise<void> {
  await writeAll(Deno.stdout, new TextEncoder().encode(text));
}

/**
 * Writes text to standard error, whole. Where that takes nothing (a full disk, a
 * reader that has gone), nobody can be told, and work goes on to its exit code.
 */
export async function printError(text: string): Promise<void> {
  await writeAll(Deno.stderr, new TextEncoder().encode(text)).catch(() => {});
}

/** Somewhere to write to, such as `Deno.stdout`. */
export interface Sink {
  /** Writes some of the bytes and tells how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Writes bytes, whole. */
export async function writeAll(sink: Sink, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) {
    rest = rest.subarray(await sink.write(rest));
  }
}

/** Standard input as text, to its end. */
export async function readInput(): Promise<string> {
  return await new Response(Deno.stdin.readable).text();
}
