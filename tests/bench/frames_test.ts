import assert from "node:assert/strict";
import { encodeFrame, FrameBuffer, OPCODE } from "./frames.ts";

/** A frame as a server sends it: without the mask. */
function serverFrame(payload: Uint8Array, fin = true): Uint8Array {
  const masked = encodeFrame(payload, OPCODE.text);
  const headBytes = masked.length - payload.length - 4;
  const frame = new Uint8Array(headBytes + payload.length);
  frame.set(masked.subarray(0, headBytes));
  frame[0] = (fin ? 0x80 : 0) | OPCODE.text;
  frame[1] = (masked[1] ?? 0) & 0x7f;
  frame.set(payload, headBytes);
  return frame;
}

Deno.test("encodeFrame() masks with the zero key", () => {
  assert.deepEqual(
    [...encodeFrame(Uint8Array.of(1, 2), OPCODE.text)],
    [0x81, 0x82, 0, 0, 0, 0, 1, 2],
  );
  assert.deepEqual(
    [...encodeFrame(new Uint8Array(300), OPCODE.pong).subarray(0, 8)],
    [0x8a, 0xfe, 1, 44, 0, 0, 0, 0],
  );
});

Deno.test("FrameBuffer finds frames of any length at any cut", () => {
  const lengths = [0, 125, 126, 65535, 65536, 1, 300_000, 2_000_000, 3];
  const payloads = lengths.map((length, index) =>
    new Uint8Array(length).fill(index + 1)
  );
  for (const cutBytes of [7, 1000, 100_000, 10_000_000]) {
    const buffer = new FrameBuffer();
    const found: Uint8Array[] = [];
    for (const payload of payloads) {
      let left = serverFrame(payload);
      while (left.length > 0) {
        const { space } = buffer;
        assert.notEqual(space.length, 0);
        const part = left.subarray(0, Math.min(cutBytes, space.length));
        space.set(part);
        buffer.filled(part.length);
        left = left.subarray(part.length);
        for (let frame = buffer.take(); frame; frame = buffer.take()) {
          assert.equal(frame.opcode, OPCODE.text);
          assert.equal(frame.fin, true);
          found.push(frame.payload.slice());
        }
      }
    }
    assert.deepEqual(found.map(({ length }) => length), lengths);
    assert.ok(
      found.every((payload, index) =>
        payload.every((byte) => byte === index + 1)
      ),
      `content at a cut of ${cutBytes}`,
    );
  }
});

Deno.test("FrameBuffer tells fragments", () => {
  const buffer = new FrameBuffer();
  const frame = serverFrame(Uint8Array.of(5), false);
  buffer.space.set(frame);
  buffer.filled(frame.length);
  const { fin, payload } = buffer.take() ?? {};
  assert.deepEqual({ fin, payload: [...payload ?? []] }, {
    fin: false,
    payload: [5],
  });
});
