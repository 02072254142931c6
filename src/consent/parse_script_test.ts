import assert from "node:assert/strict";
import fc from "fast-check";
import { workMs } from "../../tests/kit/work_time.ts";
import { parseScript, toCommands } from "./mod.ts";

const words = (script: string) =>
  parseScript(script)?.map((part) => [...part.words]);

const readable: readonly (readonly [script: string, words: string[][]])[] = [
  ["ls", [["ls"]]],
  ["ls -la;ls", [["ls", "-la"], ["ls"]]],
  ["a&&b||c|d;e", [["a"], ["b"], ["c"], ["d"], ["e"]]],
  ["a\nb\n\nc\n", [["a"], ["b"], ["c"]]],
  ["\n\n a \n", [["a"]]],
  ["a &&\n b |\n\n c", [["a"], ["b"], ["c"]]],
  ["a;", [["a"]]],
  ["a;\nb", [["a"], ["b"]]],
  ["a \\\n -b", [["a", "-b"]]],
  ["a\t'b c' \"d;e\" f'g'\"h\"i", [["a", "b c", "d;e", "fghi"]]],
  ["a '' \"\"", [["a", "", ""]]],
  ["a '$x `y` \\z \"q\"'", [["a", '$x `y` \\z "q"']]],
  ['a "it\'s; rm"', [["a", "it's; rm"]]],
  ["a 'b\nrm c'", [["a", "b\nrm c"]]],
  ["a 'b\\\nc'", [["a", "b\\\nc"]]],
  ["a x=1 --y=2 b:c d,e f@g h%i +j", [[
    "a",
    "x=1",
    "--y=2",
    "b:c",
    "d,e",
    "f@g",
    "h%i",
    "+j",
  ]]],
  ["cat é日.txt", [["cat", "é日.txt"]]],
];

for (const [script, expected] of readable) {
  Deno.test(`parseScript() reads ${JSON.stringify(script)}`, () => {
    assert.deepEqual(words(script), expected);
  });
}

Deno.test("parseScript() tells how commands hang together", () => {
  assert.deepEqual(
    parseScript("a && b || c | d ; e\nf")?.map(({ joint }) => joint),
    [undefined, "&&", "||", "|", ";", ";"],
  );
});

/** Nothing of this may be taken for the words that it shows. */
const unreadable: Readonly<Record<string, readonly string[]>> = {
  "an empty script": ["", " ", "\n", ";", "''", "'' a"],
  "a command in words": [
    "a $(rm b)",
    "a `rm b`",
    'a "$(rm b)"',
    'a "`rm b`"',
    "a <(rm b)",
    "a >(rm b)",
    "a $((1))",
  ],
  "an expansion": [
    "a $b",
    "a ${b}",
    'a "$b"',
    "a $'b'",
    'a $"b"',
    "a ~",
    "a ~/b",
    "a b~",
    "a {b,c}",
    "a *",
    "a ?",
    "a [b]",
    "a !b",
    'a "b!c"',
    "a ^b^c",
    "a =b",
    "=b",
  ],
  "a redirection": [
    "a > b",
    "a >b",
    "a>b",
    "a >> b",
    "a < b",
    "a 2>&1",
    "a &> b",
    "a << E\nE",
    "a <<< b",
    "> b",
  ],
  "a job": ["a &", "a & b", "a&b", "a && b &", "a |& b", "coproc a"],
  "a group": ["(a)", "{ a; }", "a; (b)", "a () { b; }", "function a { b; }"],
  "a keyword": [
    "if a; then b; fi",
    "for a in b; do c; done",
    "while a; do b; done",
    "case a in b) c;; esac",
    "! a",
    "[[ a ]]",
    "time a",
    "then",
    "do rm a",
    "noglob rm a",
  ],
  "an assignment": ["A=b", "A=b c", "A+=b c", "A[0]=b", "a; B=c d", "1=2 a"],
  "an escape": [
    "a\\ b",
    "\\a",
    "a \\; b",
    'a "b\\"c"',
    "a\\\nb",
    "a\\",
    "a \\",
  ],
  "a comment": ["# a", "a # b", "a #b", "a b#c"],
  "quotes without an end": ["a 'b", 'a "b', "a '", "a 'b' \"c'"],
  "quotes in the name of a command": [
    "'a'",
    '"a" b',
    "a'b' c",
    "''a",
    "a; 'b'",
  ],
  "joints that join nothing": [
    "a &&",
    "a ||",
    "a |",
    "&& a",
    "| a",
    "; a",
    "a ;; b",
    "a ; ; b",
    "a && && b",
    "a\n&& b",
    "a;& b",
    "a ;| b",
    "a && ; b",
    "a || | b",
  ],
  "signs that look like nothing": [
    "a\0b",
    "a '\0'",
    "a\rb",
    "a\r\nb",
    "a\u000bb",
    "a\u000cb",
    "a\u00a0b",
    "a\u2003b",
    "a\u200bb",
    "a\u2028b",
    "a\u202eb",
    "a\u0085b",
    "a\ufeff",
    "a \u0007",
    "a \u001b[0m",
    "a \u{1f600}",
    "а\u0301 b",
  ],
};

