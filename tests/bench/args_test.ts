import assert from "node:assert/strict";
import { parseOptions, SECTION_NAMES, UsageError } from "./args.ts";

Deno.test("parseOptions() compares a command with itself by default", () => {
  assert.deepEqual(parseOptions(["--a", "x app-server"]), {
    command: { a: "x app-server", b: "x app-server" },
    name: { a: "A", b: "B" },
    only: new Set(SECTION_NAMES),
    repeats: 3,
    quick: false,
    directory: undefined,
    json: undefined,
    idleConnections: 500,
    execMegabytes: 200,
    token: undefined,
    silent: false,
  });
});

Deno.test("parseOptions() takes every option, with a blank or with =", () => {
  assert.deepEqual(
    parseOptions([
      ...["--a=A=1 x", "--b", "y", "--name-a", "ours", "--name-b=theirs"],
      ...["--only", "read,rss", "--repeats", "5", "--quick", "--json", "f"],
      ...["--dir", "d", "--idle=7", "--exec-mb", "9", "--token", "t"],
      "--silent",
    ]),
    {
      command: { a: "A=1 x", b: "y" },
      name: { a: "ours", b: "theirs" },
      only: new Set(["read", "rss"]),
      repeats: 5,
      quick: true,
      directory: "d",
      json: "f",
      idleConnections: 7,
      execMegabytes: 9,
      token: "t",
      silent: true,
    },
  );
});

Deno.test("parseOptions() measures less with --quick", () => {
  const { repeats, execMegabytes } = parseOptions(["--a", "x", "--quick"]);
  assert.deepEqual({ repeats, execMegabytes }, {
    repeats: 2,
    execMegabytes: 50,
  });
});

for (
  const argv of [
    [],
    ["--a"],
    ["--a", "x", "--only", "nope"],
    ["--a", "x", "--repeats", "0"],
    ["--a", "x", "--bogus"],
    ["--a", "x", "loose"],
  ]
) {
  Deno.test(`parseOptions() refuses [${argv.join(" ")}]`, () => {
    assert.throws(() => parseOptions(argv), UsageError);
  });
}
