import assert from "node:assert/strict";
import { wholeFetch } from "./_whole_fetch.ts";

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
