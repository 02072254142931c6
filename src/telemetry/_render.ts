import type { Level } from "./log_filter.ts";

/** One event on its way to a line. */
export interface LogEvent {
  readonly atMs: number;
  readonly level: Level;
  readonly target: string;
  readonly message: string;
  /** Fields of the loggers above, outermost first, then those of the call. */
  readonly fields: readonly Readonly<Record<string, unknown>>[];
}

const maxTextLength = 8 * 1024;
const maxDepth = 4;
const maxItems = 100;

/**
 * Words that mark a field as secret, however it is spelled: `token`,
 * `accessToken`, `X-Authorization`, `client_secret`. Plurals are not among
 * them: `inputTokens` is a count.
 */
const secretWords = new Set([
  "apikey",
  "authorization",
  "bearer",
  "cookie",
  "credential",
  "credentials",
  "jwt",
  "password",
  "passwd",
  "secret",
  "secrets",
  "token",
]);

/** Whether the value of a field with this name must not be shown. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return words.some((word, index) =>
    secretWords.has(word) || secretWords.has(word + (words[index + 1] ?? ""))
  );
}

// Controls (C0, DEL, C1) could move the cursor or forge lines; the separators
// and direction marks could make a line read as something it is not.
// deno-lint-ignore no-control-regex
const unsafe = /[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const unsafeInQuotes = new RegExp(`["\\\\]|${unsafe.source}`, "g");
const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function escapeCharacter(character: string): string {
  return shortEscapes[character] ??
    `\\u{${character.charCodeAt(0).toString(16)}}`;
}

/** Text that is safe on a terminal and stays on its line. */
export function escapeText(text: string): string {
  return clip(text).replace(unsafe, escapeCharacter);
}

/** One line of JSON without the newline. */
export function renderJson(event: LogEvent): string {
  const fields: Record<string, unknown> = { message: clip(event.message) };
  for (const [name, value] of entriesOf(event)) {
    if (name !== "message") fields[name] = value;
  }
  return JSON.stringify({
    timestamp: new Date(event.atMs).toISOString(),
    level: event.level.toUpperCase(),
    fields,
    target: event.target,
  }).replace(
    unsafe,
    (character) =>
      `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const colors: Readonly<Record<Level, string>> = {
  error: "\x1b[31m",
  warn: "\x1b[33m",
  info: "\x1b[32m",
  debug: "\x1b[34m",
  trace: "\x1b[35m",
};

/** One line for people without the newline. */
export function renderHuman(event: LogEvent, colored: boolean): string {
  const paint = (code: string, text: string): string =>
    colored ? `${code}${text}\x1b[0m` : text;
  const time = paint("\x1b[2m", new Date(event.atMs).toISOString());
  const level = paint(
    colors[event.level],
    event.level.toUpperCase().padStart(5),
  );
  const target = paint("\x1b[2m", `${event.target}:`);
  let line = `${time} ${level} ${target} ${escapeText(event.message)}`;
  for (const [name, value] of entriesOf(event)) {
    line += ` ${escapeText(name)}=${renderValue(value)}`;
  }
  return line;
}

function renderValue(value: unknown): string {
  if (typeof value !== "string") {
    return (JSON.stringify(value) ?? "null").replace(unsafe, escapeCharacter);
  }
  return /^[^\s"=\\]+$/.test(value) && value.search(unsafe) < 0
    ? value
    : `"${value.replace(unsafeInQuotes, escapeCharacter)}"`;
}

function entriesOf(event: LogEvent): Map<string, unknown> {
  const entries = new Map<string, unknown>();
  for (const fields of event.fields) {
    for (const [name, value] of ownEntries(fields)) entries.set(name, value);
  }
  return entries;
}

function ownEntries(value: object, depth = 0): [string, unknown][] {
  const names = Object.keys(value);
  const entries = names.slice(0, maxItems).map((name): [string, unknown] => {
    if (isSecretName(name)) return [name, "[redacted]"];
    try {
      return [
        name,
        toPlain((value as Record<string, unknown>)[name], depth + 1),
      ];
    } catch {
      return [name, "[unreadable]"];
    }
  }).filter(([, plain]) => plain !== undefined);
  if (names.length > maxItems) {
    entries.push(["…", `${names.length - maxItems} more`]);
  }
  return entries;
}

/** A copy that JSON can carry: bounded, without secrets, never throwing. */
function toPlain(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case "string":
      return clip(value);
    case "bigint":
      return value.toString();
    case "symbol":
    case "function":
      return `[${typeof value}]`;
    case "object":
      break;
    default:
      return Number.isNaN(value) || value === Infinity || value === -Infinity
        ? String(value)
        : value;
  }
  if (value === null) return null;
  if (value instanceof Error) return describe(value, depth);
  if (value instanceof URL || value instanceof Date) return String(value);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth > maxDepth) return "[…]";
  if (Array.isArray(value)) {
    const items = value.slice(0, maxItems).map((item) =>
      toPlain(item, depth + 1) ?? null
    );
    if (value.length > maxItems) {
      items.push(`… ${value.length - maxItems} more`);
    }
    return items;
  }
  return Object.fromEntries(ownEntries(value, depth));
}

function describe(error: Error, depth: number): string {
  const own = clip(`${error.name}: ${error.message}`);
  return error.cause === undefined || depth > maxDepth
    ? own
    : `${own}; cause: ${
      error.cause instanceof Error
        ? describe(error.cause, depth + 1)
        : clip(String(error.cause))
    }`;
}

function clip(text: string): string {
  return text.length <= maxTextLength
    ? text
    : `${text.slice(0, maxTextLength)}… (${text.length} characters)`;
}
