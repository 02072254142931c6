/** What the command line of the runner says. */
export interface Arguments {
  /** Command line of the server; empty only with `list`. */
  readonly server: string;
  /** Directory with case files. */
  readonly cases: string;
  /** Regular expression on the name or area of a case. */
  readonly filter: string | undefined;
  /** File for the results as JSON. */
  readonly json: string | undefined;
  readonly concurrency: number;
  /** Directory below which cases get their own. */
  readonly root: string;
  /** Limit for a case that names none. */
  readonly timeoutMs: number;
  readonly lenient: boolean;
  readonly verbose: boolean;
  readonly list: boolean;
  /** Run the pending cases as well. */
  readonly pending: boolean;
}

/** A command line that cannot be understood; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** How to call the runner. */
export const USAGE =
  `usage: deno run -A main.ts --server "CMD …" [--cases DIR] [--filter REGEX]
         [--lenient] [--json FILE] [--concurrency N] [--root DIR]
         [--timeout MS] [--pending] [--list] [--verbose]`;

const VALUES = [
  "server",
  "cases",
  "filter",
  "json",
  "concurrency",
  "root",
  "timeout",
] as const;
const FLAGS = ["lenient", "verbose", "list", "pending"] as const;

/**
 * Reads the arguments of the runner.
 *
 * @throws {UsageError} for an unknown option, a missing value or a bad number.
 */
export function parseArguments(
  argv: readonly string[],
  defaults: { readonly cases: string; readonly root: string },
): Arguments {
  const values = new Map<string, string>();
  const flags = new Set<string>();
  const rest = argv.values();
  for (const argument of rest) {
    const [, name = "", , inline] = argument.match(/^--([a-z]+)(=(.*))?$/s) ??
      [];
    if (isOneOf(FLAGS, name) && inline === undefined) {
      flags.add(name);
    } else if (isOneOf(VALUES, name)) {
      const value = inline ?? rest.next().value;
      if (value === undefined) throw new UsageError(`--${name} needs a value`);
      values.set(name, value);
    } else {
      throw new UsageError(`unexpected argument "${argument}"`);
    }
  }
  const list = flags.has("list");
  const server = values.get("server") ?? "";
  if (server.trim() === "" && !list) {
    throw new UsageError("--server is missing");
  }
  return {
    server,
    cases: values.get("cases") ?? defaults.cases,
    filter: values.get("filter"),
    json: values.get("json"),
    concurrency: positive("concurrency", values.get("concurrency") ?? "4"),
    root: values.get("root") ?? defaults.root,
    timeoutMs: positive("timeout", values.get("timeout") ?? "10000"),
    lenient: flags.has("lenient"),
    verbose: flags.has("verbose"),
    list,
    pending: flags.has("pending"),
  };
}

/**
 * Splits a command line into words; single and double quotes keep blanks.
 *
 * @example
 * ```ts
 * splitCommand(`"/opt/my server" app-server`); // ["/opt/my server", "app-server"]
 * ```
 */
export function splitCommand(text: string): string[] {
  return [...text.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)]
    .map(([word]) =>
      word.replace(
        /'([^']*)'|"([^"]*)"/g,
        (_, single, double) => single ?? double,
      )
    );
}

function isOneOf<T extends string>(
  names: readonly T[],
  name: string,
): name is T {
  return (names as readonly string[]).includes(name);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`--${name} needs a positive integer, got "${text}"`);
}
