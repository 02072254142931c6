import assert from "node:assert/strict";
import { toRejection } from "./mod.ts";

Deno.test("toRejection() quotes twice", () => {
  assert.equal(
    toRejection("rejected by user"),
    'exec_command failed: CreateProcess { message: "Rejected(\\"rejected by ' +
      'user\\")" }',
  );
  assert.equal(
    toRejection('a"b\n\x1b'),
    'exec_command failed: CreateProcess { message: "Rejected(\\"a\\\\\\"b\\\\n' +
      '\\\\u{1b}\\")" }',
  );
});
