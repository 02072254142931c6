import { operandsOf, wordSet } from "./_operands.ts";
import { nameOf } from "./read_script.ts";

/** What one command seems to do; a read without its directory. */
export type Reading =
  | { readonly type: "read"; readonly file: string }
  | { readonly type: "listFiles"; readonly path: string | null }
  | {
    readonly type: "search";
    readonly query: string | null;
    readonly path: string | null;
  }
  | { readonly type: "unknown" };

/** Options of `nl` with a value. */
export const nlValues: ReadonlySet<string> = wordSet("-s -w -v -i -b");
/** Options of `awk` with a value. */
export const awkValues: ReadonlySet<string> = wordSet(
  "-F -v -f --field-separator --assign --file",
);

const listers: Readonly<Record<string, ReadonlySet<string>>> = {
  ls: wordSet(
    "-I -w --block-size --format --time-style --color --quoting-style",
  ),
  eza: wordSet("-I -L --ignore-glob --level --sort --time-style"),
  exa: wordSet("-I -L --ignore-glob --level --sort --time-style"),
  tree: wordSet("-L -P -I --charset --filelimit --sort"),
  du: wordSet("-d --max-depth -B --block-size --exclude --time-style"),
};

const searchValues = wordSet(
  "-A -B -C -g -t -T -m -e -f -j --glob --iglob --type --type-not " +
    "--max-count --after-context --before-context --context --regexp --file " +
    "--max-depth --threads --replace --sort --colors --include --exclude",
);
const patternValues = wordSet("-e -f --regexp --file");
const searchers = wordSet("rg rga grep egrep fgrep ag ack pt");
const fdValues = wordSet(
  "-t --type -e --extension -E --exclude --search-path -d --max-depth",
);
const lessValues = wordSet("-p -P -x -y -z -j --pattern --prompt --tabs");
const batValues = wordSet(
  "--theme --language --style --terminal-width --tabs --line-range " +
    "--map-syntax",
);

/** What a command seems to do, by its name and its other words. */
export function readWords(name: string, args: readonly string[]): Reading {
  switch (name) {
    case "cat":
      return toRead(onlyOf(operandsOf(args)));
    case "bat":
    case "batcat":
      return toRead(onlyOf(operandsOf(args, batValues)));
    case "less":
      return toRead(onlyOf(operandsOf(args, lessValues)));
    case "more":
    case "Get-Content":
      return toRead(onlyOf(operandsOf(args)));
    case "head":
      return toRead(readEnd(args, false));
    case "tail":
      return toRead(readEnd(args, true));
    case "nl":
      return toRead(operandsOf(args, nlValues)[0]);
    case "awk":
      return toRead(operandsOf(args, awkValues)[args.includes("-f") ? 0 : 1]);
    case "sed": {
      const file = readSed(args);
      return toRead(file === "input" ? undefined : file?.file);
    }
    case "git":
      return readGit(args);
    case "find":
      return readFind(args);
    case "fd":
      return readFd(args);
    case "python":
    case "python3":
      return readPython(args);
  }
  const values = listers[name];
  if (values !== undefined) {
    return { type: "listFiles", path: toShown(operandsOf(args, values)[0]) };
  }
  return searchers.has(name) ? readSearch(args) : { type: "unknown" };
}

function toRead(file: string | undefined): Reading {
  return file === undefined || file === "" || file === "-"
    ? { type: "unknown" }
    : { type: "read", file };
}

function onlyOf(operands: readonly string[]): string | undefined {
  return operands.length === 1 ? operands[0] : undefined;
}

/** The file of `head` and `tail`, in the few forms that are told. */
export function readEnd(
  args: readonly string[],
  mayCountFromStart: boolean,
): string | undefined {
  const [first = "", second = ""] = args;
  if (!first.startsWith("-")) return onlyOf(operandsOf(args));
  const count = mayCountFromStart ? /^\+?\d+$/ : /^\d+$/;
  if (first === "-n" && count.test(second)) return operandsOf(args.slice(2))[0];
  const isJoined = first.startsWith("-n") && count.test(first.slice(2));
  return isJoined ? operandsOf(args.slice(1))[0] : undefined;
}

/** The file that `sed -n` picks lines of, or that it picks them of its input. */
export function readSed(
  args: readonly string[],
): { readonly file: string } | "input" | undefined {
  if (args[0] !== "-n") return undefined;
  const rest = args[1] === "-e" ? args.slice(2) : args.slice(1);
  const [range = "", file] = rest;
  if (!/^\d+(,\d+)?p$/.test(range)) return undefined;
  if (file === undefined) return "input";
  return file.startsWith("-") ? undefined : { file };
}

function readSearch(args: readonly string[]): Reading {
  const operands = operandsOf(args, searchValues);
  if (args.includes("--files")) {
    return { type: "listFiles", path: toShown(operands[0]) };
  }
  const at = args.findIndex((arg) => patternValues.has(arg));
  const pattern = at === -1 ? undefined : args[at + 1];
  const [query, path] = pattern === undefined
    ? operands
    : [pattern, operands[0]];
  return { type: "search", query: query ?? null, path: toShown(path) };
}

function readGit([command, ...args]: readonly string[]): Reading {
  if (command === "grep") return readSearch(args);
  if (command !== "ls-files") return { type: "unknown" };
  const values = wordSet("-x -X --exclude --exclude-from");
  return { type: "listFiles", path: toShown(operandsOf(args, values)[0]) };
}

const findActions = wordSet(
  "-exec -execdir -ok -okdir -delete -fls -fprint -fprint0 -fprintf",
);
const findPatterns = wordSet("-name -iname -path -ipath -regex -iregex");

function readFind(args: readonly string[]): Reading {
  if (args.some((arg) => findActions.has(arg))) return { type: "unknown" };
  const [first = "-"] = args;
  const path = /^[-(!]/.test(first) ? undefined : first;
  const at = args.findIndex((arg) => findPatterns.has(arg));
  const query = at === -1 ? undefined : args[at + 1];
  if (query === undefined) return { type: "listFiles", path: toShown(path) };
  return { type: "search", query, path: toShown(path) };
}

function readFd(args: readonly string[]): Reading {
  const isRunning = args.some((arg) => /^(-[xX]|--exec)/.test(arg));
  if (isRunning) return { type: "unknown" };
  const [query, path] = operandsOf(args, fdValues);
  if (query === undefined) return { type: "listFiles", path: null };
  return { type: "search", query, path: toShown(path) };
}

/** A line of Python that walks directories. */
function readPython([flag, code = ""]: readonly string[]): Reading {
  const isListing = flag === "-c" &&
    /\bos\.(listdir|walk|scandir)\b|\bglob\.i?glob\b/.test(code);
  return isListing ? { type: "listFiles", path: null } : { type: "unknown" };
}

function toShown(path: string | undefined): string | null {
  return path === undefined ? null : toShort(path);
}

const vague = wordSet("build dist node_modules src");

/** The last name of a path that says something. */
export function toShort(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  const names = trimmed.split("/");
  return names.findLast((name) => !vague.has(name)) ?? nameOf(trimmed);
}
