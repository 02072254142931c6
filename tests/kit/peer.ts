/**
 * A client that does nothing by itself: it reads when it is told to, and sends
 * what it is told to, right or wrong.
 */
export interface Peer extends AsyncDisposable {
  /** Sends messages as one run of bytes, without reading meanwhile. */
  send(...messages: string[]): Promise<void>;
  /** Sends bytes as they are. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * The next message, valid until the one after it is asked for; `undefined`
   * when nothing more comes.
   */
  message(): Promise<Uint8Array | undefined>;
}

/** A reply or a notification, as far as tests look at it. */
export interface Received {
  readonly id?: unknown;
  readonly method?: string;
  // deno-lint-ignore no-explicit-any -- whatever the server says
  readonly params?: any;
  // deno-lint-ignore no-explicit-any -- whatever the server says
  readonly result?: any;
  readonly error?: { code: number; message: string; data?: unknown };
}

const decoder = new TextDecoder();

/** The text of a request. */
export function request(id: unknown, method: string, params?: object): string {
  return JSON.stringify({ id, method, params });
}

/** Does the handshake, and reads up to the last of what the server greets with. */
export async function initialize(
  peer: Peer,
  capabilities: Record<string, unknown> = {},
): Promise<Received> {
  await peer.send(request("initialize", "initialize", {
    clientInfo: { name: "peer", version: "1" },
    capabilities,
  }));
  const reply = await nextReply(peer);
  const { method } = await next(peer);
  if (method !== "remoteControl/status/changed") {
    throw new Error(`Expected the greeting, got ${method}`);
  }
  return reply;
}

/**
 * The next message as JSON.
 *
 * @throws {Error} if nothing more comes.
 */
export async function next(peer: Peer): Promise<Received> {
  const bytes = await peer.message();
  if (bytes === undefined) throw new Error("The connection ended");
  return JSON.parse(decoder.decode(bytes));
}

/** The next message that is a reply; notifications before it are dropped. */
export async function nextReply(peer: Peer): Promise<Received> {
  while (true) {
    const message = await next(peer);
    if (message.method === undefined) return message;
  }
}

/** As many replies as asked for, by id; a second one to an id is an error. */
export async function replies(
  peer: Peer,
  count: number,
): Promise<Map<unknown, Received>> {
  const found = new Map<unknown, Received>();
  while (found.size < count) {
    const reply = await nextReply(peer);
    if (found.has(reply.id)) {
      throw new Error(`Two replies to ${JSON.stringify(reply.id)}`);
    }
    found.set(reply.id, reply);
  }
  return found;
}

/** All that still comes until the connection ends. */
export async function rest(peer: Peer): Promise<Received[]> {
  const found: Received[] = [];
  while (true) {
    const bytes = await peer.message();
    if (bytes === undefined) return found;
    found.push(JSON.parse(decoder.decode(bytes)));
  }
}
