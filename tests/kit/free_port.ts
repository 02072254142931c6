/** Below the ports that the system gives to whoever asks for any. */
const FIRST = 20_000;
const COUNT = 10_000;

/**
 * A port of this machine that nobody listens at. Ports that were had by asking
 * for any and given back are somebody else's a moment later, where much goes on.
 */
export function findFreePort(): number {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
