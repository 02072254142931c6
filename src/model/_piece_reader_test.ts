import assert from "node:assert/strict";
import { PieceReader } from "./_piece_reader.ts";

const encode = (text: string) => new TextEncoder().encode(text);

async function readAll(reader: PieceReader): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for (
    let piece = await reader.read();
    piece !== undefined;
    piece = await reader.read()
  ) text += decoder.decode(piece, { stream: true });
  return text;
}

const text = "word ".repeat(20_000);

Deno.test("PieceReader reads a stream that brings its own memory", async () => {
  const stream = ReadableStream.from([encode("one "), encode("two")]);
  assert.equal(await readAll(new PieceReader(stream)), "one two");
});

Deno.test("PieceReader reads a stream of the network into its own memory", async () => {
  const response = new Response(text);
  const pieces = new PieceReader(response.body!);
  assert.equal(await readAll(pieces), text);
  assert.equal(await pieces.read(), undefined);
});

Deno.test("PieceReader.read() fails as the stream does", async () => {
  const cancelled: string[] = [];
  const cancel = () => void cancelled.push("cancelled");
  for (
    const stream of [
      new ReadableStream<Uint8Array>({ cancel }),
      new ReadableStream({ cancel, type: "bytes" }),
    ]
  ) {
    const reader = new PieceReader(stream);
    const reading = reader.read();
    await reader.cancel();
    assert.equal(await reading, undefined);
  }
  assert.equal(cancelled.length, 2);
});

Deno.test("PieceReader does not take a stream that somebody reads", () => {
  const stream = ReadableStream.from([encode("one")]);
  stream.getReader();
  assert.throws(() => new PieceReader(stream), TypeError);
});
