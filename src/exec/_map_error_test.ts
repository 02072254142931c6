import assert from "node:assert/strict";
import { SpawnError } from "../spawn/mod.ts";
import { mapError } from "./_map_error.ts";
import { commandWords, processWords } from "./_words.ts";

Deno.test("mapError() gives the system's words, and what else is known behind them", () => {
  const cases = [
    [new SpawnError(2, "x"), "No such file or directory (os error 2)"],
    [new SpawnError(13, "x", "why"), "Permission denied (os error 13): why"],
    [new SpawnError(9999, "x"), "System error (os error 9999)"],
  ] as const;
  for (const words of [commandWords, processWords]) {
    for (const [error, text] of cases) {
      const { code, message } = mapError(error, words) as
        & Error
        & { code: number };
      assert.deepEqual({ code, message }, {
        code: -32603,
        message: `failed to spawn ${words.noun}: ${text}`,
      });
    }
  }
  const other = new RangeError("other");
  assert.equal(mapError(other, commandWords), other);
});
