import { type EnvironmentAddParams, RpcError } from "../protocol/mod.ts";

/** Where an exec server is, and how to sign in there. */
export interface ExecServerAddress {
  /** A websocket address; it may turn out to be none when it is dialled. */
  readonly url: string;
  /** Headers of the upgrade; they hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long connecting may take. */
  readonly connectTimeoutMs: number;
}

/** How long connecting may take where the client does not say. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * What a client says of an exec server.
 *
 * @throws {RpcError} if that is no address, or secrets would travel in the
 * clear.
 */
export function toAddress(
  {
    execServerUrl,
    authBearerToken,
    websocketRequestId,
    connectTimeoutMs,
  }: EnvironmentAddParams,
): ExecServerAddress {
  const url = execServerUrl.trim();
  if (url === "") {
    throw refused("remote environment requires an exec-server url");
  }
  if (url.toLowerCase() === "none") {
    throw refused("remote environment cannot use disabled exec-server url");
  }
  const headers = {
    ...authBearerToken != null &&
      { authorization: `Bearer ${authBearerToken}` },
    ...websocketRequestId != null && { "x-request-id": websocketRequestId },
  };
  for (const [name, value] of Object.entries(headers)) {
    checkValue(name, value);
  }
  if (Object.keys(headers).length > 0) checkIsSafe(url);
  return {
    url,
    headers,
    connectTimeoutMs: connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
  };
}

/** @throws {RpcError} if a header could not hold it. */
function checkValue(name: string, value: string): void {
  if (/^[\t\x20-\x7e]*$/.test(value)) return;
  throw refused(`invalid value for exec-server WebSocket header \`${name}\``);
}

/** @throws {RpcError} if others could read along on the way there. */
function checkIsSafe(url: string): void {
  if (!URL.canParse(url)) {
    throw refused(
      "invalid exec-server WebSocket URL: relative URL without a base",
    );
  }
  const { protocol, hostname } = new URL(url);
  if (protocol === "wss:" || isOfThisMachine(hostname)) return;
  throw refused(
    "exec-server WebSocket headers require wss:// or a loopback destination",
  );
}

/** Host names as URLs have them: IPv4 addresses are four decimal numbers. */
function isOfThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function refused(why: string): RpcError {
  return RpcError.invalidRequest(`exec-server protocol error: ${why}`);
}
