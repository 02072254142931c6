import assert from "node:assert/strict";
import fc from "fast-check";
import {
  appendAllowed,
  ExecRules,
  loadRules,
  parseRules,
  RuleSyntaxError,
} from "./mod.ts";

const decisionOn = (source: string, command: string) =>
  new ExecRules(parseRules(source)).judge(command.split(" "))?.decision;

/** Rules files, a command, and what they say about it. */
const known: readonly (readonly [
  source: string,
  command: string,
  decision: string | undefined,
])[] = [
  ["", "touch z", undefined],
  ["# nothing\n", "touch z", undefined],
  ['prefix_rule(pattern=["touch"])', "touch z", "allow"],
  ['prefix_rule(pattern=["touch", "z"])', "touch z y", "allow"],
  ['prefix_rule(pattern=["touch", "z"])', "touch y", undefined],
  ['prefix_rule(pattern=["touch", "z"])', "touch", undefined],
  ['prefix_rule(["touch"], "prompt")', "touch z", "prompt"],
  ['prefix_rule(pattern=["a", ["b", "c"]])', "a c", "allow"],
  ['prefix_rule(pattern=["a", ["b", "c"]])', "a d", undefined],
  ['prefix_rule(pattern=[["a", "b"], "c"])', "b c", "allow"],
  [
    "# x\nprefix_rule(\n  pattern = ['touch', ], # y\n  decision = 'prompt',\n)\n",
    "touch z",
    "prompt",
  ],
  [
    'prefix_rule(pattern=["a"]); prefix_rule(pattern=["b"], decision="prompt");',
    "b",
    "prompt",
  ],
  [
    'prefix_rule(pattern=["a"], decision="prompt")\n' +
    'prefix_rule(pattern=["a", "b"], decision="allow")',
    "a b",
    "prompt",
  ],
  [
    'prefix_rule(pattern=["a"], decision="forbidden")\n' +
    'prefix_rule(pattern=["a"], decision="allow")',
    "a",
    "forbidden",
  ],
  [
    'prefix_rule(pattern=["a"], match=["a b", ["a", "c"]], not_match=["b a"])',
    "a",
    "allow",
  ],
  ['prefix_rule(pattern=[r"a\\n"])', "a\\n", "allow"],
  ['prefix_rule(pattern=["\\x61\\u0062"])', "ab", "allow"],
  [
    'network_rule(host="a.b", protocol="https", decision="allow")\n' +
    'prefix_rule(pattern=["a"])\r\n',
    "a",
    "allow",
  ],
  // A name restricts programs anywhere, and allows none but the one it names.
  ['prefix_rule(pattern=["a"], decision="prompt")', "/x/a b", "prompt"],
  ['prefix_rule(pattern=["a"], decision="forbidden")', "/x/a", "forbidden"],
  ['prefix_rule(pattern=["a"], decision="allow")', "/x/a", undefined],
  ['prefix_rule(pattern=["/x/a"], decision="allow")', "/x/a", "allow"],
  [
    'host_executable(name="a", paths=["/x/a"])\nprefix_rule(pattern=["a"])',
    "/x/a",
    "allow",
  ],
  [
    'host_executable(name="a", paths=["/x/a"])\n' +
    'prefix_rule(pattern=["a"], decision="prompt")',
    "/y/a",
    undefined,
  ],
];

for (const [source, command, decision] of known) {
  Deno.test(`ExecRules say ${decision} about ${command}: ${JSON.stringify(source)}`, () => {
    assert.equal(decisionOn(source, command), decision);
  });
}

/** Rules files that can't be read, and where that shows. */
const broken: readonly (readonly [source: string, message: string])[] = [
  [
    'prefix_rule(pattern=["a"], decision="maybe")',
    "1:28: invalid decision: maybe",
  ],
  ['prefix_rule(pattern=["a"\n', "2:1: expected ',', found 'end of file'"],
  ['x\n prefix_rule(["a"])', "2:2: expected '(', found 'prefix_rule'"],
  ["foo()", "1:1: unknown function 'foo'"],
  ["prefix_rule(pattern=[])", "1:13: pattern cannot be empty"],
  ["prefix_rule()", "1:1: pattern must be a list"],
  ['prefix_rule(pattern="a")', "1:13: pattern must be a list"],
  [
    "prefix_rule(pattern=[[]])",
    "1:13: pattern must hold strings or lists of them",
  ],
  [
    'prefix_rule(pattern=[[["a"]]])',
    "1:13: pattern must hold strings or lists of them",
  ],
  ['\nprefix_rule(["a"], foo="b")', "2:20: there is no parameter 'foo'"],
  ['prefix_rule(["a"], pattern=["b"])', "1:20: 'pattern' is given twice"],
  [
    'prefix_rule(["a"], justification=" ")',
    "1:20: justification cannot be empty",
  ],
  [
    'prefix_rule(["a"], justification=["b"])',
    "1:20: justification cannot be empty",
  ],
  [
    'prefix_rule(["a"], match=["b"])',
    "1:20: rule does not match its example 'b'",
  ],
  [
    'prefix_rule(["a"], not_match=["a b"])',
    "1:20: rule matches its example 'a b'",
  ],
  ['prefix_rule(["a"], match="a")', "1:20: examples must be a list"],
  ['prefix_rule(["a\n"])', "1:14: string has no end"],
  ['prefix_rule(["a\\q"])', "1:16: unknown escape '\\q'"],
  ['x = "a"', "1:3: expected '(', found '='"],
  ['prefix_rule(["a" + "b"])', "1:18: unexpected '+'"],
  ["host_executable()", "1:1: expected a name and a list of paths"],
];

