/** Opcodes of RFC 6455, section 5.2. */
export const OPCODE = {
  continuation: 0,
  text: 1,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** A frame of the server; the payload is only valid until the next one. */
export interface ReceivedFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly payload: Uint8Array;
}

/** The bytes of a client frame, masked with the zero key: no XOR to pay for. */
export function encodeFrame(payload: Uint8Array, opcode: number): Uint8Array {
  const bytes = payload.length;
  const headBytes = bytes < 126 ? 6 : bytes < 65536 ? 8 : 14;
  const frame = new Uint8Array(headBytes + bytes);
  const head = new DataView(frame.buffer);
  head.setUint8(0, 0x80 | opcode);
  if (bytes < 126) {
    head.setUint8(1, 0x80 | bytes);
  } else if (bytes < 65536) {
    head.setUint8(1, 0x80 | 126);
    head.setUint16(2, bytes);
  } else {
    head.setUint8(1, 0x80 | 127);
    head.setBigUint64(2, BigInt(bytes));
  }
  frame.set(payload, headBytes);
  return frame;
}

/** One growing buffer in which whole frames are found in place. */
export class FrameBuffer {
  #buffer = new Uint8Array(1 << 18);
  #start = 0;
  #end = 0;

  /** The free end of the buffer, to read into; never empty. */
  get space(): Uint8Array {
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    } else if (this.#buffer.length - this.#end < 16384 && this.#start > 0) {
      this.#moveTo(this.#buffer);
    }
    if (this.#end === this.#buffer.length) {
      this.#moveTo(new Uint8Array(this.#buffer.length * 2));
    }
    return this.#buffer.subarray(this.#end);
  }

  /** Tells that `bytes` were written to the start of {@linkcode space}. */
  filled(bytes: number): void {
    this.#end += bytes;
  }

  /** The next whole frame, if it is there. */
  take(): ReceivedFrame | undefined {
    const head = this.#head();
    if (head === undefined) return undefined;
    const { headBytes, payloadBytes } = head;
    const frameBytes = headBytes + payloadBytes;
    if (this.#end - this.#start < frameBytes) {
      this.#reserve(frameBytes);
      return undefined;
    }
    const first = this.#buffer[this.#start] ?? 0;
    const payload = this.#buffer.subarray(
      this.#start + headBytes,
      this.#start + frameBytes,
    );
    this.#start += frameBytes;
    return { opcode: first & 15, fin: (first & 0x80) !== 0, payload };
  }

  #head(): { headBytes: number; payloadBytes: number } | undefined {
    const bytes = this.#end - this.#start;
    if (bytes < 2) return undefined;
    const view = new DataView(this.#buffer.buffer, this.#start, bytes);
    const short = view.getUint8(1) & 127;
    if (short < 126) return { headBytes: 2, payloadBytes: short };
    if (short === 126) {
      if (bytes < 4) return undefined;
      return { headBytes: 4, payloadBytes: view.getUint16(2) };
    }
    if (bytes < 10) return undefined;
    return { headBytes: 10, payloadBytes: Number(view.getBigUint64(2)) };
  }

  /** Makes room for a whole frame at once instead of doubling towards it. */
  #reserve(frameBytes: number): void {
    if (frameBytes <= this.#buffer.length - this.#start) return;
    this.#moveTo(
      frameBytes > this.#buffer.length
        ? new Uint8Array(frameBytes + 65536)
        : this.#buffer,
    );
  }

  #moveTo(buffer: Uint8Array<ArrayBuffer>): void {
    buffer.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = buffer;
    this.#end -= this.#start;
    this.#start = 0;
  }
}
