import type { Transport } from "@modelcontextprotocol/sdk/shared/transport";
import type { StoredProvider } from "./_login_provider.ts";
import { OpenAnswers } from "./_open_answers.ts";
import { loadHttpSdk } from "./_sdk.ts";
import { toToldFailure } from "./_told_failure.ts";
import { toWhole } from "./_whole_fetch.ts";
import { Unstartable } from "./mcp_failure.ts";
import type { HttpPlace } from "./server_place.ts";

/** Milliseconds that a server has to forget a session. */
const FAREWELL_MS = 2000;

/** What an HTTP server is reached with. */
export interface HttpTransportOptions {
  readonly env: { get(name: string): string | undefined };
  /** Version that servers are told. */
  readonly version: string;
  /** Knows the tokens, if there are some. */
  readonly authProvider: StoredProvider | undefined;
}

/**
 * Makes the way to a server over streamable HTTP. Redirects are followed within
 * its origin only, so that no header reaches anybody else.
 *
 * @throws {Unstartable} if its headers can't be sent.
 */
export async function createHttpTransport(
  place: HttpPlace,
  { env, version, authProvider }: HttpTransportOptions,
): Promise<Transport> {
  const headers = toHeaders(place, env);
  checkHeaders(headers);
  const { StreamableHTTPClientTransport } = await loadHttpSdk();
  const address = new URL(place.url);
  const answers = new OpenAnswers();
  const transport = new StreamableHTTPClientTransport(address, {
    requestInit: {
      headers: {
        "User-Agent": `codex-mcp-client/${version}`,
        ...headers,
      },
    },
    redirectPolicy: "same-origin",
    fetch: async (url, init) => {
      const ask = async () => {
        const response = await fetch(url, init);
        if (response.ok) return answers.watch(response, init);
        // What a failure says is left unread by the SDK here and there.
        const whole = await toWhole(response);
        return `${url}` === address.href
          ? await toToldFailure(whole, toSecrets(init, headers))
          : whole;
      };
      const token = toRefreshToken(init);
      return token === undefined || authProvider === undefined
        ? await ask()
        : await authProvider.renew(token, ask);
    },
    ...authProvider && { authProvider },
  });
  transport.onmessage = (message) => answers.take(message);
  const close = transport.close.bind(transport);
  let closing: Promise<void> | undefined;
  transport.close = () => closing ??= endSession(transport).finally(close);
  // Its session id may be undefined, which the interface writes otherwise.
  return transport as Transport;
}

/** Lets a server forget a session, if it does so in time. */
async function endSession(
  transport: { terminateSession(): Promise<void> },
): Promise<void> {
  const { promise: isLate, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FAREWELL_MS);
  try {
    await Promise.race([transport.terminateSession(), isLate]);
  } catch {
    // It is left to the server, which has it run out some day.
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Sees to it that headers can be sent: the runtime would repeat those that
 * can't, and they may be secrets.
 *
 * @throws {Unstartable} names the one that can't be.
 */
function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      new Headers([[name, value]]);
    } catch {
      throw new Unstartable(
        `HTTP header "${name}" can't be sent: its name or value is not valid`,
      );
    }
  }
}

/** Of the headers of a request, those that sign it in. */
function toSecrets(
  init: RequestInit | undefined,
  configured: Readonly<Record<string, string>>,
): Headers {
  const secrets = new Headers(configured);
  const token = new Headers(init?.headers).get("authorization");
  if (token !== null) secrets.set("authorization", token);
  return secrets;
}

/** The refresh token in a request for newer tokens (RFC 6749, section 6). */
function toRefreshToken(init: RequestInit | undefined): string | undefined {
  const { body } = init ?? {};
  return body instanceof URLSearchParams
    ? body.get("refresh_token") ?? undefined
    : undefined;
}

/** The headers of every request. */
export function toHeaders(
  { headers, variableHeaders, bearerVariable }: HttpPlace,
  env: HttpTransportOptions["env"],
): Record<string, string> {
  const all: Record<string, string> = { ...headers };
  for (const [name, variable] of Object.entries(variableHeaders)) {
    const value = env.get(variable);
    if (value !== undefined && value !== "") all[name] = value;
  }
  const bearer = bearerVariable && env.get(bearerVariable);
  if (bearer) all["Authorization"] = `Bearer ${bearer}`;
  return all;
}