for (const [source, message] of broken) {
  Deno.test(`parseRules() refuses ${JSON.stringify(source)}`, () => {
    assert.throws(() => parseRules(source), (error) => {
      assert.ok(error instanceof RuleSyntaxError);
      assert.equal(error.message, message);
      const { line, column } = error.position;
      assert.ok(message.startsWith(`${line}:${column}: `));
      return true;
    });
  });
}

Deno.test("parseRules() gives rules or a RuleSyntaxError for any text", () => {
  const piece = fc.constantFrom(
    ...'prefix_rule ( ) [ ] , = ; " \' \\ # \n pattern decision r" allow'.split(
      " ",
    ),
    " ",
    '"""',
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
    try {
      parseRules(pieces.join(""));
    } catch (error) {
      assert.ok(error instanceof RuleSyntaxError);
    }
  }));
});

async function inHome(work: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    await work(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test("loadRules() reads all rules files of all directories", async () => {
  await inHome(async (home) => {
    await Deno.mkdir(`${home}/b.rules`);
    await Deno.writeTextFile(`${home}/a.rules`, 'prefix_rule(pattern=["a"])');
    await Deno.writeTextFile(
      `${home}/z.rules`,
      'prefix_rule(pattern=["a"], decision="forbidden")',
    );
    await Deno.writeTextFile(`${home}/x.txt`, "no rules");
    const { rules, problems } = await loadRules([`${home}/none`, home]);
    assert.deepEqual(problems, []);
    assert.equal(rules.judge(["a"])?.decision, "forbidden");
  });
});

Deno.test("loadRules() allows nothing while a file is broken, and still forbids", async () => {
  await inHome(async (home) => {
    await Deno.writeTextFile(
      `${home}/a.rules`,
      'prefix_rule(pattern=["a"])\nprefix_rule(pattern=["b"], decision="prompt")',
    );
    await Deno.writeTextFile(`${home}/b.rules`, "prefix_rule(\n");
    const { rules, problems } = await loadRules([home]);
    assert.deepEqual(problems, [{
      path: `${home}/b.rules`,
      message: "2:1: expected a string, found 'end of file'",
      position: { line: 2, column: 1 },
    }]);
    assert.equal(rules.judge(["a"]), undefined);
    assert.equal(rules.judge(["b"])?.decision, "prompt");
  });
});

Deno.test("loadRules() tells of files that can't be read", async () => {
  await inHome(async (home) => {
    await Deno.symlink("nowhere", `${home}/a.rules`);
    await Deno.writeTextFile(`${home}/file`, "");
    const { problems } = await loadRules([home, `${home}/file`]);
    assert.deepEqual(
      problems.map(({ path, position }) => [path, position]),
      [[`${home}/a.rules`, undefined], [`${home}/file`, undefined]],
    );
  });
});

Deno.test("appendAllowed() writes a rule once, behind what is there", async () => {
  await inHome(async (home) => {
    const path = `${home}/rules/default.rules`;
    await appendAllowed(path, ["touch", "z"]);
    await appendAllowed(path, ["touch", "z"]);
    assert.equal(
      await Deno.readTextFile(path),
      'prefix_rule(pattern=["touch", "z"], decision="allow")\n',
    );
    await Deno.writeTextFile(path, "# mine");
    await appendAllowed(path, ["touch"]);
    assert.equal(
      await Deno.readTextFile(path),
      '# mine\nprefix_rule(pattern=["touch"], decision="allow")\n',
    );
  });
});

Deno.test("appendAllowed() refuses a rule that allows everything", async () => {
  await inHome(async (home) => {
    await assert.rejects(
      appendAllowed(`${home}/default.rules`, []),
      new TypeError("prefix rule requires at least one token"),
    );
    assert.equal((await Array.fromAsync(Deno.readDir(home))).length, 0);
  });
});

Deno.test("appendAllowed() is read back as the very words", async () => {
  await inHome(async (home) => {
    const words = fc.array(fc.string({ unit: "binary" }), {
      minLength: 1,
      maxLength: 4,
    }).map((list) => list.map((word) => word.toWellFormed()));
    let at = 0;
    await fc.assert(
      fc.asyncProperty(words, async (prefix) => {
        const path = `${home}/${at++}.rules`;
        await appendAllowed(path, prefix);
        const text = await Deno.readTextFile(path);
        assert.equal(text.split("\n").length, 2);
        assert.deepEqual(parseRules(text).prefixes, [{
          pattern: prefix.map((word) => [word]),
          decision: "allow",
          justification: undefined,
        }]);
      }),
      { numRuns: 50 },
    );
  });
});

Deno.test("appendAllowed() loses nothing among servers that add at once", async () => {
  await inHome(async (home) => {
    const path = `${home}/default.rules`;
    const script = `
      import { appendAllowed } from "${new URL("./mod.ts", import.meta.url)}";
      const own = Deno.args[0];
      for (let at = 0; at < 20; at++) {
        await appendAllowed(${JSON.stringify(path)}, ["both", String(at)]);
        await appendAllowed(${JSON.stringify(path)}, [own, String(at)]);
      }`;
    const program = `${home}/append.ts`;
    await Deno.writeTextFile(program, script);
    const runs = await Promise.all(
      ["one", "two"].map((own) =>
        new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--no-check", program, own],
          cwd: new URL("../..", import.meta.url),
        }).output()
      ),
    );
    assert.ok(runs.every(({ success }) => success));
    const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
    assert.equal(lines.length, 60);
    assert.equal(new Set(lines).size, 60);
  });
});
