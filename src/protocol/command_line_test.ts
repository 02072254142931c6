import assert from "node:assert/strict";
import fc from "fast-check";
import { toCommandLine } from "./mod.ts";

/** Scripts, and the line that a shell with such a script is shown as. */
const known: readonly (readonly [script: string, line: string])[] = [
  ["sed -n '1,5p' a.txt", "/bin/bash -c \"sed -n '1,5p' a.txt\""],
  ["sed -n '$p' a.txt", "/bin/bash -c \"sed -n '\"'$p'\"' a.txt\""],
  ["sed -n '/x/p' a.txt", "/bin/bash -c \"sed -n '/x/p' a.txt\""],
  ["find . -name '*.ts'", "/bin/bash -c \"find . -name '*.ts'\""],
  ["find sub -path '*x*'", "/bin/bash -c \"find sub -path '*x*'\""],
  ["rg --files -g '*.ts'", "/bin/bash -c \"rg --files -g '*.ts'\""],
  ["rg -g '*.ts' foo", "/bin/bash -c \"rg -g '*.ts' foo\""],
  ["awk '{print $1}' a.txt", "/bin/bash -c \"awk '{print \"'$1}'\"' a.txt\""],
  ["awk -F, '{print}' a.txt", "/bin/bash -c \"awk -F, '{print}' a.txt\""],
  ["awk 'NR==1' a.txt", "/bin/bash -c \"awk 'NR==1' a.txt\""],
  [
    "python3 -c 'import os; print(os.listdir(\".\"))'",
    '/bin/bash -c "python3 -c \'import os; print(os.listdir(\\".\\"))\'"',
  ],
  [
    "python -c 'print(open(\"a.txt\").read())'",
    '/bin/bash -c "python -c \'print(open(\\"a.txt\\").read())\'"',
  ],
  ["cat $(echo a.txt)", "/bin/bash -c 'cat $(echo a.txt)'"],
  ['cat "$HOME/x"', "/bin/bash -c 'cat \"$HOME/x\"'"],
  ['cat "a b.txt"', "/bin/bash -c 'cat \"a b.txt\"'"],
  ["cat 'it'\"'\"'s'", "/bin/bash -c \"cat 'it'\\\"'\\\"'s'\""],
  ["cat a\\ b.txt", '/bin/bash -c "cat a\\\\ b.txt"'],
  ["! cat a.txt", "/bin/bash -c '! cat a.txt'"],
  ["bash -lc 'cat a.txt'", "/bin/bash -c \"bash -lc 'cat a.txt'\""],
  ['cat "a.txt"', "/bin/bash -c 'cat \"a.txt\"'"],
  ['grep -n "foo bar" a.txt', "/bin/bash -c 'grep -n \"foo bar\" a.txt'"],
  ['grep "a|b" -r src', "/bin/bash -c 'grep \"a|b\" -r src'"],
  ['rg "foo.*bar" -n src tests', "/bin/bash -c 'rg \"foo.*bar\" -n src tests'"],
  ["cat a.txt\nls sub", "/bin/bash -c 'cat a.txt\nls sub'"],
  ["cat <<EOF\nhi\nEOF", "/bin/bash -c 'cat <<EOF\nhi\nEOF'"],
  ["for f in a; do cat $f; done", "/bin/bash -c 'for f in a; do cat $f; done'"],
  ["cat a.txt\n\n", "/bin/bash -c 'cat a.txt\n\n'"],
  ["cat a.txt \\\n b.txt", '/bin/bash -c "cat a.txt \\\\\n b.txt"'],
  ["ls | awk '{print $1}'", "/bin/bash -c \"ls | awk '{print \"'$1}'\"'\""],
  ["ls | python3 -c 'print(1)'", "/bin/bash -c \"ls | python3 -c 'print(1)'\""],
  ['cd "a b" && cat x', "/bin/bash -c 'cd \"a b\" && cat x'"],
  [
    "nl -ba a.txt | sed -n '5,10p'",
    "/bin/bash -c \"nl -ba a.txt | sed -n '5,10p'\"",
  ],
  ["grep -E 'a|b' a.txt b.txt", "/bin/bash -c \"grep -E 'a|b' a.txt b.txt\""],
  [
    "grep -rn --include='*.ts' foo src",
    "/bin/bash -c \"grep -rn --include='*.ts' foo src\"",
  ],
  ["rg --glob '*.ts' foo sub", "/bin/bash -c \"rg --glob '*.ts' foo sub\""],
  [
    "find . -maxdepth 2 -type f -name '*.ts'",
    "/bin/bash -c \"find . -maxdepth 2 -type f -name '*.ts'\"",
  ],
  [
    "git ls-files src/lib '*.ts'",
    "/bin/bash -c \"git ls-files src/lib '*.ts'\"",
  ],
  ["sed -n '1,5p;7p' a.txt", "/bin/bash -c \"sed -n '1,5p;7p' a.txt\""],
  ["sed -n '1,$p' a.txt", "/bin/bash -c \"sed -n '1,\"'$p'\"' a.txt\""],
  ["awk '{print}'", "/bin/bash -c \"awk '{print}'\""],
  ["awk '{print}' a b", "/bin/bash -c \"awk '{print}' a b\""],
  ["awk -v x=1 '{print}' a.txt", "/bin/bash -c \"awk -v x=1 '{print}' a.txt\""],
  [
    "python3 -c 'import glob; print(glob.glob(\"*\"))'",
    '/bin/bash -c "python3 -c \'import glob; print(glob.glob(\\"*\\"))\'"',
  ],
  [
    "python3 -c 'import os; os.walk(\".\")'",
    '/bin/bash -c "python3 -c \'import os; os.walk(\\".\\")\'"',
  ],
  ["python3 -c 'print(1)'", "/bin/bash -c \"python3 -c 'print(1)'\""],
  ["python -c 'os.listdir(1)'", "/bin/bash -c \"python -c 'os.listdir(1)'\""],
  ['cat --flag="x y"', "/bin/bash -c 'cat --flag=\"x y\"'"],
  ["cat \"a\"'b'c", '/bin/bash -c "cat \\"a\\"\'b\'c"'],
  ['cat ""', "/bin/bash -c 'cat \"\"'"],
  ['cat "a\\"b"', '/bin/bash -c "cat \\"a\\\\\\"b\\""'],
  ["cat 'a\\b'", "/bin/bash -c \"cat 'a\\\\b'\""],
  ['cat "a!b"', "/bin/bash -c 'cat \"a!b\"'"],
  ["cat a^b", "/bin/bash -c 'cat a''^b'"],
  ["cat \u00e9.txt", "/bin/bash -c 'cat \u00e9.txt'"],
  ["cat a!b", "/bin/bash -c 'cat a!b'"],
  ['cat "*"', "/bin/bash -c 'cat \"*\"'"],
  ["cat '$x'", "/bin/bash -c \"cat '\"'$x'\"'\""],
  ['cat "~/x"', "/bin/bash -c 'cat \"~/x\"'"],
  ['"cat" a.txt', "/bin/bash -c '\"cat\" a.txt'"],
  ["'ls'", "/bin/bash -c \"'ls'\""],
  ["ca't' a.txt", "/bin/bash -c \"ca't' a.txt\""],
  ["ls \\", '/bin/bash -c "ls \\\\"'],
  ["ls &&\nls", "/bin/bash -c 'ls &&\nls'"],
  ["ls\n&& ls", "/bin/bash -c 'ls\n&& ls'"],
  ["ls |\ncat", "/bin/bash -c 'ls |\ncat'"],
  ["ls\n\nls", "/bin/bash -c 'ls\n\nls'"],
  ["\nls\n", "/bin/bash -c '\nls\n'"],
  ["ls\r\nls", "/bin/bash -c 'ls\r\nls'"],
  ["cat\u00a0a", "/bin/bash -c 'cat\u00a0a'"],
  ["ls;\nls", "/bin/bash -c 'ls;\nls'"],
  ["cat 'a\nb'", "/bin/bash -c \"cat 'a\nb'\""],
  ['cat "a\nb"', "/bin/bash -c 'cat \"a\nb\"'"],
  ["echo hi # x\nls", "/bin/bash -c 'echo hi # x\nls'"],
  ["cat a.txt # x\nls", "/bin/bash -c 'cat a.txt # x\nls'"],
  ["ls \\\n-la", '/bin/bash -c "ls \\\\\n-la"'],
];

