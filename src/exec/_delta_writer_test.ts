import assert from "node:assert/strict";
import fc from "fast-check";
import { DeltaWriter } from "./_delta_writer.ts";

const around = {
  head: '{"method":"process/outputDelta","params":',
  tail: ',"emittedAtMs":1}',
};
const decoder = new TextDecoder("utf-8", { fatal: true });

Deno.test("DeltaWriter writes what JSON.stringify would, whatever the name and the bytes", () => {
  const piece = fc.record({
    stream: fc.constantFrom("stdout" as const, "stderr" as const),
    bytes: fc.uint8Array({ maxLength: 300 })
      .map((bytes) => new Uint8Array(bytes)),
    capReached: fc.boolean(),
    cursor: fc.option(fc.maxSafeNat(), { nil: undefined }),
  });
  // A JSON text can't hold half a surrogate pair but as an escape.
  const name = fc.string({ unit: "binary" });
  fc.assert(fc.property(name, fc.array(piece), (processHandle, pieces) => {
    const writer = new DeltaWriter({ processHandle });
    for (const { stream, bytes, capReached, cursor } of pieces) {
      const written = writer.write(around, {
        stream,
        bytes,
        capReached,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const params = JSON.stringify({
        processHandle,
        stream,
        deltaBase64: bytes.toBase64(),
        capReached,
        cursor,
      });
      assert.equal(
        decoder.decode(written),
        `${around.head}${params}${around.tail}`,
      );
    }
  }));
});

Deno.test("DeltaWriter leaves what it wrote of one stream alone when it writes of the other", () => {
  const writer = new DeltaWriter({ processId: "p" });
  const out = writer.write(around, {
    stream: "stdout",
    bytes: new Uint8Array(100),
    capReached: false,
  });
  const text = decoder.decode(out);
  writer.write(around, {
    stream: "stderr",
    bytes: new Uint8Array(100).fill(255),
    capReached: true,
  });
  assert.equal(decoder.decode(out), text);
});
