import assert from "node:assert/strict";
import { freePort } from "./free_port.ts";

Deno.test("freePort() gives a port that can be listened on, and is not given for any", () => {
  for (let n = 0; n < 20; n++) {
    const port = freePort();
    assert.ok(port >= 20_000 && port < 32_000, `${port}`);
    using listener = Deno.listen({ hostname: "127.0.0.1", port });
    assert.equal(listener.addr.port, port);
  }
});

Deno.test("freePort() gives no port that somebody listens on", () => {
  const { random } = Math;
  using taken = Deno.listen({ hostname: "127.0.0.1", port: freePort() });
  const first = (taken.addr.port - 20_000) / 12_000;
  const picks = [first, first, 0.5];
  // Rounding must not make it another port.
  assert.equal(20_000 + Math.floor(first * 12_000 + 1e-6), taken.addr.port);
  Math.random = () => (picks.shift() ?? random()) + 1e-9;
  try {
    assert.notEqual(freePort(), taken.addr.port);
    assert.ok(picks.length <= 1, "it was offered the port first");
  } finally {
    Math.random = random;
  }
});
