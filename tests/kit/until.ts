/** Bounds of a wait. */
export interface UntilOptions {
  /** When to give up, in milliseconds. Default: 60 s. */
  readonly timeoutMs?: number;
  /** Time between two looks, in milliseconds. Default: 10. */
  readonly everyMs?: number;
}

/**
 * Looks again and again until there is something other than `undefined`,
 * `null` or `false` to be seen, and gives it back.
 *
 * @param what Words for the error.
 * @throws {Error} if the time is up.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { timeoutMs = 60_000, everyMs = 10 }: UntilOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = performance.now() + timeoutMs;
  while (true) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) {
      return found as Exclude<T, undefined | null | false>;
    }
    if (performance.now() > deadline) {
      throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
