import {
  type CommandAction,
  resolvePath,
  toCommandLine,
} from "../protocol/mod.ts";
import { isFormatting, isPickingInput } from "./_formatting.ts";
import { operandsOf } from "./_operands.ts";
import { type Reading, readWords, toShort } from "./_read_words.ts";
import type { ScriptPart } from "./parse_script.ts";
import { toParts, toScript } from "./read_script.ts";

/**
 * What a command seems to do, for people to see at a glance: one action for each
 * of its parts that matters, or a single `unknown` if any part is not known.
 * Nothing may be decided by it.
 *
 * @param cwd Where it runs: absolute.
 */
export function readCommand(
  argv: readonly string[],
  { cwd }: { cwd: string },
): CommandAction[] {
  const parts = toParts(argv);
  const unknown: CommandAction = {
    type: "unknown",
    command: toScript(argv) ?? toCommandLine(argv),
  };
  if (parts === undefined) return [unknown];
  return readParts(parts, cwd) ?? [unknown];
}

/** Characters of a path, as of Linux. */
const MAX_PATH = 4096;

function readParts(
  parts: readonly ScriptPart[],
  cwd: string,
): CommandAction[] | undefined {
  const actions: CommandAction[] = [];
  const isAlone = parts.length === 1;
  let directory = cwd;
  let hasBegun = false;
  for (const [at, { words }] of parts.entries()) {
    const [name = "", ...args] = words;
    if (name === "cd") {
      directory = changeDirectory(directory, args);
      // No system knows such a path, and each step takes as long as it is.
      if (directory.length > MAX_PATH) return undefined;
      continue;
    }
    const isSilent = !isAlone &&
      (name === "true" || name === "echo" && !hasBegun || isFormatting(words));
    if (isSilent) continue;
    hasBegun = true;
    const reading = readWords(name, args);
    if (reading.type === "unknown") return undefined;
    const command = toCommandLine(words) + toTail(parts, at, reading);
    const action = toAction(reading, command, directory);
    if (!isSame(action, actions.at(-1))) actions.push(action);
  }
  // Nothing but a change of directory is nothing to be told of.
  const isTold = actions.length > 0 || isAlone ||
    parts.every(({ words }) => words[0] === "true");
  return isTold ? actions : undefined;
}

function isSame(a: CommandAction, b: CommandAction | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A read of a few lines is told with what picks them. */
function toTail(
  parts: readonly ScriptPart[],
  at: number,
  { type }: Reading,
): string {
  if (type !== "read") return "";
  let end = at + 1;
  while (parts[end]?.joint === "|" && isFormatting(parts[end]!.words)) end++;
  const tail = parts.slice(at + 1, end).map(({ words }) => words);
  const picks = tail.some((words) => isPickingInput(words));
  return picks
    ? tail.map((words) => ` | ${toCommandLine(words)}`).join("")
    : "";
}

function toAction(
  reading: Exclude<Reading, { type: "unknown" }>,
  command: string,
  directory: string,
): CommandAction {
  switch (reading.type) {
    case "read": {
      const path = resolvePath(directory, reading.file);
      return { type: "read", command, name: toShort(reading.file), path };
    }
    case "listFiles":
      return { type: "listFiles", command, path: reading.path };
    case "search": {
      const { query, path } = reading;
      return { type: "search", command, query, path };
    }
  }
}

function changeDirectory(directory: string, args: readonly string[]): string {
  const target = operandsOf(args).at(-1);
  return target === undefined ? directory : resolvePath(directory, target);
}
