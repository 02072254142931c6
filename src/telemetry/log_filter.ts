/** How grave a log line is, from the gravest to the most talkative. */
export type Level = "error" | "warn" | "info" | "debug" | "trace";

/** The levels in order; the index is what filters compare. */
export const levels: readonly Level[] = [
  "error",
  "warn",
  "info",
  "debug",
  "trace",
];

/** Which lines are written, by the target they come from. */
export class LogFilter {
  readonly #fallback: number;
  readonly #targets: readonly (readonly [prefix: string, rank: number])[];
  /** Directives that could not be understood and are left out. */
  readonly invalid: readonly string[];

  private constructor(
    fallback: number,
    targets: readonly (readonly [string, number])[],
    invalid: readonly string[],
  ) {
    this.#fallback = fallback;
    this.#targets = targets;
    this.invalid = invalid;
  }

  /**
   * Reads directives in the manner of `RUST_LOG`: `LEVEL`, `TARGET`,
   * `TARGET=LEVEL`, separated by commas; a level is a name or `off`. The
   * longest target that fits decides. Without a bare level, targets that no
   * directive names are off; without any directive the level is `error`.
   *
   * @example
   * ```ts
   * import { LogFilter } from "./log_filter.ts";
   * const filter = LogFilter.parse("warn,gangway::rpc=debug");
   * if (!filter.allows("gangway::rpc::outbox", "debug")) throw new Error();
   * if (filter.allows("gangway::files", "info")) throw new Error();
   * ```
   */
  static parse(text: string): LogFilter {
    const targets = new Map<string, number>();
    const invalid: string[] = [];
    let fallback: number | undefined;
    for (const part of text.split(",")) {
      const directive = part.trim();
      if (directive === "") continue;
      const [target = "", level, ...rest] = directive.split("=");
      const bare = level === undefined ? toRank(target) : undefined;
      const rank = level === undefined ? levels.length - 1 : toRank(level);
      if (bare !== undefined) fallback = bare;
      else if (rank === undefined || rest.length > 0 || !isTarget(target)) {
        invalid.push(directive);
      } else targets.set(target, rank);
    }
    const silent = targets.size > 0 ? -1 : 0;
    return new LogFilter(
      fallback ?? silent,
      [...targets].sort(([a], [b]) => b.length - a.length),
      invalid,
    );
  }

  /** Highest rank (index in {@linkcode levels}) a target writes; -1: none. */
  rankOf(target: string): number {
    for (const [prefix, rank] of this.#targets) {
      if (target === prefix || target.startsWith(prefix + "::")) return rank;
    }
    return this.#fallback;
  }

  /** Whether a line of this target and level is written. */
  allows(target: string, level: Level): boolean {
    return levels.indexOf(level) <= this.rankOf(target);
  }
}

function toRank(text: string): number | undefined {
  const name = text.trim().toLowerCase();
  if (name === "off") return -1;
  const rank = levels.indexOf(name as Level);
  return rank < 0 ? undefined : rank;
}

function isTarget(text: string): boolean {
  return /^[\w.-]+(::[\w.-]+)*$/.test(text);
}
