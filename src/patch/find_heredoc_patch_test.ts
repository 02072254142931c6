import assert from "node:assert/strict";
import { workMs } from "../../tests/kit/work_time.ts";
import { findHeredocPatch, PatchError } from "./mod.ts";

const patch = "*** Begin Patch\n*** Add File: new.txt\n+x\n*** End Patch";
const heredoc = (before = "", after = "", opening = "<<'EOF'", end = "EOF") =>
  `${before}apply_patch ${opening}${after}\n${patch}\n${end}`;
const inBash = (script: string) =>
  findHeredocPatch(["/bin/bash", "-lc", script]);

const found: Readonly<Record<string, [script: string, directory?: string]>> = {
  "in quotes": [heredoc()],
  "in double quotes": [heredoc("", "", '<<"EOF"')],
  "without quotes": [heredoc("", "", "<<EOF")],
  "with a dash": [heredoc("", "", "<<-'EOF'")],
  "with another tag": [heredoc("", "", "<<'PATCH'", "PATCH")],
  "by the other name": [heredoc().replace("apply_patch", "applypatch")],
  "with variables": [heredoc("FOO=1 ")],
  "with lines around": [heredoc("\n\n  ") + "\n\n"],
  "behind a change of directory": [heredoc("cd sub/x && "), "sub/x"],
  "behind a quoted directory": [heredoc("cd 'a b' && "), "a b"],
  "behind a double-quoted directory": [heredoc('cd "a b" && '), "a b"],
  "behind an absolute directory": [heredoc("cd /tmp &&\n"), "/tmp"],
};

for (const [name, [script, directory]] of Object.entries(found)) {
  Deno.test(`findHeredocPatch() finds one ${name}`, () => {
    assert.deepEqual(inBash(script), { text: patch, directory });
  });
}

const notFound: Readonly<Record<string, string>> = {
  "another command behind": `${heredoc()}\necho done`,
  "another command joined": heredoc("", " && echo done"),
  "a pipe": heredoc("", " | cat"),
  "a redirection": heredoc("", " > out"),
  "a background job": heredoc("", " &"),
  "a command before": heredoc("echo x && "),
  "a setting before": heredoc("set -e\n"),
  "a comment before": heredoc("# hi\n"),
  "a subshell": `(${heredoc()}\n)`,
  "a negation": heredoc("! "),
  "sudo": heredoc("sudo "),
  "a path": heredoc().replace("apply_patch", "/usr/bin/apply_patch"),
  "an argument": heredoc("", "", "foo <<'EOF'"),
  "a here-string": `apply_patch <<< '${patch}'`,
  "no end": `apply_patch <<'EOF'\n${patch}`,
  "two of them": `${heredoc()}\n${heredoc()}`,
  "a directory, with a semicolon": heredoc("cd sub; "),
  "a directory, on a line of its own": heredoc("cd sub\n"),
  "a directory, or else": heredoc("cd sub || "),
  "two directories": heredoc("cd a && cd b && "),
  "two arguments of cd": heredoc("cd a b && "),
  "no argument of cd": heredoc("cd && "),
  "an option of cd": heredoc("cd -P && "),
  "the last directory": heredoc("cd - && "),
  "a variable": heredoc("cd $HOME && "),
  "a variable in quotes": heredoc('cd "$HOME" && '),
  "a command in a directory": heredoc("cd `x` && "),
  "a home directory": heredoc("cd ~ && "),
  "a glob": heredoc("cd * && "),
  "an assignment with a command": heredoc("A=$(touch x) "),
  "a tag that the shell would expand": heredoc("", "", '<<"$EOF"', "$EOF"),
  "another tag at the end": heredoc("", "", "<<'EOF'", "EOF2"),
  "nothing": "",
};

for (const [name, script] of Object.entries(notFound)) {
  Deno.test(`findHeredocPatch() finds nothing with ${name}`, () => {
    assert.equal(inBash(script), undefined);
  });
}

Deno.test("findHeredocPatch() ends at the first end", () => {
  const script = `apply_patch <<'EOF'\n${patch}\nEOF\ntouch x\nEOF`;
  assert.equal(inBash(script), undefined);
});

Deno.test("findHeredocPatch() knows the shells and their flags", () => {
  const script = heredoc();
  const here = { text: patch, directory: undefined };
  for (const shell of ["bash", "/usr/bin/zsh", "sh"]) {
    assert.deepEqual(findHeredocPatch([shell, "-c", script]), here);
  }
  for (
    const argv of [
      ["fish", "-c", script],
      ["bash", "-x", script],
      ["bash", "-lc", script, "x"],
      ["env", "bash", "-lc", script],
      [],
    ]
  ) assert.equal(findHeredocPatch(argv), undefined);
});

Deno.test("findHeredocPatch() takes the program with its argument", () => {
  assert.deepEqual(findHeredocPatch(["apply_patch", patch]), {
    text: patch,
    directory: undefined,
  });
  assert.equal(findHeredocPatch(["apply_patch", patch, "x"]), undefined);
});

Deno.test("findHeredocPatch() refuses a patch without a command", () => {
  for (const argv of [[patch], ["bash", "-lc", `\n${patch}\n`]]) {
    assert.throws(() => findHeredocPatch(argv), (error) => {
      assert.ok(error instanceof PatchError);
      assert.equal(
        error.answer,
        "apply_patch verification failed: patch detected without explicit " +
          'call to apply_patch. Rerun as ["apply_patch", "<patch>"]',
      );
      return true;
    });
  }
});

Deno.test("findHeredocPatch() takes no time over a hostile script", () => {
  const script = `cd ${"a".repeat(200_000)}${" ".repeat(200_000)}`;
  const ms = workMs(() => {
    assert.equal(inBash(script), undefined);
    assert.equal(inBash("A=1 ".repeat(50_000)), undefined);
  });
  assert.ok(ms < 1000, `${ms} ms`);
});
