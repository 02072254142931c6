import { isAbsolute, isObject } from "./_check.ts";
import {
  anyExpectation,
  choicesOf,
  choiceText,
  elements,
  expectation,
  theirName,
} from "./_expect.ts";
import {
  resolve,
  type Schema,
  schemaOf,
  splitNull,
  type TaggedUnion,
  toNamed,
  toTagged,
} from "./_schema.ts";
import { isPrivateName, quote, shown } from "./_show.ts";

/** Where in the parameters a value stands. */
interface Place {
  /** From the root, such as `params.size.rows`. */
  readonly at: string;
  /** Its name or one above it tells that it must not be shown. */
  readonly isPrivate: boolean;
}

/**
 * What is wrong with a value of which the type's check says no: the wording of
 * the reference, then the place in parentheses. The first error counts: fields
 * in the order of the document, then missing ones in declared order. Undefined
 * if nothing is wrong.
 */
export function explain(
  type: string,
  value: unknown,
  at: string,
): string | undefined {
  return wrong({ $ref: type }, value, { at, isPrivate: false });
}

/**
 * As {@linkcode explain}, for an array that fills the fields of an object in
 * declared order; `names` are those fields.
 */
export function explainPositions(
  type: string,
  values: readonly unknown[],
  names: readonly string[],
): string | undefined {
  return wrongPositions(schemaOf(type), type, values, {
    names,
    place: { at: "params", isPrivate: false },
  });
}

/** The elements come first, then their number. */
function wrongPositions(
  schema: Schema,
  type: string,
  values: readonly unknown[],
  { names, place }: { names: readonly string[]; place: Place },
): string | undefined {
  for (const [index, name] of names.slice(0, values.length).entries()) {
    const field = schema.properties?.[name] ?? {};
    const error = wrong(field, values[index], below(place, name));
    if (error !== undefined) return error;
  }
  if (values.length > names.length) {
    return `invalid length ${values.length}, expected ` +
      `${elements(names.length)} in sequence (at ${place.at})`;
  }
  const missing = names.slice(values.length)
    .find((name) => schema.required?.includes(name));
  return missing === undefined
    ? undefined
    : wrongLength(type, values, { names, place, missing });
}

function wrongLength(
  type: string,
  values: readonly unknown[],
  { names, place, missing }: {
    names: readonly string[];
    place: Place;
    missing?: string;
  },
): string {
  const which = missing === undefined
    ? "an object is taken"
    : `\`${missing}\` is missing`;
  return `invalid length ${values.length}, expected struct ` +
    `${theirName(type)} with ${elements(names.length)} ` +
    `(at ${place.at}, ${which})`;
}

function wrong(
  reference: Schema,
  value: unknown,
  place: Place,
): string | undefined {
  const { schema, name } = resolve(reference);
  if (schema.anyOf !== undefined) {
    return wrongUnion(schema, name, value, place);
  }
  const choices = choicesOf(schema);
  if (choices !== undefined) return wrongChoice(choices, value, place);
  if (schema.type === undefined) return undefined;
  const types = [schema.type].flat();
  const type = types.find((each) => accepts(each, value));
  if (type === undefined) {
    if (Array.isArray(value) && schema.properties && name !== undefined) {
      const names = Object.keys(schema.properties);
      return wrongPositions(schema, name, value, { names, place }) ??
        wrongLength(name, value, { names, place });
    }
    const rest = types.filter((each) => each !== "null");
    const expected = rest.map((each) => expectation(schema, each, name));
    return wrongType(expected.join(" or "), value, place);
  }
  switch (type) {
    case "string":
      return wrongString(schema, name, value as string, place);
    case "integer":
      return wrongInteger(schema, value as number, place);
    case "number": {
      const { minimum = -Infinity, maximum = Infinity } = schema;
      return (value as number) >= minimum && (value as number) <= maximum
        ? undefined
        : `invalid value: ${shown(value, place.isPrivate)}, expected ` +
          `a number from ${minimum} to ${maximum} (at ${place.at})`;
    }
    case "array":
      return firstOf(
        value as unknown[],
        (item, index) =>
          wrong(schema.items ?? {}, item, below(place, Number(index))),
      );
    case "object":
      return wrongObject(schema, value as Record<string, unknown>, place);
    default:
      return undefined;
  }
}

