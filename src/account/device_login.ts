import type { DeviceCode, Issuer } from "./issuer.ts";
import type { IssuedTokens } from "./sign_in.ts";

/**
 * Waits until somebody has typed a code in elsewhere.
 *
 * @throws {IssuerError} if nobody ever will.
 * @throws {unknown} the signal's reason.
 */
export async function awaitDeviceLogin(
  issuer: Issuer,
  code: DeviceCode,
  { signal }: { readonly signal: AbortSignal },
): Promise<IssuedTokens> {
  for (;;) {
    const typed = await issuer.pollDeviceCode(code, { signal });
    if (typed !== undefined) {
      return await issuer.exchange(
        { ...typed, redirectUri: issuer.deviceRedirectUri },
        { signal, what: "device code exchange" },
      );
    }
    await delay(code.intervalMs, signal);
  }
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = () => (clearTimeout(timer), reject(signal.reason));
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
  });
}
