/** A value of a TOML document; integers are `bigint`, floats `number`. */
export type TomlValue =
  | string
  | boolean
  | number
  | bigint
  | Date
  | TomlValue[]
  | TomlTable;

/** A TOML table. Has no prototype, so that any key is safe. */
export interface TomlTable {
  [key: string]: TomlValue;
}

/** The text is not TOML. */
export class TomlSyntaxError extends SyntaxError {
  override name = "TomlSyntaxError";
  /** Line, from 1. */
  readonly line: number;
  /** Column in code points, from 1. */
  readonly column: number;

  constructor(message: string, line: number, column: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

/**
 * Parses a TOML document.
 *
 * @throws {TomlSyntaxError} if it is not one.
 */
export async function parseToml(text: string): Promise<TomlTable> {
  // Only who has a file or an override pays for the parser.
  const { parse, TomlError } = await import("smol-toml");
  try {
    return parse(withoutMark(text), { integersAsBigInt: true }) as TomlTable;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const line = withoutMark(text).split("\n")[error.line - 1] ?? "";
    throw new TomlSyntaxError(
      toMessage(error.message),
      error.line,
      [...line.slice(0, error.column - 1)].length + 1,
    );
  }
}

/** A byte order mark is no part of the document (TOML 1.1, "Preliminaries"). */
export function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

/** The parser's first line, without the prefix and the excerpt it adds. */
function toMessage(message: string): string {
  const [first = ""] = message.split("\n");
  return first.replace(/^Invalid TOML document: /, "");
}

/**
 * Puts one table over another: tables are merged key by key, anything else
 * replaces what was there. Neither argument is changed.
 */
export function mergeTables(below: TomlTable, above: TomlTable): TomlTable {
  const merged: TomlTable = Object.assign(Object.create(null), below);
  for (const [key, value] of Object.entries(above)) {
    const old = merged[key];
    merged[key] = isTable(old) && isTable(value)
      ? mergeTables(old, value)
      : value;
  }
  return merged;
}

/** Whether a number is none of 64 bits. */
export function isWide(value: bigint): boolean {
  return value !== BigInt.asIntN(64, value);
}

/** Whether a number of more than 64 bits stands anywhere in a value. */
export function holdsWide(value: TomlValue): boolean {
  if (typeof value === "bigint") return isWide(value);
  if (Array.isArray(value)) return value.some(holdsWide);
  return isTable(value) && Object.values(value).some(holdsWide);
}

/** Whether a value is a table. */
export function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value) &&
    !(value instanceof Date);
}
