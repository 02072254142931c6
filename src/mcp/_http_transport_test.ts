import assert from "node:assert/strict";
import { bounded } from "./_http_transport.ts";
import { wholeFetch } from "./_whole_fetch.ts";

function response(pieces: readonly string[], type: string): Response {
  const body = ReadableStream.from(pieces).pipeThrough(new TextEncoderStream());
  return new Response(body, { headers: { "content-type": type } });
}

Deno.test("bounded breaks off a message that is too long, not a stream of short ones", async () => {
  const lines = Array.from({ length: 100 }, () => "data: 1\n");
  const stream = bounded(response(lines, "text/event-stream"), 20);
  assert.equal(await stream.text(), lines.join(""));
  const tooLong = { name: "RangeError", message: /more than 20 bytes$/ };
  await assert.rejects(
    bounded(
      response(["data: ", "x".repeat(10), "y".repeat(10)], "text/event-stream"),
      20,
    )
      .text(),
    tooLong,
  );
  await assert.rejects(
    bounded(response(lines, "application/json"), 20).text(),
    tooLong,
  );
  assert.equal(bounded(new Response(null, { status: 202 })).status, 202);
});

Deno.test("wholeFetch gives small responses whole, and refuses others", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) =>
      url.endsWith("/big")
        ? new Response("x".repeat(2_000_000))
        : url.endsWith("/none")
        ? new Response(null, { status: 204 })
        : new Response("small", { status: 404 }),
  );
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const small = await wholeFetch(`${origin}/small`);
  assert.deepEqual(
    [small.status, small.url, await small.text()],
    [404, `${origin}/small`, "small"],
  );
  assert.equal((await wholeFetch(`${origin}/none`)).status, 204);
  await assert.rejects(wholeFetch(`${origin}/big`), { name: "RangeError" });
});