function accepts(type: string, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value) && !isBeyond64Bits(value as number);
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    default:
      return typeof value === "number";
  }
}

/** Such a number is a floating point one to decoders of 64 bits. */
function isBeyond64Bits(value: number): boolean {
  return value >= 2 ** 64 || value < -(2 ** 63);
}

function wrongType(expected: string, value: unknown, place: Place): string {
  return `invalid type: ${shown(value, place.isPrivate)}, ` +
    `expected ${expected} (at ${place.at})`;
}

function wrongString(
  { format, minLength = 0 }: Schema,
  name: string | undefined,
  value: string,
  place: Place,
): string | undefined {
  if (format === "absolute-path" && !isAbsolute(value)) {
    return `AbsolutePathBuf deserialized without a base path (at ${place.at}, ` +
      `expected an absolute path, got ${quote(value, place.isPrivate)})`;
  }
  // The only length that the contract asks for is one.
  return value.length >= minLength
    ? undefined
    : `${toSnakeCase(name ?? "value")} must not be empty (at ${place.at})`;
}

function toSnakeCase(name: string): string {
  return name.replace(/\B[A-Z]/g, "_$&").toLowerCase();
}

function wrongInteger(
  schema: Schema,
  value: number,
  place: Place,
): string | undefined {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  if (value >= minimum && value <= maximum) return undefined;
  return `invalid value: ${shown(value, place.isPrivate)}, ` +
    `expected ${expectation(schema, "integer", undefined)} ` +
    `(at ${place.at}, from ${minimum} to ${maximum})`;
}

