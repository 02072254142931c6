import type { ConfigTable, ConfigValue } from "./config.ts";
import { isTable, type TomlTable, type TomlValue } from "./toml.ts";

/** Why a value does not fit; the path leads to the part that is wrong. */
export interface Mismatch {
  readonly path: readonly string[];
  /** The path as messages tell it, where that is another: items have no name. */
  readonly told?: readonly string[];
  readonly message: string;
}

/** What may stand at a place of the configuration. */
export interface Kind {
  /** The first thing that does not fit, in the order of the text. */
  findMismatch(value: TomlValue): Mismatch | undefined;
  /** Keys that nobody knows, as paths. */
  findUnknown(value: TomlValue): (readonly string[])[];
  /** The value with its paths of files made absolute; without it, as it is. */
  resolvePaths?(value: TomlValue, toAbsolute: ToAbsolute): TomlValue;
  /** The value with everything that may be set in it, for clients to read. */
  fillIn?(value: ConfigValue): ReadableValue;
}

/** Makes a path of a file absolute. */
export type ToAbsolute = (path: string) => string;

/** A value of the configuration as clients read it: null is not set. */
export type ReadableValue =
  | ConfigValue
  | null
  | ReadableValue[]
  | { [key: string]: ReadableValue };

const none: (readonly string[])[] = [];

/** Of kinds without parts: nothing in them is unknown. */
function knowsAll(): (readonly string[])[] {
  return none;
}

function wrong(message: string): Mismatch {
  return { path: [], message };
}

/** A mismatch in a part, seen from the whole; `told` is what messages say. */
function below(
  key: string,
  { path, told, message }: Mismatch,
  toldKey: readonly string[] = [key],
): Mismatch {
  const rest = told ?? path;
  const inner = { path: [key, ...path], message };
  return told === undefined && toldKey[0] === key
    ? inner
    : { ...inner, told: [...toldKey, ...rest] };
}

/** A kind without parts. */
function scalar(
  expected: string,
  isFitting: (value: TomlValue) => boolean,
): Kind {
  return {
    findMismatch: (value) =>
      isFitting(value)
        ? undefined
        : wrong(`invalid type: ${describe(value)}, expected ${expected}`),
    findUnknown: knowsAll,
  };
}

/** Text; dates count as text, as observed. */
export const string: Kind = scalar(
  "a string",
  (value) => typeof value === "string" || value instanceof Date,
);

/** Path of a file or directory that counts from somewhere else. */
export const loosePath: Kind = scalar(
  "path string",
  (value) => typeof value === "string",
);

/** Path of a file or directory, from the directory of the file it stands in. */
export const path: Kind = {
  ...loosePath,
  resolvePaths: (value, toAbsolute) =>
    typeof value === "string" ? toAbsolute(value) : value,
};

/** True or false. */
export const boolean: Kind = scalar(
  "a boolean",
  (value) => typeof value === "boolean",
);

/** Any number. */
export const number: Kind = scalar(
  "f64",
  (value) => typeof value === "number" || typeof value === "bigint",
);

/** Anything at all. */
export const anything: Kind = {
  findMismatch: () => undefined,
  findUnknown: knowsAll,
};

/** Any table; what is in it is for others to judge. */
export const openTable: Kind = scalar("a map", isTable);

/** A whole number within bounds; `name` is what messages call it. */
export function integer(name: string, min: bigint, max: bigint): Kind {
  return {
    findMismatch(value) {
      if (typeof value !== "bigint") {
        return wrong(`invalid type: ${describe(value)}, expected ${name}`);
      }
      return value < min || value > max
        ? wrong(`invalid value: ${describe(value)}, expected ${name}`)
        : undefined;
    },
    findUnknown: knowsAll,
  };
}

