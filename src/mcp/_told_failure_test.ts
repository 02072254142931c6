import assert from "node:assert/strict";
import { toToldFailure } from "./_told_failure.ts";

Deno.test("toToldFailure takes out what signs in, and cuts what is long", async () => {
  const sent = new Headers({
    authorization: "Bearer hush-hush",
    "x-key": "s3cr3t-4",
    "x-short": "no",
  });
  const read = async (text: string) =>
    await (await toToldFailure(new Response(text, { status: 403 }), sent))
      .text();
  assert.equal(
    await read("no: Bearer hush-hush, s3cr3t-4"),
    "no: Bearer [REDACTED], [REDACTED]",
  );
  assert.equal(await read("x".repeat(5000)), `${"x".repeat(1000)}…`);
  assert.equal(await read("x".repeat(1000)), "x".repeat(1000));
  const original = new Response(null, { status: 304, headers: { a: "b" } });
  const told = await toToldFailure(original, sent);
  assert.deepEqual(
    [told.status, told.body, told.headers.get("a"), told.url],
    [304, null, "b", original.url],
  );
});
