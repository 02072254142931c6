import { encodeFrame, FrameBuffer, OPCODE } from "./frames.ts";
import { Replies, type Reply } from "./replies.ts";
import type { SocketServer } from "./servers.ts";

const encoder = new TextEncoder();

/**
 * A websocket client that costs the same little for every server: frames are
 * masked with the zero key, and of a big reply only both ends are looked at.
 */
export class BenchClient {
  readonly #conn: Deno.Conn;
  readonly #replies = new Replies();
  readonly #received = new FrameBuffer();
  #written: Promise<void> = Promise.resolve();
  #closed = false;

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Connects and initializes. */
  static async open(
    server: SocketServer,
    token: string | undefined,
  ): Promise<BenchClient> {
    const { hostname, port } = server;
    const conn = await Deno.connect({ hostname, port });
    conn.setNoDelay(true);
    const client = new BenchClient(conn);
    await client.#upgrade(`${hostname}:${port}`, token);
    client.#read();
    await client.call("initialize", {
      clientInfo: { name: "bench", title: "bench", version: "0" },
      capabilities: { experimentalApi: true },
    });
    client.#send(encoder.encode('{"method":"initialized"}'));
    return client;
  }

  /** Gets the bytes of each notification; they are only valid inside. */
  set onNotification(take: ((payload: Uint8Array) => void) | undefined) {
    this.#replies.onNotification = take;
  }

  /** Whether the connection has ended, from either side. */
  get closed(): boolean {
    return this.#closed;
  }

  call(method: string, params: unknown): Promise<Reply> {
    return this.callRaw((id) =>
      encoder.encode(JSON.stringify({ id, method, params }))
    );
  }

  /** A request whose bytes were prepared, all but its id. */
  callRaw(build: (id: number) => Uint8Array): Promise<Reply> {
    const { id, reply } = this.#replies.expect();
    this.#send(build(id));
    return reply;
  }

  close(): void {
    if (!this.#closed) this.#conn.close();
    this.#closed = true;
  }

  async #upgrade(host: string, token: string | undefined): Promise<void> {
    const key = crypto.getRandomValues(new Uint8Array(16)).toBase64();
    const lines = [
      "GET / HTTP/1.1",
      `Host: ${host}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${key}`,
      "Sec-WebSocket-Version: 13",
      ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ];
    await this.#writeAll(encoder.encode(lines.join("\r\n") + "\r\n\r\n"));
    const chunk = new Uint8Array(4096);
    let head = "";
    while (!head.includes("\r\n\r\n")) {
      const bytes = await this.#conn.read(chunk);
      if (bytes === null) throw new Error(`closed in the handshake: ${head}`);
      head += String.fromCharCode(...chunk.subarray(0, bytes));
    }
    if (!head.startsWith("HTTP/1.1 101")) {
      throw new Error(`upgrade refused: ${head}`);
    }
    const rest = head.slice(head.indexOf("\r\n\r\n") + 4);
    this.#received.space.set([...rest].map((char) => char.charCodeAt(0)));
    this.#received.filled(rest.length);
  }

  #send(payload: Uint8Array, opcode: number = OPCODE.text): void {
    const frame = encodeFrame(payload, opcode);
    this.#written = this.#written
      .then(() => this.#writeAll(frame))
      // The peer is gone; the reader ends every pending request.
      .catch(() => {});
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#conn.write(bytes.subarray(sent));
    }
  }

  async #read(): Promise<void> {
    const fragments: Uint8Array[] = [];
    try {
      for (;;) {
        for (
          let frame = this.#received.take();
          frame !== undefined;
          frame = this.#received.take()
        ) {
          if (frame.opcode === OPCODE.close) return;
          if (frame.opcode === OPCODE.ping) {
            this.#send(frame.payload.slice(), OPCODE.pong);
          } else if (frame.opcode === OPCODE.pong) {
            continue;
          } else if (frame.fin && fragments.length === 0) {
            this.#replies.receive(frame.payload);
          } else {
            fragments.push(frame.payload.slice());
            if (!frame.fin) continue;
            this.#replies.receive(concat(fragments.splice(0)));
          }
        }
        const bytes = await this.#conn.read(this.#received.space);
        if (bytes === null) return;
        this.#received.filled(bytes);
      }
    } catch {
      // A reset is an end like any other.
    } finally {
      this.#closed = true;
      this.#replies.giveUp();
    }
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(
    parts.reduce((bytes, part) => bytes + part.length, 0),
  );
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
