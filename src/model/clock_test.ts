import assert from "node:assert/strict";
import { systemClock } from "./clock.ts";

Deno.test("systemClock.delay waits, however long, until its signal says otherwise", async () => {
  for (const ms of [2 ** 31, Number.MAX_SAFE_INTEGER]) {
    const controller = new AbortController();
    const waiting = systemClock.delay(ms, controller);
    const first = await Promise.race([
      waiting.then(() => "waited"),
      systemClock.delay(20, controller).then(() => "sooner"),
    ]);
    assert.equal(first, "sooner");
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(waiting, reason);
    await assert.rejects(systemClock.delay(1, controller), reason);
  }
});
