import { ByteReader, concat } from "./bytes.ts";
import { type Connection, createIds } from "./connections.ts";
import { Inbox } from "./inbox.ts";
import { encodeFrame, type Frame, OPCODE, readFrame } from "./ws_frames.ts";

/**
 * The client end of a websocket after its handshake. Written out by hand
 * because cases send frames that a well-behaved client cannot.
 */
export class WsConnection implements Connection {
  readonly inbox = new Inbox();
  readonly takeId: () => number = createIds();
  readonly #conn: Deno.Conn;
  readonly #reading: Promise<void>;
  #open = true;

  /** `first` are the bytes that came behind the handshake's head. */
  constructor(conn: Deno.Conn, first: Uint8Array) {
    this.#conn = conn;
    this.#reading = this.#read(new ByteReader(conn, first));
  }

  async sendText(text: string): Promise<void> {
    await this.sendFrame({
      opcode: OPCODE.text,
      payload: new TextEncoder().encode(text),
    });
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    await this.sendFrame({ opcode: OPCODE.binary, payload: bytes });
  }

  /** Sends `text` as one message in fragments of `fragmentBytes`. */
  async sendFragments(text: string, fragmentBytes: number): Promise<void> {
    const payload = new TextEncoder().encode(text);
    for (let at = 0; at < payload.length; at += fragmentBytes) {
      await this.sendFrame({
        opcode: at === 0 ? OPCODE.text : OPCODE.continuation,
        payload: payload.subarray(at, at + fragmentBytes),
        fin: at + fragmentBytes >= payload.length,
      });
    }
  }

  async sendFrame(frame: Frame): Promise<void> {
    const bytes = encodeFrame(frame);
    try {
      for (let sent = 0; sent < bytes.length;) {
        sent += await this.#conn.write(bytes.subarray(sent));
      }
    } catch {
      // The peer is gone; the reader reports how.
    }
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.inbox.close("closed by the case");
    this.#conn.close();
    await this.#reading;
  }

  async #read(reader: ByteReader): Promise<void> {
    let fragments: Uint8Array[] = [];
    try {
      for (;;) {
        const { opcode, fin, payload } = await readFrame(reader);
        if (opcode !== OPCODE.text && opcode !== OPCODE.continuation) {
          this.#receiveOther(opcode, payload);
          continue;
        }
        fragments.push(payload);
        if (!fin) continue;
        this.inbox.push(new TextDecoder().decode(concat(fragments)));
        fragments = [];
      }
    } catch (error) {
      this.inbox.close(error instanceof Error ? error.message : String(error));
    }
  }

  #receiveOther(opcode: number, payload: Uint8Array): void {
    if (opcode !== OPCODE.close) {
      this.inbox.pushFrame({
        opcode,
        data: new TextDecoder().decode(payload),
      });
      return;
    }
    const [high, low] = payload;
    this.inbox.pushFrame({
      opcode,
      data: new TextDecoder().decode(payload.subarray(2)),
      ...(high !== undefined && low !== undefined
        ? { code: (high << 8) | low }
        : {}),
    });
    this.inbox.close("close frame");
  }
}
