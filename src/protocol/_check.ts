import {
  type Schema,
  schemaOf,
  splitNull,
  type TaggedUnion,
  toTagged,
} from "./_schema.ts";

/** Says whether a JSON value has a shape. */
export type Check = (value: unknown) => boolean;

// A memo of pure functions: nobody can tell whether it is filled.
const checks = new Map<string, Check>();

/** The check of a type, compiled at its first use. */
export function checkOf(name: string): Check {
  const known = checks.get(name);
  if (known !== undefined) return known;
  // A type that refers to itself finds this entry while it is compiled.
  checks.set(name, (value) => checkOf(name)(value));
  const compiled = compile(schemaOf(name));
  checks.set(name, compiled);
  return compiled;
}

function compile(schema: Schema): Check {
  if (schema.$ref !== undefined) return checkOf(schema.$ref);
  if (schema.anyOf !== undefined) return compileUnion(schema);
  if ("const" in schema) {
    const expected = schema.const;
    return (value) => value === expected;
  }
  if (schema.enum !== undefined) {
    const values = new Set(schema.enum);
    return (value) => values.has(value);
  }
  if (schema.type === undefined) return () => true;
  if (typeof schema.type === "string") return compileType(schema, schema.type);
  return anyOf(schema.type.map((type) => compileType(schema, type)));
}

function compileUnion(schema: Schema): Check {
  const { nullable, rest } = splitNull(schema);
  const tagged = rest.length > 1 ? toTagged(rest) : undefined;
  const check = tagged === undefined
    ? anyOf(rest.map(compile))
    : compileTagged(tagged);
  return nullable ? (value) => value === null || check(value) : check;
}

function compileTagged({ tag, variants, untagged }: TaggedUnion): Check {
  const byTag = new Map<unknown, Check>();
  for (const [value, variant] of variants) byTag.set(value, compile(variant));
  if (untagged !== undefined) byTag.set(undefined, compile(untagged));
  return (value) => isObject(value) && byTag.get(value[tag])?.(value) === true;
}

function anyOf(checks: readonly Check[]): Check {
  if (checks.length === 1) return checks[0]!;
  return (value) => checks.some((check) => check(value));
}

function compileType(schema: Schema, type: string): Check {
  switch (type) {
    case "string": {
      const { format, minLength = 0 } = schema;
      return format === "absolute-path"
        ? (value) => typeof value === "string" && isAbsolute(value)
        : (value) => typeof value === "string" && value.length >= minLength;
    }
    case "boolean":
      return (value) => typeof value === "boolean";
    case "null":
      return (value) => value === null;
    case "integer": {
      const { minimum = -Infinity, maximum = Infinity } = schema;
      return (value) =>
        Number.isInteger(value) && (value as number) >= minimum &&
        (value as number) <= maximum;
    }
    case "number": {
      const { minimum = -Infinity, maximum = Infinity } = schema;
      return (value) =>
        typeof value === "number" && value >= minimum && value <= maximum;
    }
    case "array": {
      const item = compile(schema.items ?? {});
      return (value) => Array.isArray(value) && value.every(item);
    }
    case "object":
      return compileObject(schema);
    default:
      throw new TypeError(`Unknown schema type "${type}"`);
  }
}

function compileObject(schema: Schema): Check {
  const { properties = {}, required = [], additionalProperties } = schema;
  const fields = Object.entries(properties).map(([name, field]) => ({
    name,
    check: compile(field),
    isRequired: required.includes(name),
  }));
  const others = additionalProperties === undefined ||
      additionalProperties === true
    ? undefined
    : additionalProperties === false
    ? () => false
    : compile(additionalProperties);
  return (value) => {
    if (!isObject(value)) return false;
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index]!;
      const child = value[field.name];
      if (child === undefined ? field.isRequired : !field.check(child)) {
        return false;
      }
    }
    if (others === undefined) return true;
    return Object.keys(value).every((name) =>
      Object.hasOwn(properties, name) || others(value[name])
    );
  };
}

/** Whether a JSON value is an object, not null and not an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a path starts at the root. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/");
}