for (const [script, line] of known) {
  Deno.test(`toCommandLine() shows ${JSON.stringify(script)}`, () => {
    assert.equal(toCommandLine(["/bin/bash", "-c", script]), line);
  });
}

Deno.test("toCommandLine() shows words that need no quotes as they are", () => {
  assert.equal(toCommandLine(["a-b", "/c.d:e@f_g+1]"]), "a-b /c.d:e@f_g+1]");
  assert.equal(toCommandLine(["a", ""]), "a ''");
  assert.equal(toCommandLine([]), "");
});

Deno.test("toCommandLine() is read back by a shell as it was", async () => {
  const word = fc.string({ unit: "binary", maxLength: 8 })
    .map((text) => text.replaceAll("\0", "").toWellFormed());
  const sly = fc.stringMatching(/^['"$`\\!^;&|<>*~#{}()\n a=]{0,8}$/);
  const words = fc.array(fc.oneof(word, sly), { minLength: 1, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(words, async (argv) => {
      const script = `printf '%s\\0' ${toCommandLine(argv)}`;
      const { stdout } = await new Deno.Command("bash", {
        args: ["-c", script],
        env: { LC_ALL: "C" },
      }).output();
      const read = new TextDecoder("utf-8", { ignoreBOM: true })
        .decode(stdout).split("\0").slice(0, -1);
      assert.deepEqual(read, argv);
    }),
    { numRuns: 60 },
  );
});
