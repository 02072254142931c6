import { type ByteReader, concat } from "./bytes.ts";

/** Opcodes of RFC 6455, section 5.2. */
export const OPCODE = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

/** A frame, whole or broken on purpose. */
export interface Frame {
  readonly opcode: number;
  readonly payload: Uint8Array;
  /** Last frame of its message; default true. */
  readonly fin?: boolean;
  /** The three reserved bits, as a number below 8. */
  readonly rsv?: number;
  /** Clients must mask; default true. The key is zero: the payload stays. */
  readonly mask?: boolean;
}

/** The bytes of one client frame (RFC 6455, section 5.2). */
export function encodeFrame(frame: Frame): Uint8Array {
  const { opcode, payload, fin = true, rsv = 0, mask = true } = frame;
  const head = new DataView(new ArrayBuffer(14));
  const maskBit = mask ? 0x80 : 0;
  head.setUint8(0, (fin ? 0x80 : 0) | (rsv << 4) | opcode);
  let bytes = 2;
  if (payload.length < 126) {
    head.setUint8(1, maskBit | payload.length);
  } else if (payload.length < 65536) {
    head.setUint8(1, maskBit | 126);
    head.setUint16(2, payload.length);
    bytes = 4;
  } else {
    head.setUint8(1, maskBit | 127);
    head.setBigUint64(2, BigInt(payload.length));
    bytes = 10;
  }
  if (mask) bytes += 4;
  return concat([new Uint8Array(head.buffer, 0, bytes), payload]);
}

/** The next frame of the server. */
export async function readFrame(
  reader: ByteReader,
): Promise<{ opcode: number; fin: boolean; payload: Uint8Array }> {
  const [first = 0, second = 0] = await reader.take(2);
  let length = second & 127;
  if (length === 126) {
    length = view(await reader.take(2)).getUint16(0);
  } else if (length === 127) {
    length = Number(view(await reader.take(8)).getBigUint64(0));
  }
  return {
    opcode: first & 15,
    fin: (first & 0x80) !== 0,
    payload: length === 0 ? new Uint8Array() : await reader.take(length),
  };
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
