import { type Position, RuleSyntaxError } from "./rule_lexer.ts";
import { ExecRules } from "./exec_rules.ts";
import { parseRules, type Rules } from "./parse_rules.ts";

/** A rules file that can't be used. */
export interface RuleProblem {
  /** The file. */
  readonly path: string;
  /** What is wrong, with line and column if it is what the file says. */
  readonly message: string;
  /** Where in the file, if that can be told. */
  readonly position: Position | undefined;
}

/** A directory with rules of which those count that restrict. */
export interface RestrictingDirectory {
  readonly restricting: string;
}

/** Rules that were found. */
export interface LoadedRules {
  /** All of them. */
  readonly rules: ExecRules;
  /** Files without which they are. */
  readonly problems: readonly RuleProblem[];
}

/**
 * Reads the `*.rules` files of some directories, in the order of their names. A
 * directory that is not there has none; a file that can't be read or understood
 * is a problem, and nothing is allowed by the rules of the others then: it may
 * be what they allow that it forbids.
 *
 * @param directories Such as `$CODEX_HOME/rules`, and that of a project if it is
 * trusted.
 */
export async function loadRules(
  directories: readonly (string | RestrictingDirectory)[],
): Promise<LoadedRules> {
  const found: Rules[] = [];
  const problems: RuleProblem[] = [];
  for (const one of directories) {
    const isWhole = typeof one === "string";
    const directory = isWhole ? one : one.restricting;
    const read = await namesIn(directory).catch((error: unknown) => {
      problems.push(toProblem(directory, error));
      return [];
    });
    for (const name of read) {
      const path = `${directory}/${name}`;
      try {
        const rules = parseRules(await Deno.readTextFile(path));
        found.push(isWhole ? rules : toRestricting(rules));
      } catch (error) {
        problems.push(toProblem(path, error));
      }
    }
  }
  const prefixes = found.flatMap(({ prefixes }) => prefixes);
  const rules = new ExecRules({
    // What a file that can't be read forbids may be what these allow.
    prefixes: problems.length === 0
      ? prefixes
      : toRestricting({ prefixes, programs: new Map() }).prefixes,
    programs: new Map(found.flatMap(({ programs }) => [...programs])),
  });
  return { rules, problems };
}

function toRestricting({ prefixes }: Rules): Rules {
  return {
    prefixes: prefixes.filter(({ decision }) => decision !== "allow"),
    programs: new Map(),
  };
}

async function namesIn(directory: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      if (!isDirectory && name.endsWith(".rules")) names.push(name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}

/**
 * Adds a rule that allows all commands that begin in a way to a rules file,
 * unless it is there already. The file appears or grows in one step, whoever
 * else adds to it at the same time.
 *
 * @param path Such as `$CODEX_HOME/rules/default.rules`; missing directories are
 * created.
 * @throws {TypeError} if there are no words, or one of them is no text.
 */
export async function appendAllowed(
  path: string,
  prefix: readonly string[],
): Promise<void> {
  if (prefix.length === 0) {
    throw new TypeError("prefix rule requires at least one token");
  }
  const rule = toRuleLine(prefix);
  const directory = path.slice(0, path.lastIndexOf("/"));
  await Deno.mkdir(directory, { recursive: true });
  using file = await Deno.open(path, {
    read: true,
    append: true,
    create: true,
    mode: 0o644,
  });
  // Other servers wait for it as we do: nobody adds a rule twice.
  await file.lock(true);
  try {
    const present = await readAll(file);
    if (present.split("\n").includes(rule)) return;
    const joint = present === "" || present.endsWith("\n") ? "" : "\n";
    await writeAll(file, new TextEncoder().encode(`${joint}${rule}\n`));
    await file.syncData();
  } finally {
    await file.unlock();
  }
}

async function readAll(file: Deno.FsFile): Promise<string> {
  const { size } = await file.stat();
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const count = await file.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    written += await file.write(bytes.subarray(written));
  }
}

function toRuleLine(prefix: readonly string[]): string {
  const words = prefix.map((word) => JSON.stringify(word)).join(", ");
  return `prefix_rule(pattern=[${words}], decision="allow")`;
}

function toProblem(path: string, error: unknown): RuleProblem {
  const message = error instanceof Error ? error.message : String(error);
  const position = error instanceof RuleSyntaxError
    ? error.position
    : undefined;
  return { path, message, position };
}
