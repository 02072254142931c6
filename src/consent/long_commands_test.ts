import assert from "node:assert/strict";
import { workMs } from "../../tests/kit/work_time.ts";
import { parseScript } from "./parse_script.ts";
import { readCommand } from "./read_command.ts";
import { toCommandLine } from "../protocol/mod.ts";
import { isDangerous } from "./known_commands.ts";

/** Far more than any of them takes, far less than one that is quadratic does. */
const LIMIT_MS = 5000;
const LENGTH = 1_000_000;

const fill = (text: string) => text.repeat(Math.ceil(LENGTH / text.length));
const shell = (script: string) => ["/bin/bash", "-lc", script];
const texts = {
  "many removals": `$( ${fill("rm ")}`,
  "options that go on": `$( rm -${fill("f")}%`,
  "options without end": `$( ${fill("rm -a")}`,
  "many directories": `${fill("cd a && ")}cat x`,
  "many quotes": fill(`a'"$^`),
  "many commands": `${fill("ls a; ")}ls`,
  "many pipes": `${fill("cat a | head -n 1 | ")}ls`,
};

for (const [what, text] of Object.entries(texts)) {
  Deno.test(`a command of a million characters keeps nobody waiting: ${what}`, () => {
    const tookMs = workMs(() => {
      isDangerous(shell(text));
      readCommand(shell(text), { cwd: "/" });
      toCommandLine(shell(text));
      parseScript(text);
    });
    assert.ok(tookMs < LIMIT_MS, `it took ${tookMs} ms`);
  });
}

Deno.test("isDangerous() sees a forced removal wherever it stands in a long script", () => {
  for (
    const script of [
      "$(x) rm -rf y",
      "rm a -f $x",
      "rm \\\n -rf $x",
      "$(rm --force a)",
      "{ rm -vfr a; }",
      "a & rm b --force",
      "'rm -f'",
      "echo $x\nrm -f",
    ]
  ) assert.equal(isDangerous(shell(script)), true, script);
  for (
    const script of [
      "$(x) rm -r y",
      "rm a $x; ls -f",
      "rm $x\nls -f",
      "farm -f $x",
      "x-rm -f $x",
      "rm $x a-f",
      "rm --forced $x",
      "rm -$x f",
    ]
  ) assert.equal(isDangerous(shell(script)), false, script);
});
