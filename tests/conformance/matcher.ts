import { isDeepStrictEqual } from "node:util";
import {
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  show,
} from "./json.ts";

type Got = Json | undefined;
type Operator = (operand: Json, got: Got, at: string) => string | null;

/**
 * The first difference between what a case wants and what came, or null when
 * they agree. A plain object matches as a subset, an array element by element,
 * anything else exactly; an object whose keys start with `$` is a matcher.
 *
 * @throws {TypeError} when `want` uses a matcher that does not exist or gives
 * one an operand of the wrong type: the case is at fault, not the server.
 *
 * @example
 * ```ts
 * difference({ code: -32600, message: { $startsWith: "Invalid" } }, {
 *   code: -32601,
 *   message: "Invalid request",
 * }); // "$.code: want -32600, got -32601"
 * ```
 */
export function difference(want: Json, got: Got, at = "$"): string | null {
  if (Array.isArray(want)) return arrayDifference(want, got, at);
  if (!isObject(want)) {
    return Object.is(want, got) ? null : mismatch(at, show(want), got);
  }
  const operators = Object.keys(want).filter((key) => key.startsWith("$"));
  return operators.length === 0
    ? subsetDifference(want, got, at)
    : firstOf(operators, (name) => operatorFor(name)(want[name]!, got, at));
}

/** Whether `got` meets `want`; see {@linkcode difference}. */
export function matches(want: Json, got: Got): boolean {
  return difference(want, got) === null;
}

const OPERATORS: Record<string, Operator> = {
  $any: (_, got, at) =>
    got === undefined ? mismatch(at, "anything", got) : null,

  $absent: (_, got, at) =>
    got === undefined ? null : mismatch(at, "nothing", got),

  $eq: (operand, got, at) =>
    isDeepStrictEqual(operand, got)
      ? null
      : mismatch(at, `exactly ${show(operand)}`, got),

  $type: (operand, got, at) =>
    operand === typeName(got) ||
      (operand === "integer" && Number.isInteger(got))
      ? null
      : mismatch(at, `type ${show(operand)}`, got),

  $regex: (operand, got, at) =>
    typeof got === "string" && new RegExp(text(operand), "su").test(got)
      ? null
      : mismatch(at, `/${operand}/`, got),

  $startsWith: (operand, got, at) =>
    typeof got === "string" && got.startsWith(text(operand))
      ? null
      : mismatch(at, `a text that starts with ${show(operand)}`, got),

  $contains: (operand, got, at) =>
    holds(operand, got)
      ? null
      : mismatch(at, `something that contains ${show(operand)}`, got),

  $notContains: (operand, got, at) =>
    holds(operand, got)
      ? mismatch(at, `nothing that contains ${show(operand)}`, got)
      : null,

  $gte: (operand, got, at) =>
    typeof got === "number" && got >= number(operand)
      ? null
      : mismatch(at, `>= ${operand}`, got),

  $lte: (operand, got, at) =>
    typeof got === "number" && got <= number(operand)
      ? null
      : mismatch(at, `<= ${operand}`, got),

  $length: (operand, got, at) =>
    difference(
      operand,
      typeof got === "string" || Array.isArray(got) ? got.length : undefined,
      `${at}.length`,
    ),

  $oneOf: (operand, got, at) =>
    list(operand).some((choice) => matches(choice, got))
      ? null
      : mismatch(at, `one of ${show(operand)}`, got),

  $all: (operand, got, at) =>
    firstOf(list(operand), (want) => difference(want, got, at)),

  $not: (operand, got, at) =>
    matches(operand, got) ? mismatch(at, `not ${show(operand)}`, got) : null,

  $unordered: (operand, got, at) => unorderedDifference(list(operand), got, at),

  $inOrder: (operand, got, at) => inOrderDifference(list(operand), got, at),

  $json: (operand, got, at) =>
    difference(
      operand,
      typeof got === "string" ? parseJson(got) : undefined,
      `${at}(json)`,
    ),

  $subset: difference,

  $exact: (operand, got, at) =>
    difference(operand, got, at) ??
      firstOf(
        isObject(got) && isObject(operand)
          ? Object.keys(got).filter((key) => !(key in operand))
          : [],
        (key) => `${at}.${key}: unexpected key`,
      ),
};

function operatorFor(name: string): Operator {
  const operator = OPERATORS[name];
  if (operator === undefined) throw new TypeError(`Unknown matcher "${name}"`);
  return operator;
}

function subsetDifference(
  want: JsonObject,
  got: Got,
  at: string,
): string | null {
  if (!isObject(got)) return mismatch(at, `an object like ${show(want)}`, got);
  return firstOf(
    Object.entries(want),
    ([key, value]) => difference(value, got[key], `${at}.${key}`),
  );
}

function arrayDifference(want: Json[], got: Got, at: string): string | null {
  if (!Array.isArray(got)) {
    return mismatch(at, `an array like ${show(want)}`, got);
  }
  const inner = firstOf(
    [...want.entries()],
    ([index, value]) => difference(value, got[index], `${at}[${index}]`),
  );
  if (inner !== null || got.length <= want.length) return inner;
  return `${at}[${want.length}]: unexpected element ${show(got[want.length])}`;
}

/** Each wanted element takes the first remaining one that fits it. */
function unorderedDifference(
  want: Json[],
  got: Got,
  at: string,
): string | null {
  if (!Array.isArray(got) || got.length !== want.length) {
    return mismatch(
      at,
      `${want.length} elements in any order ${show(want)}`,
      got,
    );
  }
  const left = [...got];
  return firstOf(want, (value) => {
    const index = left.findIndex((candidate) => matches(value, candidate));
    if (index < 0) return mismatch(at, `an element like ${show(value)}`, left);
    left.splice(index, 1);
    return null;
  });
}

/** The wanted elements come in this order, with anything in between. */
function inOrderDifference(
  want: Json[],
  got: Got,
  at: string,
): string | null {
  const left = Array.isArray(got) ? got.values() : [].values();
  return firstOf(
    want,
    (value) =>
      left.some((candidate) => matches(value, candidate))
        ? null
        : mismatch(at, `${show(value)} in its order`, got),
  );
}

/** A text holds a part of it; an array holds an element that matches. */
function holds(operand: Json, got: Got): boolean {
  if (typeof got === "string") return got.includes(text(operand));
  return Array.isArray(got) && got.some((element) => matches(operand, element));
}

function firstOf<T>(
  values: Iterable<T>,
  differenceOf: (value: T) => string | null,
): string | null {
  for (const value of values) {
    const found = differenceOf(value);
    if (found !== null) return found;
  }
  return null;
}

function mismatch(at: string, want: string, got: Got): string {
  return `${at}: want ${want}, got ${show(got)}`;
}

function typeName(value: Got): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function text(operand: Json): string {
  if (typeof operand === "string") return operand;
  throw new TypeError(`Matcher needs a text, got ${show(operand)}`);
}

function number(operand: Json): number {
  if (typeof operand === "number") return operand;
  throw new TypeError(`Matcher needs a number, got ${show(operand)}`);
}

function list(operand: Json): Json[] {
  if (Array.isArray(operand)) return operand;
  throw new TypeError(`Matcher needs an array, got ${show(operand)}`);
}
