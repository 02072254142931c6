import { schemaJson } from "./schemas_gen.ts";

/** JSON Schema as far as the generator emits it; `$ref` is a type name. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** A schema and the name of its type, if it has one. */
export interface Resolved {
  readonly schema: Schema;
  readonly name: string | undefined;
}

/** A union whose variants are told apart by a constant in one field. */
export interface TaggedUnion {
  /** Name of that field. */
  readonly tag: string;
  /** Variants by the constant's value, in declared order. */
  readonly variants: ReadonlyMap<string, Schema>;
  /** The variant that lacks the field, for values that lack it. */
  readonly untagged: Schema | undefined;
}

// A memo of constants: nobody can tell whether it is filled.
const parsed = new Map<string, Schema>();

/**
 * The schema of a type.
 *
 * @throws {RangeError} when the contract has no schema of that name.
 */
export function schemaOf(name: string): Schema {
  let schema = parsed.get(name);
  if (schema === undefined) {
    if (!Object.hasOwn(schemaJson, name)) {
      throw new RangeError(`Unknown type "${name}"`);
    }
    schema = JSON.parse(schemaJson[name]!) as Schema;
    parsed.set(name, schema);
  }
  return schema;
}

/** Follows references to what a type is made of. */
export function resolve(schema: Schema): Resolved {
  let name: string | undefined;
  while (schema.$ref !== undefined) {
    name = schema.$ref;
    schema = schemaOf(name);
  }
  return { schema, name };
}

/** Whether a schema takes null and what else it takes. */
export function splitNull(
  schema: Schema,
): { nullable: boolean; rest: readonly Schema[] } {
  const variants = schema.anyOf ?? [];
  const rest = variants.filter((variant) => variant.type !== "null");
  return { nullable: rest.length < variants.length, rest };
}

/** The union as a tagged one, or undefined if it is none. */
export function toTagged(variants: readonly Schema[]): TaggedUnion | undefined {
  const tags = new Set(variants.flatMap((variant) => tagsOf(variant)));
  for (const tag of tags) {
    const byTag = new Map<string, Schema>();
    const others: Schema[] = [];
    for (const variant of variants) {
      const value = valueOfTag(variant, tag);
      if (value === undefined) others.push(variant);
      else byTag.set(value, variant);
    }
    const [untagged] = others;
    if (byTag.size + others.length < variants.length) continue;
    if (untagged === undefined) return { tag, variants: byTag, untagged };
    const { properties } = resolve(untagged).schema;
    const isOlder = others.length === 1 && byTag.size > 1 &&
      properties !== undefined && !Object.hasOwn(properties, tag);
    if (isOlder) return { tag, variants: byTag, untagged };
  }
  return undefined;
}

/** Names of the fields that hold one constant in every shape of a variant. */
function tagsOf(variant: Schema): string[] {
  const { schema } = resolve(variant);
  if (schema.anyOf !== undefined) return tagsOf(schema.anyOf[0]!);
  const required = schema.required ?? [];
  return required.filter((name) => valueOfTag(schema, name) !== undefined);
}

function valueOfTag(variant: Schema, tag: string): string | undefined {
  const { schema } = resolve(variant);
  if (schema.anyOf !== undefined) {
    const values = new Set(schema.anyOf.map((each) => valueOfTag(each, tag)));
    return values.size === 1 ? [...values][0] : undefined;
  }
  const value = schema.properties?.[tag]?.const;
  return typeof value === "string" && schema.required?.includes(tag)
    ? value
    : undefined;
}

/**
 * Variants by name, if a value of the union is either a name alone or an object
 * whose only field is the name of its variant; else undefined.
 */
export function toNamed(
  variants: readonly Schema[],
): ReadonlyMap<string, Schema> | undefined {
  const named = new Map<string, Schema>();
  let names = 0;
  for (const variant of variants) {
    const { schema } = resolve(variant);
    const [name, ...more] = "const" in schema
      ? [schema.const]
      : schema.enum ?? Object.keys(schema.properties ?? {});
    if (schema.properties === undefined) {
      if ([name, ...more].some((each) => typeof each !== "string")) return;
      names += 1;
      for (const each of [name, ...more]) named.set(each as string, variant);
    } else {
      if (more.length > 0 || !schema.required?.includes(name as string)) return;
      named.set(name as string, variant);
    }
  }
  return names > 0 ? named : undefined;
}