/** One of a few words; some may instead be a table with that word as its only key. */
export function oneOf(
  words: readonly string[],
  tables: Readonly<Record<string, Kind>> = {},
): Kind {
  const unknown = (word: string): Mismatch =>
    wrong(`unknown variant \`${word}\`, expected ${listWords(words)}`);
  return {
    findMismatch(value) {
      if (typeof value === "string") {
        return words.includes(value) ? undefined : unknown(value);
      }
      if (!isTable(value)) return wrong("wanted string or table");
      const [[key, inner] = ["", ""], ...others] = Object.entries(value);
      if (others.length > 0 || key === "") {
        return wrong("wanted exactly 1 element");
      }
      const kind = tables[key];
      if (!kind) return unknown(key);
      const found = kind.findMismatch(inner);
      return found && below(key, found, []);
    },
    findUnknown(value) {
      if (!isTable(value)) return none;
      return Object.entries(value).flatMap(([key, inner]) =>
        (tables[key]?.findUnknown(inner) ?? none).map((rest) => [key, ...rest])
      );
    },
  };
}

/**
 * One of a few words, and never a table.
 *
 * @param retired Words that were once among them, and what is said of those.
 */
export function word(
  words: readonly string[],
  retired: Readonly<Record<string, string>> = {},
): Kind {
  const { findMismatch } = oneOf(words);
  return {
    findMismatch(value) {
      if (typeof value !== "string") return string.findMismatch(value);
      return Object.hasOwn(retired, value)
        ? wrong(retired[value]!)
        : findMismatch(value);
    },
    findUnknown: knowsAll,
  };
}

/** An array whose items are all of one kind. */
export function listOf(item: Kind): Kind {
  return {
    findMismatch(value) {
      if (!Array.isArray(value)) {
        return wrong(`invalid type: ${describe(value)}, expected a sequence`);
      }
      for (const [index, inner] of value.entries()) {
        const found = item.findMismatch(inner);
        if (found) return below(String(index), found, []);
      }
      return undefined;
    },
    findUnknown: (value) =>
      !Array.isArray(value)
        ? none
        : item.findUnknown === knowsAll
        ? none
        : value.flatMap((inner, index) =>
          item.findUnknown(inner).map((rest) => [String(index), ...rest])
        ),
    resolvePaths: (value, toAbsolute) =>
      Array.isArray(value) && item.resolvePaths
        ? value.map((inner) => item.resolvePaths?.(inner, toAbsolute) ?? inner)
        : value,
    fillIn: (value) =>
      Array.isArray(value)
        ? value.map((inner) => item.fillIn ? item.fillIn(inner) : inner)
        : value,
  };
}

/** A table whose keys are the user's own names. */
export function mapOf(
  item: Kind,
  options: Pick<RecordOptions, "rule" | "telling"> = {},
): Kind {
  return record({}, { others: item, ...options });
}

/** Settings of {@linkcode record}. */
export interface RecordOptions {
  /** What any other key may hold; without it such keys are unknown. */
  readonly others?: Kind;
  /** What an unknown key must hold nevertheless. */
  readonly strays?: Kind;
  /** Keys that must be there. */
  readonly required?: readonly string[];
  /** What clients read of a key that is not set, where that is not null. */
  readonly defaults?:
    | Readonly<Record<string, ReadableValue>>
    | ((table: ConfigTable) => Readonly<Record<string, ReadableValue>>);
  /** Older spellings, and what clients read instead. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Show clients only what is set, or has a default. */
  readonly isSparse?: boolean;
  /**
   * How a mismatch in a part is told: as one of the table as a whole, or at
   * its place but without the names that lead there.
   */
  readonly telling?: (key: string) => "whole" | "nameless" | undefined;
  /** A rule about the table as a whole; gives what is wrong. */
  readonly rule?: (table: TomlTable) => string | undefined;
}

