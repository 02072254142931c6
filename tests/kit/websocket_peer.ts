import { FrameBuffer, OPCODE } from "../bench/frames.ts";
import { joinBytes } from "./join_bytes.ts";
import type { Peer } from "./peer.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How a frame is sent; what is left out is as it should be. */
export interface FrameSettings {
  readonly opcode?: number;
  readonly isLast?: boolean;
  readonly isMasked?: boolean;
  /** The three reserved bits. */
  readonly reserved?: number;
}

/** How a websocket ended. */
export interface CloseFrame {
  readonly code: number;
  readonly reason: string;
}

/** A peer that speaks websocket, and breaks its rules where it is told to. */
export class WebSocketPeer implements Peer {
  /** The close frame of the server, once it was read. */
  closeFrame: CloseFrame | undefined;
  readonly #conn: Deno.Conn;
  readonly #received = new FrameBuffer();
  #isClosed = false;

  private constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /**
   * Connects and upgrades.
   *
   * @param url As the server tells it: `ws://IP:PORT` or `unix://PATH`.
   * @throws {Error} if the server does not upgrade.
   */
  static async connect(
    url: string,
    headers: readonly string[] = [],
  ): Promise<WebSocketPeer> {
    const peer = new WebSocketPeer(await connectTo(url));
    await peer.write(encoder.encode(upgradeRequest(headers)));
    const head = await peer.#head();
    if (head.startsWith("HTTP/1.1 101 ")) return peer;
    await peer[Symbol.asyncDispose]();
    throw new Error(`Not upgraded: ${head}`);
  }

  async send(...messages: string[]): Promise<void> {
    const frames = messages.map((message) => toFrame(encoder.encode(message)));
    await this.write(joinBytes(frames));
  }

  /** Sends one frame. */
  async sendFrame(
    payload: string | Uint8Array,
    settings?: FrameSettings,
  ): Promise<void> {
    const bytes = typeof payload === "string"
      ? encoder.encode(payload)
      : payload;
    await this.write(toFrame(bytes, settings));
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#conn.write(bytes.subarray(sent));
    }
  }

  async message(): Promise<Uint8Array | undefined> {
    const fragments: Uint8Array[] = [];
    while (true) {
      const frame = await this.#frame();
      if (frame === undefined) return undefined;
      const { opcode, fin, payload } = frame;
      if (opcode === OPCODE.close) {
        this.closeFrame = toCloseFrame(payload);
        return undefined;
      }
      if (opcode > OPCODE.close) continue;
      if (fin && fragments.length === 0) return payload;
      fragments.push(payload.slice());
      if (fin) return joinBytes(fragments);
    }
  }

  /** Waits until more has arrived, and leaves it for {@linkcode message}. */
  async arrival(): Promise<void> {
    const bytes = await this.#conn.read(this.#received.space);
    if (bytes === null) throw new Error("Nothing more comes");
    this.#received.filled(bytes);
  }

  /** The close frame; messages in front of it are dropped. */
  async closing(): Promise<CloseFrame | undefined> {
    while (await this.message() !== undefined);
    return this.closeFrame;
  }

  /**
   * Drops the connection so that the server gets a reset. Needs something of
   * the server's that has arrived and was not read.
   */
  async reset(): Promise<void> {
    await this.#conn.read(new Uint8Array(1));
    this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    return Promise.resolve();
  }

  #close(): void {
    if (!this.#isClosed) this.#conn.close();
    this.#isClosed = true;
  }

  async #frame(): Promise<ReturnType<FrameBuffer["take"]>> {
    while (true) {
      const frame = this.#received.take();
      if (frame !== undefined) return frame;
      const bytes = await this.#conn.read(this.#received.space)
        .catch(() => null);
      if (bytes === null) return undefined;
      this.#received.filled(bytes);
    }
  }

  async #head(): Promise<string> {
    const byte = new Uint8Array(1);
    let head = "";
    while (!head.endsWith("\r\n\r\n")) {
      if (await this.#conn.read(byte) === null) return head;
      head += decoder.decode(byte);
    }
    return head;
  }
}

/** A plain connection to where a server listens. */
export async function connectTo(url: string): Promise<Deno.Conn> {
  if (url.startsWith("unix://")) {
    return await Deno.connect({
      transport: "unix",
      path: url.slice("unix://".length),
    });
  }
  const { hostname, port } = new URL(url);
  return await Deno.connect({ hostname, port: Number(port) });
}

/** The request that asks for a websocket. */
export function upgradeRequest(headers: readonly string[] = []): string {
  return [
    "GET / HTTP/1.1",
    "Host: x",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  ].join("\r\n") + "\r\n\r\n";
}

/** A client's frame, masked with zeros, which leave the payload as it is. */
export function toFrame(
  payload: Uint8Array,
  {
    opcode = OPCODE.text,
    isLast = true,
    isMasked = true,
    reserved = 0,
  }: FrameSettings = {},
): Uint8Array {
  const { length } = payload;
  const head = new DataView(new ArrayBuffer(10));
  let headBytes = 2;
  head.setUint8(0, (isLast ? 0x80 : 0) | (reserved << 4) | opcode);
  const masked = isMasked ? 0x80 : 0;
  if (length < 126) head.setUint8(1, masked | length);
  else if (length < 65_536) {
    head.setUint8(1, masked | 126);
    head.setUint16(2, length);
    headBytes = 4;
  } else {
    head.setUint8(1, masked | 127);
    head.setBigUint64(2, BigInt(length));
    headBytes = 10;
  }
  return joinBytes([
    new Uint8Array(head.buffer, 0, headBytes),
    new Uint8Array(isMasked ? 4 : 0),
    payload,
  ]);
}

function toCloseFrame(payload: Uint8Array): CloseFrame {
  if (payload.length < 2) return { code: 1005, reason: "" };
  const code = payload[0]! * 256 + payload[1]!;
  return { code, reason: decoder.decode(payload.subarray(2)) };
}
