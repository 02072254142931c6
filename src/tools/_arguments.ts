import type { JsonValue } from "../protocol/mod.ts";
import type { ToolArguments } from "./tool.ts";

/** What is wrong with the arguments of a call; the message is for the model. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

/**
 * Reads the arguments of a call.
 *
 * @throws {ArgumentError} if they are no JSON object.
 */
export function readArguments(input: string): Arguments {
  let value: unknown;
  try {
    // A call without any arguments comes as an empty text from some models.
    value = input.trim() === "" ? {} : JSON.parse(input);
  } catch (error) {
    throw wrong((error as Error).message);
  }
  if (!isObject(value)) throw wrong(`${kindOf(value)} in place of an object`);
  return new Arguments(value, "");
}

function isObject(value: unknown): value is ToolArguments {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Fields of a call; null counts as absent, unknown ones are left alone. */
export class Arguments {
  /** All of them, as they came. */
  readonly all: ToolArguments;
  readonly #place: string;

  /** @param place Name of the object, with a dot behind; empty for the call. */
  constructor(all: ToolArguments, place: string) {
    this.all = all;
    this.#place = place;
  }

  /** A text that must be there. */
  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw this.#missing(name);
    return value;
  }

  /** A text. */
  optionalText(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === "string") return value;
    throw this.#invalid(name, value, "a string");
  }

  /** Yes or no. */
  flag(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.#invalid(name, value, "a boolean");
  }

  /** A whole number that is not negative. */
  optionalCount(name: string): number | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (Number.isSafeInteger(value) && value as number >= 0) {
      return value as number;
    }
    throw this.#invalid(name, value, "a non-negative integer");
  }

  /** A whole number. */
  optionalNumber(name: string): number | undefined {
    const value = this.#get(name);
    if (value === undefined || Number.isSafeInteger(value)) {
      return value as number | undefined;
    }
    throw this.#invalid(name, value, "an integer");
  }

  /** A whole number that is not negative and must be there. */
  count(name: string): number {
    const value = this.optionalCount(name);
    if (value === undefined) throw this.#missing(name);
    return value;
  }

  /** One of some texts. */
  choice<const T extends string>(
    name: string,
    choices: readonly T[],
  ): T | undefined {
    const value = this.optionalText(name);
    if (value === undefined || choices.some((one) => one === value)) {
      return value as T | undefined;
    }
    const names = choices.map((one) => `\`${one}\``).join(", ");
    throw wrong(
      `unknown variant \`${value}\` of \`${this.#place}${name}\`, ` +
        `expected one of ${names}`,
    );
  }

  /** A list of texts. */
  texts(name: string): string[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((one) => typeof one === "string")) {
      return value as string[];
    }
    throw this.#invalid(name, value, "a list of strings");
  }

  /** Fields below a field. */
  object(name: string): Arguments | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (isObject(value)) return new Arguments(value, `${this.#place}${name}.`);
    throw this.#invalid(name, value, "an object");
  }

  /** A list of objects. */
  objects(name: string): Arguments[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.#invalid(name, value, "a list");
    return value.map((one, index) => {
      const place = `${name}[${index}]`;
      if (!isObject(one)) throw this.#invalid(place, one, "an object");
      return new Arguments(one, `${this.#place}${place}.`);
    });
  }

  #get(name: string): JsonValue | undefined {
    return Object.hasOwn(this.all, name)
      ? this.all[name] ?? undefined
      : undefined;
  }

  #missing(name: string): ArgumentError {
    return wrong(`missing field \`${this.#place}${name}\``);
  }

  #invalid(name: string, value: unknown, expected: string): ArgumentError {
    return wrong(
      `invalid \`${this.#place}${name}\`: ${kindOf(value)}, ` +
        `expected ${expected}`,
    );
  }
}

function wrong(why: string): ArgumentError {
  return new ArgumentError(`failed to parse function arguments: ${why}`);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const text = JSON.stringify(value);
  return text.length > 40 ? `a ${typeof value}` : `${typeof value} ${text}`;
}
