import assert from "node:assert/strict";
import type { Command } from "./command.ts";
import { gangway } from "./commands.ts";
import { renderHelp } from "./help.ts";
import { runGangway } from "./_gangway_process.ts";

function everyPath(command: Command, above: Command[] = []): Command[][] {
  const path = [...above, command];
  const children = command.commands ?? [];
  return [path, ...children.flatMap((child) => everyPath(child, path))];
}

Deno.test("renderHelp() names every option that is not hidden, in 80 columns", () => {
  for (const path of everyPath(gangway)) {
    const { options = [], name } = path.at(-1)!;
    const text = renderHelp(path);
    for (const { name: option, hidden } of options) {
      assert.equal(
        new RegExp(`^ +(-\\w, )?--${option}\\b`, "m").test(text),
        !hidden,
        `${name} --${option}`,
      );
    }
    for (const line of text.split("\n")) {
      assert.ok(line.length <= 80, `${name}: ${line}`);
    }
  }
});

Deno.test("--help goes to stdout with 0; a missing sub-command to stderr with 2", async () => {
  const asked = await runGangway(["token", "--help"]);
  assert.deepEqual([asked.code, asked.stderr], [0, ""]);
  assert.match(asked.stdout, /^Make and check bearer tokens/);
  const missing = await runGangway(["token"]);
  assert.deepEqual(missing, {
    code: 2,
    signal: null,
    stdout: "",
    stderr: asked.stdout,
  });
});

Deno.test("a command line that is not understood says so on stderr and exits 2", async () => {
  assert.deepEqual(await runGangway(["app-server", "--listen", "foo"]), {
    code: 2,
    signal: null,
    stdout: "",
    stderr: "error: invalid value 'foo' for '--listen <URL>': unsupported " +
      "--listen URL `foo`; expected `stdio://`, `unix://`, `unix://PATH`, " +
      "`ws://IP:PORT`, or `off`\n\nFor more information, try '--help'.\n",
  });
});
