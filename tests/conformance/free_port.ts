/** Below the ports that systems give to whoever asks for any. */
const FIRST_PORT = 20_000;
const PORT_COUNT = 12_000;

/**
 * A port that was free a moment ago. It is not one that a system gives to the
 * next one who asks for any, so that it is likely to be free a moment later.
 */
export function freePort(): number {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORT_COUNT);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
