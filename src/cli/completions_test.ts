import assert from "node:assert/strict";
import { gangway } from "./commands.ts";
import { renderCompletions } from "./completions.ts";
import { runGangway } from "./_gangway_process.ts";

const bash = renderCompletions(gangway, "bash");

/** What bash offers for a line whose last word is being typed. */
async function complete(line: string): Promise<string[]> {
  const words = line.split(" ");
  const script = `${bash}
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_gangway
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", script, "bash", ...words],
  }).output();
  assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

Deno.test("completions bash completes commands, options and values", async () => {
  const cases: readonly [line: string, offered: string[]][] = [
    ["gangway ", [
      ...[
        "app-server",
        "exec",
        "call",
        "run",
        "token",
        "doctor",
        "completions",
      ],
      ...["--config", "--enable", "--disable", "--version", "--help"],
    ]],
    ["gangway app-server --ws-t", ["--ws-token-file", "--ws-token-sha256"]],
    ["gangway app-server --ws-auth ", [
      "capability-token",
      "signed-bearer-token",
    ]],
    ["gangway app-server --stdio gen", ["generate-ts", "generate-json-schema"]],
    ["gangway app-server daemon st", ["start", "stop"]],
    ["gangway exec --sandbox w", ["workspace-write"]],
    ["gangway e res", ["resume"]],
    ["gangway exec resume --l", ["--last"]],
    ["gangway token v", ["verify"]],
    ["gangway token verify --s", ["--secret-file"]],
    ["gangway completion z", ["zsh"]],
    ["gangway call --url ", [""]],
    ["gangway token mint --out /etc/hostn", ["/etc/hostname"]],
  ];
  for (const [line, offered] of cases) {
    assert.deepEqual(await complete(line), offered, line);
  }
});

Deno.test("completions name every command and option that is not hidden", () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const script = renderCompletions(gangway, shell);
    const shown = shownNames(gangway);
    const check = (command: typeof gangway): void => {
      assert.ok(script.includes(command.name), `${shell} ${command.name}`);
      for (const { name } of command.options ?? []) {
        // "--image" must not be found in a longer name.
        const typed = shell === "fish" ? `-l ${name}` : `--${name}`;
        assert.equal(
          new RegExp(`${typed}(?![\\w-])`).test(script),
          shown.has(name),
          `${shell} ${command.name} ${name}`,
        );
      }
      for (const child of command.commands ?? []) check(child);
    };
    check(gangway);
  }
});

/** Names of options that some command shows. */
function shownNames(command: typeof gangway): Set<string> {
  const own = (command.options ?? []).filter(({ hidden }) => !hidden);
  const below = (command.commands ?? []).map(shownNames);
  return below.reduce(
    (all, names) => all.union(names),
    new Set(own.map(({ name }) => name)),
  );
}

async function isInstalled(program: string): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args: ["-c", "true"] }).output())
      .success;
  } catch {
    return false;
  }
}

for (const shell of ["zsh", "fish"]) {
  const exists = await isInstalled(shell);
  const note = exists ? "" : ` (skipped: ${shell} is not installed)`;
  Deno.test({
    name: `completions ${shell} is a script that ${shell} can read${note}`,
    ignore: !exists,
    fn: async () => {
      const script = renderCompletions(gangway, shell);
      const { success } = await new Deno.Command(shell, {
        args: ["-n", "-c", script],
      }).output();
      assert.ok(success);
    },
  });
}

Deno.test("completions SHELL prints the script", async () => {
  assert.deepEqual(await runGangway(["completions", "bash"]), {
    code: 0,
    signal: null,
    stdout: bash,
    stderr: "",
  });
});
