import assert from "node:assert/strict";
import { PRODUCT_VERSION, PROTOCOL_VERSION } from "../server/mod.ts";
import { runGangway } from "./_gangway_process.ts";

for (
  const args of [["--version"], ["-V"], ["app-server", "--version"], [
    "app-server",
    "-V",
  ]]
) {
  Deno.test(`${args.join(" ")} prints the protocol's version first`, async () => {
    const outcome = await runGangway(args);
    assert.deepEqual(outcome, {
      code: 0,
      signal: null,
      stdout: `codex-cli ${PROTOCOL_VERSION} (gangway ${PRODUCT_VERSION})\n`,
      stderr: "",
    });
    const [first] = /\d+\.\d+\.\d+(?:-[A-Za-z0-9.-]+)?/.exec(outcome.stdout)!;
    assert.equal(first, "0.169.0");
  });
}
