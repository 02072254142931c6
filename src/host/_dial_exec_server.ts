import type { Channel, DialOptions } from "../transport/mod.ts";
import type { ExecServerAddress } from "./exec_server_address.ts";
import { ExecServerError } from "./exec_server_error.ts";

/** Opens a websocket. */
export type Dial = (url: string, options: DialOptions) => Promise<Channel>;

/** An exec server that there is no connection to, now. */
export class UnreachableError extends ExecServerError {}

/** Longest message taken from an exec server: a picture of 20 MiB in base64. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/**
 * Opens a channel to an exec server.
 *
 * @throws {UnreachableError} if that fails or takes too long.
 * @throws {unknown} the signal's reason.
 */
export async function dialExecServer(
  { url, headers, connectTimeoutMs }: ExecServerAddress,
  dial: Dial,
  signal: AbortSignal,
): Promise<Channel> {
  // Only websockets: a client is not let in to the sockets of this machine.
  if (!/^wss?:/i.test(url)) {
    throw unreachable(url, "URL error: URL scheme not supported");
  }
  const limit = new AbortController();
  const late = new UnreachableError(
    `timed out connecting to exec-server websocket \`${url}\` after ` +
      toDuration(connectTimeoutMs),
  );
  if (connectTimeoutMs === 0) throw late;
  const timer = setTimeout(
    () => limit.abort(late),
    Math.min(connectTimeoutMs, LONGEST_TIMER_MS),
  );
  try {
    return await dial(url, {
      headers,
      maxMessageBytes: MAX_MESSAGE_BYTES,
      signal: AbortSignal.any([signal, limit.signal]),
    });
  } catch (error) {
    signal.throwIfAborted();
    limit.signal.throwIfAborted();
    throw unreachable(url, toReason(error, url));
  } finally {
    clearTimeout(timer);
  }
}

/** A timer that is to wait for longer does not wait at all. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function unreachable(url: string, reason: string): UnreachableError {
  return new UnreachableError(
    `failed to connect to exec-server websocket \`${url}\`: ${reason}`,
  );
}

/** Why a websocket could not be opened, without what is said already. */
function toReason(error: unknown, url: string): string {
  if (!(error instanceof Error)) return String(error);
  const { refusal } = error as { readonly refusal?: { status: number } };
  if (refusal !== undefined) {
    const words = phrases.get(refusal.status);
    return `HTTP error: ${refusal.status}${words ? ` ${words}` : ""}`;
  }
  const said = error.message.replace(`Cannot connect to "${url}": `, "");
  return `IO error: ${said}`;
}

/** What answers to an upgrade are called that are seen in the wild. */
const phrases: ReadonlyMap<number, string> = new Map([
  [200, "OK"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [426, "Upgrade Required"],
  [429, "Too Many Requests"],
  [500, "Internal Server Error"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
]);

/** A duration as the protocol's texts have it, such as `300ms` or `1.5s`. */
function toDuration(ms: number): string {
  if (ms === 0) return "0ns";
  return ms < 1000 ? `${ms}ms` : `${ms / 1000}s`;
}
