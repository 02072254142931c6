import assert from "node:assert/strict";
import { readEnvironment } from "./_environment.ts";

Deno.test("readEnvironment() gives everything where everything may be read", () => {
  assert.deepEqual(readEnvironment(), Deno.env.toObject());
});

Deno.test({
  name: "readEnvironment() leaves out what may not be read",
  permissions: { env: ["PATH", "LANG", "GANGWAY_LOG"] },
  fn() {
    const { PATH, ...rest } = readEnvironment();
    assert.equal(PATH, Deno.env.get("PATH"));
    const lang = Deno.env.get("LANG");
    assert.deepEqual(rest, lang === undefined ? {} : { LANG: lang });
  },
});

Deno.test({
  name: "readEnvironment() is empty where nothing may be read",
  permissions: "none",
  fn() {
    assert.deepEqual(readEnvironment(), {});
  },
});
