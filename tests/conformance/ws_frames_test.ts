import assert from "node:assert/strict";
import { ByteReader, concat } from "./bytes.ts";
import { encodeFrame, OPCODE, readFrame } from "./ws_frames.ts";

Deno.test("encodeFrame() writes the head of RFC 6455 for each length", () => {
  const headOf = (length: number) =>
    [...encodeFrame({ opcode: 1, payload: new Uint8Array(length) })]
      .slice(0, -length || undefined);
  assert.deepEqual(headOf(0), [0x81, 0x80, 0, 0, 0, 0]);
  assert.deepEqual(headOf(125), [0x81, 0xfd, 0, 0, 0, 0]);
  assert.deepEqual(headOf(126), [0x81, 0xfe, 0, 126, 0, 0, 0, 0]);
  assert.deepEqual(
    headOf(65536),
    [0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
  );
});

Deno.test("encodeFrame() can break the rules", () => {
  assert.deepEqual(
    [...encodeFrame({
      opcode: OPCODE.continuation,
      payload: Uint8Array.of(7),
      fin: false,
      rsv: 4,
      mask: false,
    })],
    [0x40, 0x01, 7],
  );
});

Deno.test("readFrame() reads frames of any length at any cut", async () => {
  const payloads = [0, 1, 125, 126, 65535, 65536].map((length) =>
    new Uint8Array(length).fill(length % 251)
  );
  const wire = concat(
    payloads.map((payload) =>
      encodeFrame({ opcode: OPCODE.text, payload, mask: false })
    ),
  );
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  using client = await Deno.connect({
    hostname: "127.0.0.1",
    port: listener.addr.port,
  });
  const server = await accepted;
  const writing = writeAll(server, wire.subarray(3));
  const reader = new ByteReader(client, wire.slice(0, 3));
  for (const payload of payloads) {
    assert.deepEqual(await readFrame(reader), {
      opcode: OPCODE.text,
      fin: true,
      payload,
    });
  }
  await writing;
  server.close();
  await assert.rejects(readFrame(reader), Deno.errors.UnexpectedEof);
});

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) {
    sent += await conn.write(bytes.subarray(sent, sent + 1009));
  }
}
