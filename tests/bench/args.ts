/** One of the two servers that are compared. */
export type Side = "a" | "b";

/** The two sides in their order in the table. */
export const SIDES: readonly Side[] = ["a", "b"];

/** The sections, in the order in which they run. */
export const SECTION_NAMES = [
  "startup",
  "rss",
  "rpc",
  "read",
  "write",
  "spawn",
  "exec",
  "idle",
  "first",
  "tokens",
  "turns",
  "threads",
  "resume",
  "list",
  "extensions",
] as const;

/** Name of a section. */
export type SectionName = (typeof SECTION_NAMES)[number];

/** What the command line of the bench says. */
export interface Options {
  /** Shell commands that start the servers on stdio. */
  readonly command: Readonly<Record<Side, string>>;
  readonly name: Readonly<Record<Side, string>>;
  readonly only: ReadonlySet<SectionName>;
  /** Bursts per side and section. */
  readonly repeats: number;
  /** Fewer and shorter bursts, to see that it works. */
  readonly quick: boolean;
  /** Directory for the files read and written; undefined: a temporary one. */
  readonly directory: string | undefined;
  /** File for the report as JSON; undefined: it follows the table. */
  readonly json: string | undefined;
  /** Connections of the idle section. */
  readonly idleConnections: number;
  /** Megabytes (10^6) that the exec section streams; half through a PTY. */
  readonly execMegabytes: number;
  /** Bearer token for the socket sections. */
  readonly token: string | undefined;
  /** No progress on stderr. */
  readonly silent: boolean;
}

/** A command line that cannot be understood; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** How to call the bench. */
export const USAGE =
  `usage: deno run -A main.ts --a "CMD A" [--b "CMD B"] [--name-a A] [--name-b B]
         [--only ${SECTION_NAMES.join(",")}]
         [--repeats 3] [--quick] [--json FILE] [--dir DIR] [--idle 500]
         [--exec-mb 200] [--token TOKEN] [--silent]`;

const VALUES: ReadonlySet<string> = new Set([
  ..."a b name-a name-b only repeats json dir idle exec-mb token".split(" "),
]);
const FLAGS: ReadonlySet<string> = new Set(["quick", "silent"]);

/**
 * Reads the arguments of the bench.
 *
 * @throws {UsageError} for an unknown option or section, a missing value or a
 * bad number.
 */
export function parseOptions(argv: readonly string[]): Options {
  const given = parsePairs(argv);
  const a = given.get("a");
  if (a === undefined) throw new UsageError("--a is missing");
  const quick = given.has("quick");
  const count = (name: string, fallback: number) =>
    positive(name, given.get(name) ?? String(fallback));
  return {
    command: { a, b: given.get("b") ?? a },
    name: { a: given.get("name-a") ?? "A", b: given.get("name-b") ?? "B" },
    only: new Set(sections(given.get("only"))),
    repeats: count("repeats", quick ? 2 : 3),
    quick,
    directory: given.get("dir"),
    json: given.get("json"),
    idleConnections: count("idle", 500),
    execMegabytes: count("exec-mb", quick ? 50 : 200),
    token: given.get("token"),
    silent: given.has("silent"),
  };
}

function parsePairs(argv: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  const rest = argv.values();
  for (const argument of rest) {
    const [, name = "", , inline] = argument.match(/^--([a-z-]+)(=(.*))?$/s) ??
      [];
    if (FLAGS.has(name) && inline === undefined) {
      given.set(name, "");
    } else if (VALUES.has(name)) {
      const value = inline ?? rest.next().value;
      if (value === undefined) throw new UsageError(`--${name} needs a value`);
      given.set(name, value);
    } else {
      throw new UsageError(`unexpected argument "${argument}"`);
    }
  }
  return given;
}

function sections(text: string | undefined): SectionName[] {
  if (text === undefined) return [...SECTION_NAMES];
  return text.split(",").map((wanted) => {
    const name = SECTION_NAMES.find((known) => known === wanted);
    if (name === undefined) throw new UsageError(`no section "${wanted}"`);
    return name;
  });
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`--${name} needs a positive integer, got "${text}"`);
}
