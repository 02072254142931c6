/** What came back for one request. */
export interface Reply {
  readonly ok: boolean;
  /** Size of the message. */
  readonly bytes: number;
  /** The start of the message, for an error text. */
  readonly head: string;
}

/** Smaller messages are parsed as JSON. */
const PARSED_BYTES = 4096;
/** How much of a bigger one is looked at. */
const HEAD_BYTES = 160;

/** A reply whose id comes first, as both servers write it. */
const BIG_REPLY = /^\s*\{\s*(?:"jsonrpc":"2\.0",)?"id":\s*(\d+)/;
const BRACE = 125;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NOTIFICATION = encoder.encode('{"method":"');

/** The requests of a client that wait for their replies. */
export class Replies {
  /** Gets the bytes of each notification; they are only valid inside. */
  onNotification: ((payload: Uint8Array) => void) | undefined;
  readonly #pending = new Map<number, (reply: Reply) => void>();
  #lastId = 0;

  /** Expects one more reply. */
  expect(): { readonly id: number; readonly reply: Promise<Reply> } {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#pending.set(id, resolve);
    return { id, reply: promise };
  }

  /** Takes a message; of a big one only both ends are looked at. */
  receive(payload: Uint8Array): void {
    const bytes = payload.length;
    // Both servers write the method first: nothing else of it is parsed.
    if (startsWith(payload, NOTIFICATION, 0)) {
      this.onNotification?.(payload);
      return;
    }
    if (bytes < PARSED_BYTES) return this.#receiveParsed(payload);
    const head = decoder.decode(payload.subarray(0, HEAD_BYTES));
    const [, id] = head.match(BIG_REPLY) ?? [];
    if (id !== undefined) {
      const ok = head.includes('"result"') && payload[bytes - 1] === BRACE;
      this.#settle(Number(id), { ok, bytes, head });
    } else if (head.includes('"method"')) {
      this.onNotification?.(payload);
    } else {
      this.#receiveParsed(payload);
    }
  }

  /** The connection is closed: nothing comes any more. */
  giveUp(): void {
    for (const settle of this.#pending.values()) {
      settle({ ok: false, bytes: 0, head: "connection closed" });
    }
    this.#pending.clear();
  }

  #receiveParsed(payload: Uint8Array): void {
    const text = decoder.decode(payload);
    const { id, method, error } = JSON.parse(text);
    if (id === undefined || method !== undefined) {
      this.onNotification?.(payload);
      return;
    }
    const ok = error === undefined;
    this.#settle(id, { ok, bytes: payload.length, head: text });
  }

  #settle(id: number, reply: Reply): void {
    const settle = this.#pending.get(id);
    this.#pending.delete(id);
    settle?.(reply);
  }
}

/** Tells notifications of a method by their bytes. */
export function matchMethod(
  method: string,
): (payload: Uint8Array) => boolean {
  const wanted = encoder.encode(`${method}"`);
  return (payload) => startsWith(payload, wanted, NOTIFICATION.length);
}

function startsWith(
  bytes: Uint8Array,
  wanted: Uint8Array,
  offset: number,
): boolean {
  if (bytes.length < offset + wanted.length) return false;
  for (let at = 0; at < wanted.length; at++) {
    if (bytes[offset + at] !== wanted[at]) return false;
  }
  return true;
}

/**
 * The reply itself when it is a result.
 *
 * @throws {Error} with the start of the message when it is not.
 */
export function succeeded(reply: Reply, what: string): Reply {
  if (reply.ok) return reply;
  throw new Error(`${what} failed: ${reply.head.slice(0, 300)}`);
}