function wrongObject(
  schema: Schema,
  value: Record<string, unknown>,
  place: Place,
): string | undefined {
  const { properties = {}, required = [], additionalProperties } = schema;
  const error = firstOf(value, (child, name) => {
    if (child === undefined) return undefined;
    if (Object.hasOwn(properties, name)) {
      return wrong(properties[name]!, child, below(place, name));
    }
    if (additionalProperties === false) {
      // The tag of a variant is none of its fields.
      const names = Object.keys(properties)
        .filter((known) => !("const" in properties[known]!));
      return `unknown field ${quote(name, false, "`")}, expected ${
        names.length === 0 ? "no further fields" : choiceText(names)
      } (at ${place.at})`;
    }
    return typeof additionalProperties === "object"
      ? wrong(additionalProperties, child, below(place, name))
      : undefined;
  });
  if (error !== undefined) return error;
  const missing = required.find((name) => value[name] === undefined);
  return missing === undefined ? undefined : wrongMissing(
    missing,
    properties[missing] ?? {},
    place,
  );
}

function wrongMissing(name: string, field: Schema, place: Place): string {
  return `missing field \`${name}\` (at ${place.at}.${name}, ` +
    `expected ${anyExpectation(field)})`;
}

function wrongUnion(
  schema: Schema,
  name: string | undefined,
  value: unknown,
  place: Place,
): string | undefined {
  const { nullable, rest } = splitNull(schema);
  if (nullable && value === null) return undefined;
  if (rest.length === 1) return wrong(rest[0]!, value, place);
  const tagged = toTagged(rest);
  if (tagged !== undefined) return wrongTagged(tagged, name, value, place);
  const named = toNamed(rest);
  if (named !== undefined) return wrongNamed(named, value, place);
  const errors = rest.map((variant) => wrong(variant, value, place));
  if (errors.includes(undefined)) return undefined;
  // What is wrong for every variant is wrong with what they have in common.
  if (errors.every((error) => error === errors[0])) return errors[0];
  const enumName = name === undefined ? "" : theirName(name);
  return `data did not match any variant of untagged enum ${enumName}`
    .trimEnd() +
    ` (at ${place.at}, expected ${rest.map(anyExpectation).join(" or ")}, got ${
      shown(value, place.isPrivate)
    })`;
}

function wrongTagged(
  { tag, variants, untagged }: TaggedUnion,
  name: string | undefined,
  value: unknown,
  place: Place,
): string | undefined {
  const isUntagged = !isObject(value) || value[tag] === undefined;
  if (untagged !== undefined && isUntagged) {
    return wrong(untagged, value, place);
  }
  const names = [...variants.keys()];
  // In an array the tag comes first.
  const chosen = Array.isArray(value)
    ? value[0]
    : isObject(value)
    ? value[tag]
    : value;
  const isShape = isObject(value) ||
    (Array.isArray(value) && !variants.has(chosen as string));
  if (!isShape) {
    const enumName = name === undefined ? `by ${tag}` : theirName(name);
    return wrongType(`internally tagged enum ${enumName}`, value, place);
  }
  if (chosen === undefined) {
    return wrongMissing(tag, { enum: names }, place);
  }
  const at = below(place, tag);
  if (Number.isInteger(chosen) && (chosen as number) >= names.length) {
    return `invalid value: ${shown(chosen, at.isPrivate)}, expected variant ` +
      `index 0 <= i < ${names.length} (at ${at.at}, ${choiceText(names)})`;
  }
  if (typeof chosen !== "string") {
    return wrongType("variant identifier", chosen, at);
  }
  const variant = variants.get(chosen);
  if (variant === undefined) return wrongChoice(names, chosen, at);
  return wrong(variant, value, place);
}

/** As a name alone, or as an object whose only field is the name. */
function wrongNamed(
  variants: ReadonlyMap<string, Schema>,
  value: unknown,
  place: Place,
): string | undefined {
  const names = [...variants.keys()];
  const keys = isObject(value) ? Object.keys(value) : [];
  if (isObject(value) && keys.length !== 1) {
    return `invalid value: map, expected map with a single key (at ${place.at}, ` +
      `${choiceText(names)})`;
  }
  const chosen = keys[0] ?? value;
  const variant = typeof chosen === "string" ? variants.get(chosen) : undefined;
  if (variant === undefined) return wrongChoice(names, chosen, place);
  const isStruct = resolve(variant).schema.properties !== undefined;
  const content = isStruct && isObject(value) ? value[chosen as string] : {};
  const inner = resolve(variant).schema.properties?.[chosen as string] ?? {};
  const isScalar = !isObject(content) && !Array.isArray(content);
  if (isScalar && resolve(inner).schema.properties !== undefined) {
    return wrongType("struct variant", content, below(place, chosen as string));
  }
  if (isStruct === isObject(value)) return wrong(variant, value, place);
  return `invalid type: ${isStruct ? "unit variant" : "map"}, expected ` +
    `${isStruct ? "struct variant" : "unit variant"} (at ${place.at})`;
}

function wrongChoice(
  choices: readonly string[],
  value: unknown,
  place: Place,
): string | undefined {
  if (isObject(value)) {
    const [key, ...more] = Object.keys(value);
    return key === undefined || more.length > 0
      ? `invalid value: map, expected map with a single key (at ${place.at}, ` +
        `${choiceText(choices)})`
      : choices.includes(key)
      ? wrongType("a string", value, place)
      : wrongChoice(choices, key, place);
  }
  if (typeof value !== "string") {
    return `invalid type: ${shown(value, place.isPrivate)}, ` +
      `expected string or map (at ${place.at}, ${choiceText(choices)})`;
  }
  if (choices.includes(value)) return undefined;
  const name = quote(value, place.isPrivate, "`");
  return `unknown variant ${name}, expected ${choiceText(choices)} ` +
    `(at ${place.at})`;
}

function below(place: Place, name: string | number): Place {
  const isIndex = typeof name === "number";
  const step = isIndex
    ? `[${name}]`
    : /^\w{1,60}$/.test(name)
    ? `.${name}`
    : `[${quote(name, false)}]`;
  return {
    at: place.at + step,
    isPrivate: place.isPrivate || (!isIndex && isPrivateName(name)),
  };
}

function firstOf<T>(
  values: Readonly<Record<string, T>> | readonly T[],
  look: (value: T, name: string) => string | undefined,
): string | undefined {
  for (const [name, value] of Object.entries(values)) {
    const found = look(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
