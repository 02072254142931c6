import {
  parseScript,
  type ScriptPart,
  type SimpleCommand,
} from "./parse_script.ts";

const shells = new Set(["bash", "sh", "zsh"]);

/** The script that a command line hands to a shell, if it does just that. */
export function toScript(argv: readonly string[]): string | undefined {
  const [program = "", flag, script] = argv;
  const isScript = argv.length === 3 && shells.has(nameOf(program)) &&
    (flag === "-c" || flag === "-lc");
  return isScript ? script : undefined;
}

/**
 * The simple commands that a command line comes down to: those of the script
 * that it hands to a shell, or itself.
 *
 * @returns Nothing if it is a script that can't be read.
 */
export function toParts(argv: readonly string[]): ScriptPart[] | undefined {
  const script = toScript(argv);
  if (script !== undefined) return parseScript(script);
  return argv.length === 0 ? undefined : [{ joint: undefined, words: argv }];
}

/**
 * What rules and approvals are about: every simple command that will run; if
 * that can't be told, the command line as a whole and nothing else.
 */
export function toCommands(argv: readonly string[]): readonly SimpleCommand[] {
  return toParts(argv)?.map(({ words }) => words) ?? [argv];
}

/** The last name of a path. */
export function nameOf(program: string): string {
  return program.slice(program.lastIndexOf("/") + 1);
}
