/** A websocket client made of bytes, for tests that must break the rules. */

import assert from "node:assert/strict";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const MASK = [0x11, 0x22, 0x33, 0x44];

export const HANDSHAKE: readonly string[] = [
  "Host: x",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

export interface RawFrame {
  readonly fin: boolean;
  readonly opcode: number;
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** Sends text, returns everything that comes until the end or the headers. */
export async function rawHttp(
  conn: Deno.Conn,
  request: string,
): Promise<string> {
  await conn.write(encoder.encode(request));
  let got = "";
  const buffer = new Uint8Array(16_384);
  while (true) {
    const count = await conn.read(buffer);
    if (count === null) return got;
    got += decoder.decode(buffer.subarray(0, count));
    const [head = "", body] = got.split("\r\n\r\n");
    const length = /content-length: (\d+)/i.exec(head)?.[1] ?? "0";
    if (body !== undefined && body.length >= Number(length)) return got;
  }
}

export interface FrameOptions {
  readonly fin?: boolean;
  readonly masked?: boolean;
  readonly rsv?: number;
}

export function encodeFrame(
  opcode: number,
  payload: string | Uint8Array,
  { fin = true, masked = true, rsv = 0 }: FrameOptions = {},
): Uint8Array<ArrayBuffer> {
  const data = typeof payload === "string" ? encoder.encode(payload) : payload;
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  const bit = masked ? 0x80 : 0;
  if (data.length < 126) head.push(bit | data.length);
  else if (data.length < 65_536) {
    head.push(bit | 126, data.length >> 8, data.length & 255);
  } else {
    const size = new Uint8Array(8);
    new DataView(size.buffer).setBigUint64(0, BigInt(data.length));
    head.push(bit | 127, ...size);
  }
  if (masked) head.push(...MASK);
  const frame = new Uint8Array(head.length + data.length);
  frame.set(head);
  if (masked) {
    for (let i = 0; i < data.length; i++) {
      frame[head.length + i] = data[i]! ^ MASK[i & 3]!;
    }
  } else frame.set(data, head.length);
  return frame;
}

export class RawPeer implements Disposable {
  #rest = new Uint8Array(0);
  #closed = false;

  constructor(readonly conn: Deno.Conn) {}

  static async connect(
    options: Deno.ConnectOptions | Deno.UnixConnectOptions,
  ): Promise<RawPeer> {
    const conn = "path" in options
      ? await Deno.connect(options)
      : await Deno.connect(options);
    const answer = await rawHttp(
      conn,
      `GET / HTTP/1.1\r\n${HANDSHAKE.join("\r\n")}\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 101 /);
    return new RawPeer(conn);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.conn.write(bytes.subarray(sent));
    }
  }

  async send(
    opcode: number,
    payload: string | Uint8Array,
    options?: FrameOptions,
  ): Promise<void> {
    await this.write(encodeFrame(opcode, payload, options));
  }

  /** The next frame, or `null` when the connection has ended. */
  async frame(): Promise<RawFrame | null> {
    const head = await this.#take(2);
    if (!head) return null;
    let length = head[1]! & 127;
    if (length === 126) {
      const size = await this.#take(2);
      length = size![0]! * 256 + size![1]!;
    } else if (length === 127) {
      const size = (await this.#take(8))!;
      length = Number(
        new DataView(size.buffer, size.byteOffset).getBigUint64(0),
      );
    }
    const bytes = await this.#take(length);
    if (!bytes) return null;
    return {
      fin: (head[0]! & 0x80) !== 0,
      opcode: head[0]! & 15,
      text: decoder.decode(bytes),
      bytes,
    };
  }

  /** The next close frame; frames in front of it are dropped. */
  async closeFrame(): Promise<{ code: number; reason: string } | null> {
    while (true) {
      const frame = await this.frame();
      if (!frame) return null;
      if (frame.opcode !== 8) continue;
      const code = frame.bytes[0]! * 256 + frame.bytes[1]!;
      return { code, reason: decoder.decode(frame.bytes.subarray(2)) };
    }
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.conn.close();
  }

  async #take(count: number): Promise<Uint8Array | null> {
    const pieces = [this.#rest];
    let have = this.#rest.length;
    while (have < count) {
      const buffer = new Uint8Array(64 * 1024);
      const read = await this.conn.read(buffer).catch(() => null);
      if (read === null) return null;
      pieces.push(buffer.subarray(0, read));
      have += read;
    }
    const whole = new Uint8Array(have);
    let offset = 0;
    for (const piece of pieces) {
      whole.set(piece, offset);
      offset += piece.length;
    }
    this.#rest = whole.slice(count);
    return whole.subarray(0, count);
  }
}
