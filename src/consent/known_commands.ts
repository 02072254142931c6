import { operandsOf, wordSet } from "./_operands.ts";
import { parseScript, type SimpleCommand } from "./parse_script.ts";
import { nameOf, toParts, toScript } from "./read_script.ts";

const readers = wordSet(
  "cat cd cut echo expr false grep head id ls nl paste pwd rev seq stat tail " +
    "tr true uname uniq wc which whoami",
);
const findActions = wordSet(
  "-exec -execdir -ok -okdir -delete -fls -fprint -fprint0 -fprintf",
);
const gitReaders = wordSet("status log diff show ls-files grep");

/**
 * Whether a command is known to change nothing, whatever its arguments: every
 * part of it is on a short list.
 */
export function isReadOnly(argv: readonly string[]): boolean {
  const parts = toParts(argv);
  return parts !== undefined && parts.every(({ words }) => isReader(words));
}

function isReader([name = "", ...args]: SimpleCommand): boolean {
  switch (name) {
    case "find":
      return !args.some((arg) => findActions.has(arg));
    case "rg":
      return !args.some((arg) =>
        /^--(pre|hostname-bin|search-zip)\b/.test(arg) || /^-\w*z/.test(arg)
      );
    case "git":
      return gitReaders.has(args[0] ?? "") &&
        !args.some((arg) =>
          /^(-[oO]|--(output|ext-diff|textconv|open-files|exec|no-index))/
            .test(arg)
        );
    case "sed":
      return args.length <= 3 && args[0] === "-n" &&
        /^\d+(,\d+)?p$/.test(args[1] ?? "") && !(args[2] ?? "").startsWith("-");
    case "uniq":
      return operandsOf(args).length <= 1; // the second one is written
    default:
      return readers.has(name);
  }
}

/**
 * Whether a command removes files without asking (`rm -f`), itself or by a shell,
 * `sudo` or `env`. Of a script that can't be read, whether it looks like it.
 */
export function isDangerous(argv: readonly string[]): boolean {
  const script = toScript(argv);
  if (script === undefined) return isForcedRemoval(argv);
  const parts = parseScript(script);
  if (parts === undefined) return looksForced(script);
  return parts.some(({ words }) => isDangerous(words));
}

const removal = /(?:^|[^\w.-])rm\s/;
const forced = /\s(?:--force|-(?=\w*f)\w+)(?=[\s)'"}]|$)/;

/**
 * Whether there is `rm` as a command, with an option that has an `f`, up to the
 * next command. Takes as long as the script is, whatever is in it.
 */
function looksForced(script: string): boolean {
  return script.replaceAll("\\\n", " ").split(/[;&|\n]/).some((line) => {
    const at = line.search(removal);
    return at >= 0 && forced.test(line.slice(at));
  });
}

const wrappers = wordSet("sudo env command nohup");

function isForcedRemoval([program = "", ...args]: SimpleCommand): boolean {
  const name = nameOf(program);
  if (wrappers.has(name)) return args.length > 0 && isDangerous(args);
  if (name !== "rm") return false;
  const end = args.indexOf("--");
  return args.slice(0, end === -1 ? args.length : end)
    .some((arg) => arg === "--force" || /^-\w*f/.test(arg));
}
