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
  const shapes = variants.map((variant) => resolve(variant).schema);
  const first = shapes[0]?.required ?? [];
  for (const tag of first) {
    const byTag = new Map<string, Schema>();
    for (const [index, shape] of shapes.entries()) {
      const value = shape.properties?.[tag]?.const;
      if (typeof value !== "string" || !shape.required?.includes(tag)) break;
      byTag.set(value, variants[index]!);
    }
    if (byTag.size === variants.length) return { tag, variants: byTag };
  }
  return undefined;
}