/** A table with known keys. */
export function record(
  fields: Readonly<Record<string, Kind>>,
  options: RecordOptions = {},
): Kind {
  const kindOf = (key: string): Kind | undefined =>
    Object.hasOwn(fields, key) ? fields[key] : options.others;
  const { telling, aliases: names = {} } = options;
  const tell = (key: string, found: Mismatch): Mismatch => {
    const way = telling?.(key);
    if (way === "whole") return wrong(found.message);
    if (way === "nameless") return { ...below(key, found), told: [] };
    return Object.hasOwn(names, key)
      ? below(key, found, [names[key]!])
      : below(key, found);
  };
  return {
    findMismatch(value) {
      if (!isTable(value)) {
        return wrong(`invalid type: ${describe(value)}, expected a map`);
      }
      // Tables have no prototype; whole files pass through here at the start.
      for (const key in value) {
        const kind = kindOf(key) ?? options.strays;
        const found = kind?.findMismatch(value[key]!);
        if (found) return tell(key, found);
      }
      const missing = options.required?.find((key) =>
        !Object.hasOwn(value, key)
      );
      if (missing) return wrong(`missing field \`${missing}\``);
      const broken = options.rule?.(value);
      return broken === undefined ? undefined : wrong(broken);
    },
    findUnknown(value) {
      if (!isTable(value)) return none;
      let unknown: (readonly string[])[] | undefined;
      for (const key in value) {
        const kind = kindOf(key);
        const inner = kind ? kind.findUnknown(value[key]!) : [[]];
        if (inner.length === 0) continue;
        unknown ??= [];
        for (const rest of inner) unknown.push([key, ...rest]);
      }
      return unknown ?? none;
    },
    resolvePaths(value, toAbsolute) {
      if (!isTable(value)) return value;
      let resolved: TomlTable | undefined;
      for (const key in value) {
        const inner = value[key]!;
        const absolute = kindOf(key)?.resolvePaths?.(inner, toAbsolute);
        if (absolute === undefined || absolute === inner) continue;
        resolved ??= Object.assign(Object.create(null) as TomlTable, value);
        resolved[key] = absolute;
      }
      return resolved ?? value;
    },
    fillIn(value) {
      if (typeof value !== "object" || Array.isArray(value)) return value;
      const { aliases = {}, defaults = {}, isSparse, strays } = options;
      const filled: Record<string, ReadableValue> = Object.create(null);
      for (const key of isSparse ? [] : Object.keys(fields)) {
        if (!Object.hasOwn(aliases, key)) filled[key] = null;
      }
      Object.assign(
        filled,
        typeof defaults === "function" ? defaults(value) : defaults,
      );
      for (const [key, inner] of Object.entries(value)) {
        const kind = kindOf(key) ?? strays;
        const name = Object.hasOwn(aliases, key) ? aliases[key]! : key;
        if (kind) filled[name] = kind.fillIn ? kind.fillIn(inner) : inner;
      }
      return filled;
    },
  };
}

/** Whatever fits one of several kinds; `expected` is what messages say. */
export function anyOf(expected: string, ...kinds: readonly Kind[]): Kind {
  return variant(
    (value) => `invalid type: ${describe(value)}, expected ${expected}`,
    kinds,
  );
}

/** The same, of kinds that are known to clients under a name. */
export function variantOf(name: string, ...kinds: readonly Kind[]): Kind {
  return variant(
    () => `data did not match any variant of untagged enum ${name}`,
    kinds,
  );
}

function variant(
  toMessage: (value: TomlValue) => string,
  kinds: readonly Kind[],
): Kind {
  return {
    findMismatch: (value) =>
      kinds.some((kind) => !kind.findMismatch(value))
        ? undefined
        : wrong(toMessage(value)),
    findUnknown: (value) =>
      kinds.find((kind) => !kind.findMismatch(value))?.findUnknown(value) ??
        none,
  };
}

/** A value as messages name it: ``integer `5` ``, `string "x"`, `sequence`, `map`. */
export function describe(value: TomlValue): string {
  switch (typeof value) {
    case "string":
      return `string ${quote(value)}`;
    case "boolean":
      return `boolean \`${value}\``;
    case "bigint":
      return `integer \`${value}\``;
    case "number":
      return `floating point \`${toFloatText(value)}\``;
    default:
      return Array.isArray(value) ? "sequence" : "map";
  }
}

function toFloatText(value: number): string {
  if (Number.isInteger(value)) return `${value}.0`;
  return String(value).replace("Infinity", "inf");
}

const shortEscapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\0": "\\0",
};

function quote(text: string): string {
  const escaped = text.replace(
    // deno-lint-ignore no-control-regex
    /["\\\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g,
    (character) =>
      shortEscapes[character] ??
        `\\u{${character.charCodeAt(0).toString(16)}}`,
  );
  return `"${escaped}"`;
}

function listWords(words: readonly string[]): string {
  const quoted = words.map((word) => `\`${word}\``);
  return quoted.length <= 2
    ? quoted.join(" or ")
    : `one of ${quoted.join(", ")}`;
}
