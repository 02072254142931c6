import { PatchError } from "./patch_error.ts";

/** A patch that a shell command would apply. */
export interface HeredocPatch {
  /** The patch as it was written. */
  readonly text: string;
  /** Directory that the command changes to before, as it was written. */
  readonly directory: string | undefined;
}

/**
 * Finds the patch in a command that does nothing but apply one:
 * `apply_patch <<'EOF'`, with `cd DIRECTORY &&` before it or without, run by a
 * shell; or the program `apply_patch` with the patch as its only argument.
 * Whatever else a script does makes it a script, and nothing is found.
 *
 * @param argv The command as it would be started.
 * @throws {PatchError} if the whole script is a patch without a command.
 */
export function findHeredocPatch(
  argv: readonly string[],
): HeredocPatch | undefined {
  const [program = "", first = "", script = ""] = argv;
  if (argv.length === 2 && isApplyPatch(program)) {
    return { text: first, directory: undefined };
  }
  if (argv.length === 1) refuseBare(program);
  const isScript = argv.length === 3 && shells.has(nameOf(program)) &&
    (first === "-c" || first === "-lc");
  if (!isScript) return undefined;
  refuseBare(script);
  return findInScript(script);
}

const shells = new Set(["bash", "sh", "zsh"]);

/** A word that the shell takes as it is: plain, or in quotes. */
const word = String.raw`[^\s'"$` + "`" +
  String.raw`\\|&;<>()*?\[\]{}~#!-][^\s'"$` + "`" +
  String.raw`\\|&;<>()*?\[\]{}]*|'[^']*'|"[^"$` + "`" + String.raw`\\]*"`;

/** Everything up to the body; `cd`, quoted or bare delimiter. */
const opening = new RegExp(
  String.raw`^\s*(?:cd[ \t]+(?<directory>${word})[ \t]*&&\s*)?` +
    String.raw`(?:[A-Za-z_]\w*=[\w./:-]*[ \t]+)*apply_?patch[ \t]*<<-?[ \t]*` +
    String.raw`(?:'(?<single>[^'\n]+)'|"(?<double>[^"\n$\\` + "`" +
    String.raw`]+)"|(?<bare>\w+))[ \t]*\n`,
);

function findInScript(script: string): HeredocPatch | undefined {
  const match = opening.exec(script);
  if (match === null) return undefined;
  const { directory, single, double, bare } = match.groups ?? {};
  const delimiter = single ?? double ?? bare;
  const lines = script.slice(match[0].length).split("\n");
  const end = lines.findIndex((line) => line === delimiter);
  const isAlone = end !== -1 &&
    lines.slice(end + 1).every((line) => line.trim() === "");
  if (!isAlone) return undefined;
  const text = lines.slice(0, end).join("\n");
  return {
    text,
    directory: directory && withoutQuotes(directory),
  };
}

function withoutQuotes(text: string): string {
  const isQuoted = text.startsWith("'") || text.startsWith('"');
  return isQuoted ? text.slice(1, -1) : text;
}

function refuseBare(script: string): void {
  const text = script.trim();
  if (!/^\*\*\* Begin Patch\n[^]*\n\*\*\* End Patch$/.test(text)) return;
  throw new PatchError(
    "patch detected without explicit call to apply_patch. Rerun as " +
      '["apply_patch", "<patch>"]',
  );
}

function isApplyPatch(program: string): boolean {
  return program === "apply_patch" || program === "applypatch";
}

function nameOf(program: string): string {
  return program.slice(program.lastIndexOf("/") + 1);
}
