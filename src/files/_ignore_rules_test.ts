import assert from "node:assert/strict";
import fc from "fast-check";
import { workMs } from "../../tests/kit/work_time.ts";
import { IgnoreRules } from "./_ignore_rules.ts";

function judge(text: string, path: string): string | undefined {
  const isDirectory = path.endsWith("/");
  return new IgnoreRules(text)
    .judge(path.replace(/\/$/, "").split("/"), isDirectory);
}

Deno.test("IgnoreRules: names, anchors, directories, stars and sets as gitignore has them", () => {
  const rows: [string, string, string | undefined][] = [
    ["a.txt", "x/y/a.txt", "ignored"],
    ["/a.txt", "a.txt", "ignored"],
    ["/a.txt", "x/a.txt", undefined],
    ["x/a", "x/a", "ignored"],
    ["x/a", "y/x/a", undefined],
    ["build/", "x/build/", "ignored"],
    ["build/", "build", undefined],
    ["*.log", "x/a.log", "ignored"],
    ["*.log", "a.logs", undefined],
    ["x/*.log", "x/y/a.log", undefined],
    ["a?c", "abc", "ignored"],
    ["a?c", "ac", undefined],
    ["[a-c]x", "bx", "ignored"],
    ["[!a-c]x", "bx", undefined],
    ["[]x]y", "]y", "ignored"],
    ["[a", "[a", "ignored"],
    ["**/a", "x/y/a", "ignored"],
    ["**/a", "a", "ignored"],
    ["x/**", "x/y/z", "ignored"],
    ["x/**", "x/", undefined],
    ["x/**/z", "x/z", "ignored"],
    ["x/**/z", "x/a/b/z", "ignored"],
    ["*.log\n!keep.log", "keep.log", "kept"],
    ["!keep.log\n*.log", "keep.log", "ignored"],
    ["# a", "# a", undefined],
    ["\\#a", "#a", "ignored"],
    ["\\!a", "!a", "ignored"],
    ["a  ", "a", "ignored"],
    ["a\\ ", "a ", "ignored"],
    ["a\r", "a", "ignored"],
    ["\ufeffa", "a", "ignored"],
    ["", "a", undefined],
    ["/", "a", undefined],
  ];
  for (const [text, path, verdict] of rows) {
    assert.equal(judge(text, path), verdict, `${text} for ${path}`);
  }
});

Deno.test("IgnoreRules: a pattern made to take for ever takes no time", () => {
  const stars = "*a".repeat(40);
  const deep = `${"**/a/".repeat(40)}b`;
  const tookMs = workMs(() => {
    assert.equal(judge(`${stars}b`, "a".repeat(255)), undefined);
    assert.equal(judge(deep, Array(500).fill("a").join("/")), undefined);
  });
  assert.ok(tookMs < 1000, `${tookMs} ms`);
});

Deno.test("IgnoreRules: rules beyond the ten thousandth are not read", () => {
  const lines = Array.from({ length: 10_001 }, (_, i) => `name${i}`);
  assert.equal(judge(lines.join("\n"), "name9999"), "ignored");
  assert.equal(judge(lines.join("\n"), "name10000"), undefined);
});

const hasGit = await new Deno.Command("git", { args: ["--version"] })
  .output().then(({ success }) => success, () => false);

Deno.test({
  name: `IgnoreRules: git says the same of any pattern${
    hasGit ? "" : " (there is no git)"
  }`,
  ignore: !hasGit,
  async fn() {
    const directory = await Deno.makeTempDir();
    const git = (args: string[], input = "") => {
      const child = new Deno.Command("git", {
        args: ["-c", "core.quotePath=false", ...args],
        cwd: directory,
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      const writer = child.stdin.getWriter();
      writer.write(new TextEncoder().encode(input))
        .then(() => writer.close()).catch(() => {});
      return child.output();
    };
    const piece = fc.constantFrom(
      "a",
      "b",
      "*",
      "?",
      "**",
      "[ab]",
      "[!a]",
      "/",
    );
    const pattern = fc.array(piece, { minLength: 1, maxLength: 6 })
      .map((pieces) => pieces.join(""))
      // Doubled slashes and stars beside names mean nothing that is written down.
      .filter((text) => !/\/\/|\*\*\*|[^/]\*\*|\*\*[^/]/.test(text));
    const name = fc.constantFrom("a", "b", "ab", "c");
    const path = fc.array(name, { minLength: 1, maxLength: 4 })
      .map((names) => names.join("/"));
    const paths = fc.uniqueArray(path, { minLength: 3, maxLength: 8 });
    try {
      await git(["init", "-q"]);
      await fc.assert(
        fc.asyncProperty(pattern, paths, async (pattern, paths) => {
          await Deno.writeTextFile(`${directory}/.gitignore`, pattern);
          const { stdout } = await git(
            ["check-ignore", "--no-index", "-z", "--stdin"],
            paths.map((path) => `${path}\0`).join(""),
          );
          const ignored = new TextDecoder().decode(stdout).split("\0");
          const rules = new IgnoreRules(pattern);
          for (const path of paths) {
            // Git also leaves out what lies in a directory that it leaves out.
            const names = path.split("/");
            const isIgnored = names.some((_, at) =>
              rules.judge(names.slice(0, at + 1), at < names.length - 1) ===
                "ignored"
            );
            assert.equal(isIgnored, ignored.includes(path), path);
          }
        }),
        { numRuns: 60 },
      );
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});
