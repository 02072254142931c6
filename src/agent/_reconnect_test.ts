import assert from "node:assert/strict";
import { ModelError } from "../model/mod.ts";
import { toBackoffMs } from "./_reconnect.ts";
import { rehearse, says } from "./_rehearsal_test.ts";

Deno.test("toBackoffMs doubles, within a tenth, up to a minute or so", () => {
  assert.deepEqual([1, 2, 3].map((attempt) => toBackoffMs(attempt, 0.5)), [
    200,
    400,
    800,
  ]);
  assert.equal(toBackoffMs(1, 0), 180);
  assert.ok(toBackoffMs(100, 1) < 60_000);
});

Deno.test("run waits for the network however long it is gone", async () => {
  // deno-lint-ignore require-yield -- it throws before there is anything
  const gone = async function* () {
    await Promise.resolve();
    throw new ModelError("Connection failed", {
      info: "other",
      isOffline: true,
    });
  };
  const { run, stage, clock } = rehearse([gone, gone, gone, says("back")]);

  const end = await run("go");

  assert.equal(end.status, "completed");
  assert.deepEqual(clock.delays, [5_000, 5_000, 5_000]);
  const [first] = stage.told.filter(({ method }) => method === "error");
  assert.deepEqual((first!.params as { error: unknown }).error, {
    message: "Reconnecting... waiting for network",
    codexErrorInfo: { responseStreamDisconnected: { httpStatusCode: null } },
    additionalDetails: "Connection failed",
    misalignment: null,
  });
});

Deno.test("run tells the limits that a refusal names", async () => {
  const limits = { limitId: "codex", planType: "plus" } as never;
  // deno-lint-ignore require-yield -- it throws before there is anything
  const refuse = async function* () {
    await Promise.resolve();
    throw new ModelError("You've hit your limit", {
      info: "usageLimitExceeded",
      rateLimits: limits,
    });
  };
  const { run, stage } = rehearse([refuse]);

  await run("go");

  assert.deepEqual(stage.told, [{
    method: "account/rateLimits/updated",
    params: { rateLimits: limits },
  }]);
});

Deno.test("run interrupted while it waits for the next attempt ends at once", async () => {
  const { FakeClock } = await import("./_rehearsal_test.ts");
  // deno-lint-ignore require-yield -- it throws before there is anything
  const lose = async function* () {
    await Promise.resolve();
    throw new ModelError("lost", { info: "other", isRetryable: true });
  };
  const room = rehearse([lose, says("never")], { clock: new FakeClock(true) });
  room.model.maxStreamRetries = 1;
  room.stage.before = (what) => {
    if (what === "error") setTimeout(() => room.controller.abort());
  };

  assert.equal((await room.run("go")).status, "interrupted");
  assert.equal(room.model.requests.length, 1);
});
