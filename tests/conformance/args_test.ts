import assert from "node:assert/strict";
import { parseArguments, splitCommand, UsageError } from "./args.ts";

const DEFAULTS = { cases: "/cases", root: "/root" };

Deno.test("parseArguments() fills in the defaults", () => {
  assert.deepEqual(parseArguments(["--server", "x app-server"], DEFAULTS), {
    server: "x app-server",
    cases: "/cases",
    filter: undefined,
    json: undefined,
    concurrency: 4,
    root: "/root",
    timeoutMs: 10_000,
    lenient: false,
    verbose: false,
    list: false,
    pending: false,
  });
});

Deno.test("parseArguments() takes every option, with a blank or with =", () => {
  assert.deepEqual(
    parseArguments(
      [
        ...["--server=a=b c", "--cases", "d", "--filter", "^fs", "--json=o"],
        ...["--concurrency", "2", "--root", "r", "--timeout=500"],
        ...["--lenient", "--verbose", "--list", "--pending"],
      ],
      DEFAULTS,
    ),
    {
      server: "a=b c",
      cases: "d",
      filter: "^fs",
      json: "o",
      concurrency: 2,
      root: "r",
      timeoutMs: 500,
      lenient: true,
      verbose: true,
      list: true,
      pending: true,
    },
  );
});

Deno.test("parseArguments() needs a server except to list", () => {
  assert.throws(() => parseArguments([], DEFAULTS), UsageError);
  assert.equal(parseArguments(["--list"], DEFAULTS).list, true);
});

for (
  const argv of [
    ["--server"],
    ["--server", "x", "--nope"],
    ["--server", "x", "loose"],
    ["--server", "x", "--concurrency", "0"],
    ["--server", "x", "--timeout", "soon"],
    ["--server", "x", "--lenient=yes"],
  ]
) {
  Deno.test(`parseArguments() refuses ${argv.join(" ")}`, () => {
    assert.throws(() => parseArguments(argv, DEFAULTS), UsageError);
  });
}

Deno.test("splitCommand() splits at blanks outside quotes", () => {
  assert.deepEqual(splitCommand("  deno run  -A cli.ts "), [
    "deno",
    "run",
    "-A",
    "cli.ts",
  ]);
  assert.deepEqual(splitCommand(`"/a b/c" 'd "e' -x="f g" ''`), [
    "/a b/c",
    'd "e',
    "-x=f g",
    "",
  ]);
});
