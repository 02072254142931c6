import type { Issuer } from "./issuer.ts";
import { createPkce, toRandomText } from "./_oauth.ts";
import { toPage } from "./_page.ts";
import { Secret } from "./_secret.ts";
import type { IssuedTokens } from "./sign_in.ts";

/** Where the browser comes back to; the issuer knows no other port. */
const callbackPort = 1455;

/** How often a port is tried that another sign-in still holds. */
const attempts = 10;
const attemptMs = 200;

/** What {@linkcode startBrowserLogin} needs. */
export interface BrowserLoginOptions {
  readonly issuer: Issuer;
  readonly originator: string;
  /** The only workspaces that are allowed, if not all are. */
  readonly workspaces: readonly string[] | undefined;
  /** Where the browser comes back to. Default: 1455. */
  readonly port: number | undefined;
  /** Gives it up; its reason says why. */
  readonly signal: AbortSignal;
}

/** A sign-in that waits for a browser. */
export interface BrowserLogin {
  /** The page to open. */
  readonly authUrl: string;
  /**
   * The tokens, once somebody has signed in.
   *
   * @throws {Error} why nobody has.
   */
  readonly tokens: Promise<IssuedTokens>;
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
  const { issuer, signal } = options;
  const pkce = await createPkce();
  const state = new Secret(toRandomText(32));
  const outcome = Promise.withResolvers<IssuedTokens>();
  outcome.promise.catch(() => {}); // told to whoever awaits the tokens
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
      outcome.reject(new Error("Login cancelled"));
      return plain("Login cancelled", 200);
    }
    if (pathname !== "/auth/callback") return plain("Not Found", 404);
    if (!state.equals(query.get("state") ?? "")) {
      return plain("State mismatch", 400);
    }
    if (isUsed) return plain("Already used", 400);
    isUsed = true;
    try {
      const code = query.get("code");
      const failure = query.get("error_description") ?? query.get("error");
      if (failure !== null) throw new Error(`Sign-in failed: ${failure}`);
      if (!code) throw new Error("Sign-in failed: no code came back");
      const tokens = await issuer.exchange(
        { code, redirectUri, verifier: pkce.verifier },
        { signal },
      );
      outcome.resolve(tokens);
      return toPage("Signed in", "You can close this page.");
    } catch (error) {
      outcome.reject(error);
      return toPage("Not signed in", (error as Error).message);
    }
  };
  const server = await listen(options.port ?? callbackPort, answer);
  const { port } = server.addr;
  host = `127.0.0.1:${port}`;
  redirectUri = `http://${host}/auth/callback`;
  const abort = () => outcome.reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  const tokens = outcome.promise.finally(async () => {
    signal.removeEventListener("abort", abort);
    await server.shutdown();
  });
  tokens.catch(() => {});
  return {
    authUrl: issuer.authorizeUrl({
      redirectUri,
      challenge: pkce.challenge,
      state: state.reveal(),
      originator: options.originator,
      workspaces: options.workspaces,
    }),
    tokens,
  };
}

function hosts(address: string): string[] {
  return [address, address.replace("127.0.0.1", "localhost")];
}

function plain(text: string, status: number): Response {
  return new Response(text, { status, headers: { connection: "close" } });
}

async function listen(
  port: number,
  answer: (request: Request) => Promise<Response>,
): Promise<Deno.HttpServer<Deno.NetAddr>> {
  for (let attempt = 1;; attempt++) {
    try {
      return Deno.serve({
        hostname: "127.0.0.1",
        port,
        onListen: () => {},
        onError: () => plain("Internal Server Error", 500),
      }, answer);
    } catch (error) {
      const isTaken = error instanceof Deno.errors.AddrInUse;
      if (!isTaken || attempt === attempts) throw error;
      await freePort(port);
    }
  }
}

/** Asks whoever waits for a browser there to give up. */
async function freePort(port: number): Promise<void> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/cancel`, {
      redirect: "manual",
      signal: AbortSignal.timeout(2_000),
    });
    await response.body?.cancel();
  } catch {
    // Nobody, or somebody else: the next attempt tells.
  }
  await new Promise((resolve) => setTimeout(resolve, attemptMs));
}
