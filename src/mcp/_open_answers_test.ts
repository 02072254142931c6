import assert from "node:assert/strict";
import { OpenAnswers } from "./_open_answers.ts";

const events = "text/event-stream";
const request = { body: '{"method":"m","id":7}' };
const closed = '\n\ndata: {"jsonrpc":"2.0","id":7,"error":' +
  '{"code":-32000,"message":"Connection closed"}}\n\n';

function respond(
  pieces: Iterable<string> | AsyncIterable<string>,
  type: string = events,
): Response {
  const body = ReadableStream.from(pieces).pipeThrough(new TextEncoderStream());
  return new Response(body, { headers: { "content-type": type } });
}

Deno.test("OpenAnswers.watch breaks off a message that is too long, not a stream of short ones", async () => {
  const read = (pieces: readonly string[], type?: string) =>
    new OpenAnswers(20).watch(respond(pieces, type)).text();
  for (const end of ["\n\n", "\r\n\r\n"]) {
    const short = Array.from({ length: 100 }, () => `data: 1${end}`);
    assert.equal(await read(short), short.join(""));
    assert.equal(await read([...short.join("")]), short.join(""));
  }
  const tooLong = { name: "RangeError", message: /more than 20 bytes$/ };
  const long = ["data: ", "x".repeat(10), "y".repeat(10)];
  await assert.rejects(read(long), tooLong);
  await assert.rejects(read(Array(100).fill("data: 1\n")), tooLong);
  await assert.rejects(read(Array(100).fill("1"), "application/json"), tooLong);
  const empty = new Response(null, { status: 202 });
  assert.equal(new OpenAnswers().watch(empty), empty);
});

Deno.test("OpenAnswers.watch says that a stream was cut off, however it was", async () => {
  const read = (pieces: Parameters<typeof respond>[0]) =>
    new OpenAnswers().watch(respond(pieces), request).text();
  assert.equal(await read([]), closed);
  assert.equal(await read([": hi\n\n", "data: {"]), `: hi\n\ndata: {${closed}`);
  const broken = async function* () {
    yield ": hi\n\n";
    await Promise.resolve();
    throw new TypeError("gone");
  };
  assert.equal(await read(broken()), `: hi\n\n${closed}`);
});

Deno.test("OpenAnswers.watch adds nothing to a stream that brought its answer, or can be gone on with", async () => {
  const answers = new OpenAnswers();
  const answered = async function* () {
    yield "data: 1\n\n";
    answers.take({ id: 8, result: {} });
    answers.take({ id: 7, method: "of the server's own" });
    answers.take({ id: 7, result: {} });
    await Promise.resolve();
  };
  const read = (pieces: Parameters<typeof respond>[0], init?: RequestInit) =>
    answers.watch(respond(pieces), init).text();
  assert.equal(await read(answered(), request), "data: 1\n\n");
  assert.equal(await read(["i", "d: 1\n", "\n"], request), "id: 1\n\n");
  assert.equal(await read(["data: id: 1\n\n"]), "data: id: 1\n\n");
  const told = { body: '{"method":"notification"}' };
  assert.equal(await read(["x"], told), "x");
});

Deno.test("OpenAnswers.watch: who gives up hears why, and of no end", async () => {
  const controller = new AbortController();
  const reason = new Error("given up");
  const broken = async function* () {
    yield "x";
    controller.abort(reason);
    await Promise.resolve();
    throw reason;
  };
  const { signal } = controller;
  const watched = new OpenAnswers()
    .watch(respond(broken()), { ...request, signal });
  await assert.rejects(watched.text(), reason);
});
