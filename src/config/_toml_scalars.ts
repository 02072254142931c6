import { TomlFlaw } from "./_toml_flaw.ts";
import { findTimeFlaw } from "./_toml_times.ts";
import { isWide } from "./toml.ts";

/** What a value without quotes is called. */
export type ScalarKind = "boolean" | "integer" | "float" | "datetime";

/**
 * What a value without quotes is.
 *
 * @throws {TomlFlaw} if it is nothing.
 */
export function readScalar(text: string, start: number): ScalarKind {
  const whole = (message: string): TomlFlaw =>
    new TomlFlaw(message, start, start + text.length);
  const [sign = ""] = /^[+-]/.exec(text) ?? [];
  const rest = text.slice(sign.length);
  const word = words[rest.charAt(0).toLowerCase()];
  const isOne = !text.includes(" ");
  if (word && isOne && (sign === "" || word.kind === "float")) {
    if (rest === word.text) return word.kind;
    throw new TomlFlaw(
      `invalid ${word.kind}, expected \`${word.text}\``,
      start + sign.length,
      start + text.length,
    );
  }
  if (sign !== "" && /^[+-]/.test(rest)) {
    throw new TomlFlaw("redundant numeric sign, expected nothing", start + 1);
  }
  if (/^\d+[-:]/.test(rest)) {
    const flaw = sign === ""
      ? findTimeFlaw(text)
      : "invalid datetime, expected year or hour";
    if (flaw !== undefined) throw whole(flaw);
    return "datetime";
  }
  if (isOne && /^0[xob]/i.test(rest)) return readRadix(text, start, sign);
  if (isOne && /^[\d._]/.test(rest)) {
    const kind = readDecimal(rest, start + sign.length, sign.length);
    if (
      kind === "float" && !Number.isFinite(Number(rest.replaceAll("_", "")))
    ) {
      throw whole("floating-point number overflowed");
    }
    if (kind === "integer" && isHuge(BigInt(rest.replaceAll("_", "")))) {
      throw whole("integer number overflowed");
    }
    if (kind !== undefined) return kind;
  }
  const [quote] = /("""|'''|["'])$/.exec(text) ?? [];
  if (quote !== undefined) {
    throw new TomlFlaw(`missing opening quote, expected \`${quote}\``, start);
  }
  throw whole("string values must be quoted, expected literal string");
}

/** Values that are words, by the letter that gives away what is meant. */
const words: Readonly<
  Record<string, { readonly text: string; readonly kind: ScalarKind }>
> = {
  t: { text: "true", kind: "boolean" },
  f: { text: "false", kind: "boolean" },
  n: { text: "nan", kind: "float" },
  i: { text: "inf", kind: "float" },
};

const radixes: Readonly<
  Record<string, { readonly name: string; readonly digit: RegExp }>
> = {
  x: { name: "hexadecimal", digit: /[\da-f]/i },
  o: { name: "octal", digit: /[0-7]/ },
  b: { name: "binary", digit: /[01]/ },
};

/**
 * Looks at a value without quotes that is well-formed.
 *
 * @throws {TomlFlaw} if it is a whole number of more than 64 bits.
 */
export function checkWidth(text: string, start: number): void {
  if (readScalar(text, start) !== "integer") return;
  const digits = text.replaceAll("_", "").replace(/^\+/, "");
  const value = digits.startsWith("-")
    ? -BigInt(digits.slice(1))
    : BigInt(digits);
  if (!isWide(value)) return;
  const message = value > 0n && value < 2n ** 64n
    ? "u64 value was too large"
    : `invalid type: integer \`${value}\` as ${
      value < 2n ** 127n ? "i128" : "u128"
    }, expected any valid TOML value`;
  throw new TomlFlaw(message, start, start + text.length);
}

function readRadix(text: string, start: number, sign: string): ScalarKind {
  if (sign !== "") {
    throw new TomlFlaw(
      "integers with a radix cannot be signed, expected nothing",
      start,
    );
  }
  const letter = text.charAt(1).toLowerCase();
  if (text.charAt(1) !== letter) {
    throw new TomlFlaw(
      `radix must be lowercase, expected \`0${letter}\``,
      start,
      start + 2,
    );
  }
  const { name, digit } = radixes[letter]!;
  const digits = text.slice(2);
  const odd = [...digits].findIndex((char) =>
    char !== "_" && !digit.test(char)
  );
  checkUnderscores(odd < 0 ? digits : digits.slice(0, odd), start + 2);
  if (odd >= 0) throw new TomlFlaw(`invalid ${name} number`, start + 2 + odd);
  if (digits !== "" && !isHuge(BigInt(text.replaceAll("_", "")))) {
    return "integer";
  }
  throw new TomlFlaw(
    "integer number overflowed",
    start,
    start + text.length,
  );
}

/** Undefined if it only begins like a number. */
function readDecimal(
  text: string,
  start: number,
  signLength: number,
): ScalarKind | undefined {
  const [whole = ""] = /^[\d_]*/.exec(text) ?? [];
  let at = whole.length;
  if (/^0[\d_]/.test(text)) {
    throw new TomlFlaw("unexpected leading zero, expected nothing", start);
  }
  const isFloat = /[.e]/i.test(text);
  if (/^[._]/.test(text) && isFloat) {
    throw new TomlFlaw("invalid mantissa, expected digits", start - signLength);
  }
  if (text.startsWith("_")) throw strayUnderscore(start);
  if (!isFloat && at < text.length) return undefined;
  checkUnderscores(whole, start);
  if (!isFloat) return "integer";
  const takeDigits = (what: string): void => {
    const [digits = ""] = /^[\d_]*/.exec(text.slice(at)) ?? [];
    if (!/\d/.test(digits)) {
      throw new TomlFlaw(`invalid ${what}, expected digits`, start + at);
    }
    checkUnderscores(digits, start + at);
    at += digits.length;
  };
  if (text[at] === ".") {
    at++;
    takeDigits("fraction");
  }
  if (/^e/i.test(text.slice(at))) {
    at += /^[+-]/.test(text.slice(at + 1)) ? 2 : 1;
    takeDigits("exponent");
  }
  if (at === text.length) return "float";
  throw new TomlFlaw(
    "invalid float, expected nothing",
    start + at,
    start + text.length,
  );
}

function checkUnderscores(digits: string, start: number): void {
  const at = digits.search(/^_|_(?=_|$)/);
  if (at >= 0) throw strayUnderscore(start + at);
}

function strayUnderscore(at: number): TomlFlaw {
  return new TomlFlaw("`_` may only go between digits, expected nothing", at);
}

function isHuge(value: bigint): boolean {
  return value >= 2n ** 128n;
}
