import { concat } from "./bytes.ts";
import type { Headers } from "./case.ts";
import { type Address, dial } from "./connections.ts";
import { within } from "./deadline.ts";

/** The answer to one raw HTTP request; `status` is 0 when none came. */
export interface HttpReply {
  readonly status: number;
  /** By lower-case name; the last of several counts. */
  readonly headers: Record<string, string>;
  readonly body: string;
  /** Every byte that came, as text. */
  readonly raw: string;
  /** What came behind the head. */
  readonly rest: Uint8Array;
  /** Still open after a 101; the caller closes it. */
  readonly conn: Deno.Conn;
}

/** Header lines of a request; null leaves a header out, a list repeats it. */
export function headerLines(headers: Headers): string {
  return Object.entries(headers)
    .flatMap(([name, value]) =>
      [value].flat().filter((one) => one !== null).map((one) =>
        `${name}: ${one}\r\n`
      )
    )
    .join("");
}

/** Sends `request` as it is and reads one answer, for at most `limitMs`. */
export async function exchange(
  address: Address,
  request: string,
  options: { limitMs: number; method?: string; signal: AbortSignal },
): Promise<HttpReply> {
  const conn = await dial(address);
  let received: Uint8Array = new Uint8Array();
  try {
    await conn.write(new TextEncoder().encode(request));
    const deadline = performance.now() + options.limitMs;
    const chunk = new Uint8Array(65536);
    while (!isComplete(received, options.method)) {
      const read = await within(
        conn.read(chunk),
        Math.max(1, deadline - performance.now()),
        options.signal,
      );
      if (read === undefined || read === null) break;
      received = concat([received, chunk.subarray(0, read)]);
    }
  } catch (error) {
    if (options.signal.aborted) {
      conn.close();
      throw error;
    }
    // A reset counts as an end: the case looks at what came before.
  }
  return { ...parse(received), conn };
}

function isComplete(received: Uint8Array, method = "GET"): boolean {
  const end = headEnd(received);
  if (end < 0) return false;
  const { status, headers } = parse(received);
  const bodyBytes = received.length - end - 4;
  return status === 101 || method === "HEAD" ||
    bodyBytes >= Number(headers["content-length"] ?? 0);
}

function parse(received: Uint8Array): Omit<HttpReply, "conn"> {
  const raw = new TextDecoder().decode(received);
  const end = headEnd(received);
  if (end < 0) {
    return { status: 0, headers: {}, body: raw, raw, rest: new Uint8Array() };
  }
  const decoder = new TextDecoder();
  const [first = "", ...lines] = decoder.decode(received.subarray(0, end))
    .split("\r\n");
  const status = Number(first.split(" ")[1]);
  const rest = received.slice(end + 4);
  return {
    status,
    headers: Object.fromEntries(
      lines.map((line) => line.split(/:(.*)/s)).map((
        [name = "", value = ""],
      ) => [name.toLowerCase(), value.trim()]),
    ),
    body: status === 101 ? "" : decoder.decode(rest),
    raw,
    rest,
  };
}

/** Index of the blank line behind the head, or -1. */
function headEnd(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) {
      return at;
    }
  }
  return -1;
}