for (const [name, scripts] of Object.entries(unreadable)) {
  Deno.test(`parseScript() refuses ${name}`, () => {
    for (const script of scripts) {
      assert.equal(parseScript(script), undefined, JSON.stringify(script));
    }
  });
}

Deno.test("toCommands() takes a script that can't be read as one whole", () => {
  for (const scripts of Object.values(unreadable)) {
    for (const script of scripts) {
      const argv = ["bash", "-lc", script];
      assert.deepEqual(toCommands(argv), [argv]);
    }
  }
});

Deno.test("toCommands() looks into no more than one shell, called plainly", () => {
  for (
    const argv of [
      ["bash", "-c", "a", "b"],
      ["bash", "-x", "a"],
      ["bash", "-lc"],
      ["env", "bash", "-c", "a"],
      ["fish", "-c", "a"],
      ["bash", "a"],
    ]
  ) assert.deepEqual(toCommands(argv), [argv]);
  assert.deepEqual(
    toCommands(["/bin/zsh", "-lc", "bash -c 'a; b' && c"]),
    [["bash", "-c", "a; b"], ["c"]],
  );
});

/** The words that bash itself makes of a script, by way of a trap. */
async function wordsOfBash(script: string): Promise<string[][]> {
  // Every command is a function that prints its words and succeeds.
  const names = ["a", "b", "rm"];
  const functions = names.map((name) =>
    `${name}() { printf '%s\\0' ${name} "$@" >&3; printf '\\1\\0' >&3; }`
  ).join("\n");
  const { stdout } = await new Deno.Command("bash", {
    args: [
      "--norc",
      "-c",
      `exec 3>&1 >/dev/null 2>&1\n${functions}\n${script}`,
    ],
    stdin: "null",
    env: { LC_ALL: "C.UTF-8" },
    clearEnv: true,
    cwd: "/proc/self/fdinfo",
  }).output();
  const found: string[][] = [[]];
  for (const word of new TextDecoder().decode(stdout).split("\0")) {
    if (word === "\x01") found.push([]);
    else found.at(-1)!.push(word);
  }
  return found.slice(0, -1);
}

Deno.test("parseScript() finds every word that a shell would run", async () => {
  const piece = fc.constantFrom(
    "a",
    "b",
    "rm",
    " ",
    " ",
    "'",
    '"',
    "\\",
    "\n",
    ";",
    "&&",
    "&",
    "$",
    "x",
    "=",
    "#",
    "(",
    ")",
    "{",
    "}",
    "*",
    "~",
    ">",
    "`",
    "!",
    "'c d'",
    '"e;f"',
    "\t",
  );
  const script = fc.array(piece, { minLength: 1, maxLength: 9 })
    .map((pieces) => `a ${pieces.join("")}`);
  const seen: string[] = [];
  fc.assert(
    fc.property(script, (one) => {
      if (parseScript(one) !== undefined) seen.push(one);
    }),
    { numRuns: 5000 },
  );
  const scripts = [...new Set(seen)]
    // `;` and `&&` only: every command of these runs, and runs in order.
    .filter((one) => !one.includes("|"))
    .filter((one) =>
      words(one)!.every(([name]) => ["a", "b", "rm"].includes(name!))
    )
    .slice(0, 60);
  assert.ok(scripts.length >= 20);
  for (const one of scripts) {
    assert.deepEqual(await wordsOfBash(one), words(one), JSON.stringify(one));
  }
});

Deno.test("parseScript() takes no time over a long script", () => {
  const ms = workMs(() => {
    assert.equal(parseScript("a ".repeat(100_000))?.length, 1);
    assert.equal(parseScript("a;".repeat(100_000))?.length, 100_000);
    assert.equal(parseScript("a " + "'b'".repeat(100_000) + "'"), undefined);
    assert.equal(parseScript("\\\n".repeat(100_000)), undefined);
  });
  assert.ok(ms < 1000, `${ms} ms`);
});
