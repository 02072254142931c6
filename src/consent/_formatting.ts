import { operandsOf, wordSet } from "./_operands.ts";
import { awkValues, nlValues, readEnd, readSed } from "./_read_words.ts";
import type { SimpleCommand } from "./parse_script.ts";

const formatting = wordSet(
  "column cut head nl printf sort tail tr uniq wc yes",
);

/** Whether a command only changes the looks of what it is given. */
export function isFormatting([name = "", ...args]: SimpleCommand): boolean {
  switch (name) {
    case "head":
    case "tail":
      return readEnd(args, true) === undefined &&
        operandsOf(args, lineCounts).length === 0;
    case "nl":
      return operandsOf(args, nlValues).length === 0;
    case "awk":
      return operandsOf(args, awkValues).length < 2;
    case "sed":
      return readSed(args) === "input" || isPlainSed(args);
    case "tee":
      return operandsOf(args).length === 0;
    case "xargs":
      return isHarmlessXargs(args);
    default:
      return formatting.has(name);
  }
}

const lineCounts = wordSet("-n -c");

/** One substitution of what comes in. */
function isPlainSed(args: readonly string[]): boolean {
  return args.length === 1 && /^s(.).*\1.*\1[gp0-9]*$/.test(args[0]!);
}

const xargsValues = wordSet("-n -L -P -I -d -s -E --max-args --max-lines");
const harmless = wordSet("cat echo grep head ls rg sed tail wc");

function isHarmlessXargs(args: readonly string[]): boolean {
  const [name] = operandsOf(args, xargsValues);
  if (args.some((arg) => /^(-\w*i|--in-place)/.test(arg))) return false;
  return name === undefined || harmless.has(name);
}

/** Whether a command picks some lines of what it is given. */
export function isPickingInput([name, ...args]: SimpleCommand): boolean {
  return name === "sed" && readSed(args) === "input";
}
