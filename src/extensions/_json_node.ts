import { isTable, type JsonTable } from "./_json.ts";

/** Where a value stands: keys and indices from the root. */
type JsonPath = readonly (string | number)[];

/** A value of a JSON file is not what it has to be. */
export class JsonFault extends Error {
  override readonly name = "JsonFault";

  constructor(
    message: string,
    /** The value that is wrong, or that lacks something. */
    readonly path: JsonPath,
  ) {
    super(message);
  }
}

/** A value of a JSON file that somebody else wrote, and where it stands. */
export class JsonNode {
  readonly #value: unknown;
  readonly #path: JsonPath;

  constructor(value: unknown, path: JsonPath = []) {
    this.#value = value;
    this.#path = path;
  }

  /** Whether it is a table. */
  get isTable(): boolean {
    return isTable(this.#value);
  }

  /** Whether it is a text. */
  get isText(): boolean {
    return typeof this.#value === "string";
  }

  /** Whether it is a list. */
  get isList(): boolean {
    return Array.isArray(this.#value);
  }

  /** @throws {JsonFault} unless it is a table. */
  table(): JsonTable {
    if (isTable(this.#value)) return this.#value;
    throw this.#toMismatch("an object");
  }

  /** @throws {JsonFault} unless it is a list. */
  list(): JsonNode[] {
    if (!Array.isArray(this.#value)) throw this.#toMismatch("a sequence");
    return this.#value.map((one, at) => new JsonNode(one, [...this.#path, at]));
  }

  /** @throws {JsonFault} unless it is a text. */
  text(): string {
    if (typeof this.#value === "string") return this.#value;
    throw this.#toMismatch("a string");
  }

  /** @throws {JsonFault} unless it is a list of texts. */
  texts(): string[] {
    return this.list().map((one) => one.text());
  }

  /** @throws {JsonFault} unless it is one of the known texts. */
  oneOf<T extends string>(known: readonly T[]): T {
    const value = this.text();
    const found = known.find((one) => one === value);
    if (found !== undefined) return found;
    const names = known.map((one) => `\`${one}\``);
    const wanted = names.length === 2
      ? names.join(" or ")
      : `one of ${names.join(", ")}`;
    throw new JsonFault(
      `unknown variant \`${value}\`, expected ${wanted}`,
      this.#path,
    );
  }

  /**
   * The value of a key that has to be there.
   *
   * @throws {JsonFault} if it is not, or this is no table.
   */
  must(key: string): JsonNode {
    const found = this.get(key);
    if (found !== undefined) return found;
    throw new JsonFault(`missing field \`${key}\``, this.#path);
  }

  /**
   * The value of a key; undefined if there is none.
   *
   * @throws {JsonFault} if this is no table.
   */
  get(key: string): JsonNode | undefined {
    const table = this.table();
    return Object.hasOwn(table, key)
      ? new JsonNode(table[key], [...this.#path, key])
      : undefined;
  }

  /** The same; null is as good as none. */
  maybe(key: string): JsonNode | undefined {
    const found = this.get(key);
    return found === undefined || found.#value === null ? undefined : found;
  }

  #toMismatch(wanted: string): JsonFault {
    return new JsonFault(
      `invalid type: ${describe(this.#value)}, expected ${wanted}`,
      this.#path,
    );
  }
}

function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `string ${JSON.stringify(value)}`;
    case "boolean":
      return `boolean \`${value}\``;
    case "number":
      return Number.isInteger(value)
        ? `integer \`${value}\``
        : `floating point \`${value}\``;
    default:
      return value === null ? "null" : isTable(value) ? "map" : "sequence";
  }
}

/**
 * Reads a JSON text.
 *
 * @param read Called with its root.
 * @throws {SyntaxError} if it is none, in words that end in line and column.
 * @throws {TypeError} the same where a value is not what it has to be; its
 * cause is the {@linkcode JsonFault}.
 */
export async function readJson<T>(
  text: string,
  read: (root: JsonNode) => T,
): Promise<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SyntaxError(toSyntaxMessage(text, (error as Error).message));
  }
  try {
    return read(new JsonNode(value));
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const place = await locate(text, error.path);
    throw new TypeError(`${error.message} at ${place}`, { cause: error });
  }
}

function toSyntaxMessage(text: string, message: string): string {
  if (text.trim() === "") {
    return "EOF while parsing a value at line 1 column 0";
  }
  const token = readToken(message);
  if (token !== undefined) return `${token} at ${locateToken(text)}`;
  const [, reason, line, column] =
    /^(.*?)(?: in JSON)? at position \d+ \(line (\d+) column (\d+)\)$/s
      .exec(message) ?? [];
  return reason === undefined
    ? message
    : `${reason} at line ${line} column ${column}`;
}

/** What there should not be; the rest repeats what stands around it. */
function readToken(message: string): string | undefined {
  return /^(Unexpected token '.+?')(?:,|$)/s.exec(message)?.[1];
}

/** Where the first token stands that should not: only such a text is given. */
function locateToken(text: string): string {
  let [fine, broken] = [0, text.length];
  while (broken - fine > 1) {
    const middle = (fine + broken) >> 1;
    if (hasBadToken(text.slice(0, middle))) broken = middle;
    else fine = middle;
  }
  const lines = text.slice(0, broken).split("\n");
  return `line ${lines.length} column ${lines.at(-1)!.length}`;
}

/** Whether no text that begins so is JSON. */
function hasBadToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return readToken((error as Error).message) !== undefined;
  }
}

/** Up to where one has to read to know. */
async function locate(text: string, path: JsonPath): Promise<string> {
  const { isNode, LineCounter, parseDocument } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, {
    logLevel: "silent",
    uniqueKeys: false,
    lineCounter: lines,
  });
  const node = path.length === 0
    ? document.contents
    : document.getIn(path, true);
  const end = isNode(node) ? node.range?.[1] ?? 0 : 0;
  const { line, col } = lines.linePos(end);
  return `line ${line} column ${col - 1}`;
}
