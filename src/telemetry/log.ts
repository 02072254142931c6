import { renderHuman, renderJson } from "./_render.ts";
import { type Level, levels, LogFilter } from "./log_filter.ts";

/** Further facts of a log line by name. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes what happens, one line per event. Never throws. What peers sent is
 * escaped; fields whose names say that they hold a secret are blanked.
 */
export interface Logger {
  /** Something failed that an operator should look at. */
  error(message: string, fields?: LogFields): void;
  /** Something is off, but work goes on. */
  warn(message: string, fields?: LogFields): void;
  /** A step in the life of the server. */
  info(message: string, fields?: LogFields): void;
  /** Detail for finding a fault. */
  debug(message: string, fields?: LogFields): void;
  /** Detail of every single message. */
  trace(message: string, fields?: LogFields): void;
  /** Whether such lines are written; ask before costly arguments are made. */
  enabled(level: Level): boolean;
  /**
   * A logger for a part: a string names it (`gangway` becomes `gangway::rpc`),
   * fields are put on each of its lines.
   */
  child(part: string | LogFields): Logger;
}

/** Settings of {@linkcode createLogger}. */
export interface LoggerOptions {
  /** Takes a finished line that ends in a newline. What it throws is ignored. */
  readonly write: (line: string) => void;
  /** Which lines are written. Default: errors only. */
  readonly filter?: LogFilter;
  /** Lines for people or JSON objects. Default `"human"`. */
  readonly format?: "human" | "json";
  /** Whether lines for people carry ANSI colours. Default false. */
  readonly colored?: boolean;
  /** The clock, in milliseconds since 1970. */
  readonly now?: () => number;
  /** Name of the whole. Default `"gangway"`. */
  readonly target?: string;
}

/**
 * Makes a logger.
 *
 * @example Collect lines
 * ```ts
 * import { createLogger, LogFilter } from "./mod.ts";
 * const lines: string[] = [];
 * const log = createLogger({
 *   write: (line) => lines.push(line),
 *   filter: LogFilter.parse("info"),
 *   now: () => 0,
 * });
 * log.child("rpc").info("Connection opened", { peer: "stdio" });
 * if (
 *   lines[0] !==
 *     "1970-01-01T00:00:00.000Z  INFO gangway::rpc: Connection opened peer=stdio\n"
 * ) throw new Error(lines[0]);
 * ```
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings: Settings = {
    write: options.write,
    filter: options.filter ?? LogFilter.parse(""),
    format: options.format ?? "human",
    colored: options.colored ?? false,
    now: options.now ?? Date.now,
  };
  return new LineLogger(settings, options.target ?? "gangway", []);
}

/** Writes nothing. */
export const silentLogger: Logger = Object.freeze({
  error() {},
  warn() {},
  info() {},
  debug() {},
  trace() {},
  enabled: () => false,
  child: () => silentLogger,
});

/** What {@linkcode toLoggerSettings} read from the environment. */
export interface LoggerSettings {
  /** From `GANGWAY_LOG`, else `RUST_LOG`. */
  readonly filter: LogFilter;
  /** From `LOG_FORMAT`. */
  readonly format: "human" | "json";
  /** Whether stderr is a terminal and `NO_COLOR` (no-color.org) is not set. */
  readonly colored: boolean;
}

/** Reads the settings of the logger from the environment. */
export function toLoggerSettings(
  env: (name: string) => string | undefined,
  isTerminal: boolean,
): LoggerSettings {
  return {
    filter: LogFilter.parse(env("GANGWAY_LOG") || env("RUST_LOG") || ""),
    format: env("LOG_FORMAT")?.toLowerCase() === "json" ? "json" : "human",
    colored: isTerminal && !env("NO_COLOR"),
  };
}

type Settings = Required<Omit<LoggerOptions, "target">>;

class LineLogger implements Logger {
  readonly #settings: Settings;
  readonly #target: string;
  readonly #fields: readonly LogFields[];
  /** Looked up once, so that a line that is not written costs a comparison. */
  readonly #rank: number;

  constructor(
    settings: Settings,
    target: string,
    fields: readonly LogFields[],
  ) {
    this.#settings = settings;
    this.#target = target;
    this.#fields = fields;
    this.#rank = settings.filter.rankOf(target);
  }

  error(message: string, fields?: LogFields): void {
    if (this.#rank >= 0) this.#emit("error", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    if (this.#rank >= 1) this.#emit("warn", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    if (this.#rank >= 2) this.#emit("info", message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    if (this.#rank >= 3) this.#emit("debug", message, fields);
  }

  trace(message: string, fields?: LogFields): void {
    if (this.#rank >= 4) this.#emit("trace", message, fields);
  }

  enabled(level: Level): boolean {
    return levels.indexOf(level) <= this.#rank;
  }

  child(part: string | LogFields): Logger {
    return typeof part === "string"
      ? new LineLogger(
        this.#settings,
        `${this.#target}::${part}`,
        this.#fields,
      )
      : new LineLogger(this.#settings, this.#target, [...this.#fields, part]);
  }

  #emit(level: Level, message: string, fields: LogFields | undefined): void {
    const { write, format, colored, now } = this.#settings;
    try {
      const event = {
        atMs: now(),
        level,
        target: this.#target,
        message,
        fields: fields ? [...this.#fields, fields] : this.#fields,
      };
      const line = format === "json"
        ? renderJson(event)
        : renderHuman(event, colored);
      write(line + "\n");
    } catch {
      // A log that cannot be written must not stop what it tells about.
    }
  }
}
