import type { Issuer } from "./issuer.ts";
import { createPkce, toRandomText } from "./_oauth.ts";
import { toPage } from "./_page.ts";
import { Secret } from "./_secret.ts";
import type { IssuedTokens } from "./sign_in.ts";

/** Where the browser comes back to; the issuer knows no other ports. */
const callbackPorts = [1455, 1457] as const;

/** How often a port is tried that another sign-in gives up. */
const attempts = 10;
const attemptMs = 200;

/** How often one is tried that nobody seems to give up. */
const strikes = 2;

/** How long whoever has a port may take to say that it gives it up. */
const cancelTimeoutMs = 500;

/** What {@linkcode startBrowserLogin} needs. */
export interface BrowserLoginOptions {
  readonly issuer: Issuer;
  readonly originator: string;
  /** The only workspaces that are allowed, if not all are. */
  readonly workspaces: readonly string[] | undefined;
  /** Where the browser may come back to. Default: 1455, 1457. */
  readonly ports: readonly number[] | undefined;
  /**
   * Keeps what somebody has signed in with, before the browser tells so.
   *
   * @throws {Error} if it can't be kept; shown in the browser.
   */
  readonly keep: (tokens: IssuedTokens, signal: AbortSignal) => Promise<void>;
  /** Gives it up; its reason says why. */
  readonly signal: AbortSignal;
}

/** A sign-in that waits for a browser. */
export interface BrowserLogin {
  /** The page to open. */
  readonly authUrl: string;
  /**
   * Somebody has signed in, and it is kept.
   *
   * @throws {Error} why nobody has.
   */
  readonly signedIn: Promise<void>;
}

/**
 * Listens on this machine for the browser that somebody signs in with (RFC
 * 8252, section 7.3). The listener ends with the sign-in.
 *
 * @throws {Error} if nothing can listen there.
 */
export async function startBrowserLogin(
  options: BrowserLoginOptions,
): Promise<BrowserLogin> {
  const { issuer } = options;
  const cancelling = new AbortController();
  const signal = AbortSignal.any([options.signal, cancelling.signal]);
  const pkce = await createPkce();
  const state = new Secret(toRandomText(32));
  const outcome = Promise.withResolvers<void>();
  outcome.promise.catch(() => {}); // told to whoever awaits it
  const abort = () => outcome.reject(signal.reason);
  let isUsed = false;
  let redirectUri = "";
  let host = "";
  const answer = async (request: Request): Promise<Response> => {
    const { pathname, searchParams: query } = new URL(request.url);
    // A page elsewhere may have a name that leads here.
    if (!hosts(host).includes(request.headers.get("host") ?? "")) {
      return plain("Forbidden", 403);
    }
    if (request.method !== "GET") return plain("Method Not Allowed", 405);
    // So a second server frees the port, whichever program the first one is.
    if (pathname === "/cancel") {
      cancelling.abort(new Error("Login cancelled"));
      return plain("Login cancelled", 200);
    }
    if (pathname !== "/auth/callback") return plain("Not Found", 404);
    if (!state.equals(query.get("state") ?? "")) {
      return plain("State mismatch", 400);
    }
    if (isUsed) return plain("Already used", 400);
    isUsed = true;
    // From here on, the signal ends what is done, and that the wait.
    signal.removeEventListener("abort", abort);
    try {
      const tokens = await issuer.exchange(
        { code: toCode(query), redirectUri, verifier: pkce.verifier },
        { signal },
      );
      await options.keep(tokens, signal);
      outcome.resolve();
      return toPage("Signed in", "You can close this page.");
    } catch (error) {
      outcome.reject(error);
      return toPage("Not signed in", (error as Error).message);
    }
  };
  const server = await listen(options.ports ?? callbackPorts, answer);
  const { port } = server.addr;
  host = `127.0.0.1:${port}`;
  redirectUri = `http://${host}/auth/callback`;
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  const signedIn = outcome.promise.finally(async () => {
    signal.removeEventListener("abort", abort);
    await server.shutdown();
  });
  signedIn.catch(() => {});
  return {
    authUrl: issuer.authorizeUrl({
      redirectUri,
      challenge: pkce.challenge,
      state: state.reveal(),
      originator: options.originator,
      workspaces: options.workspaces,
    }),
    signedIn,
  };
}

/**
 * The code that a browser brings back.
 *
 * @throws {Error} if it brings none.
 */
function toCode(query: URLSearchParams): string {
  const error = query.get("error");
  const description = query.get("error_description");
  if (error !== null || description !== null) {
    throw new Error(
      description?.includes("missing_codex_entitlement")
        ? "Codex is not enabled for your workspace. Contact your workspace " +
          "administrator to request access to Codex."
        : `Sign-in failed: ${description ?? error}`,
    );
  }
  const code = query.get("code");
  if (code) return code;
  throw new Error(
    "Missing authorization code. Sign-in could not be completed.",
  );
}

function hosts(address: string): string[] {
  return [address, address.replace("127.0.0.1", "localhost")];
}

function plain(text: string, status: number): Response {
  return new Response(text, { status, headers: { connection: "close" } });
}

/** Listens at the first port that is free, or that whoever has it gives up. */
async function listen(
  ports: readonly number[],
  answer: (request: Request) => Promise<Response>,
): Promise<Deno.HttpServer<Deno.NetAddr>> {
  for (const port of ports) {
    let refusals = 0;
    for (let attempt = 0; attempt < attempts && refusals < strikes; attempt++) {
      try {
        return Deno.serve({
          hostname: "127.0.0.1",
          port,
          onListen: () => {},
          onError: () => plain("Internal Server Error", 500),
        }, answer);
      } catch (error) {
        if (!(error instanceof Deno.errors.AddrInUse)) throw error;
        if (!await freePort(port)) refusals++;
        await new Promise((resolve) => setTimeout(resolve, attemptMs));
      }
    }
  }
  throw new Deno.errors.AddrInUse(
    `Port 127.0.0.1:${ports.at(-1)} is already in use`,
  );
}

/** Asks whoever waits for a browser there to give up; whether it says so. */
async function freePort(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/cancel`, {
      redirect: "manual",
      signal: AbortSignal.timeout(cancelTimeoutMs),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // nobody any more, or somebody else
  }
}
