/** JSON Schema as far as our printed contract uses it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** `schema/json/ClientRequest.json`. */
export interface RequestSchemas {
  readonly anyOf: readonly Schema[];
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** A request that something is wrong with, or nothing. */
export interface BadRequest {
  readonly method: string;
  /** What is wrong, such as `.path=null`; unique within the method. */
  readonly label: string;
  /** JSON; nothing for a request without parameters. */
  readonly params: string | undefined;
}

/** Stands for the directory that requests may touch. */
export const PLACE = "@PLACE@";

const UNKNOWN_ID = "01900000-0000-7000-8000-000000000001";
const DEEPEST = 2;

/** JSON of every kind, and numbers of every size. */
const anything: readonly string[] = [
  '"x"',
  "5",
  "true",
  "null",
  "[]",
  "{}",
  '["x"]',
  '{"x":1}',
  "1.5",
  "-1",
  "0",
  "1e30",
  "4294967296",
];

/** Texts that are hardly ever meant. */
const texts: readonly string[] = [
  "",
  "  ",
  "a\0b",
  "L".repeat(5000),
  "rel/path",
  "../x",
  "~/x",
  "ü\u202e\u{1f600}",
  UNKNOWN_ID,
  "0190-zz",
  `${PLACE}/none`,
  `${PLACE}/a\0b`,
  `${PLACE}/../none`,
].map((text) => JSON.stringify(text));

/** Prints requests of every method, each field in turn with every bad value. */
export class BadRequests {
  readonly #definitions: RequestSchemas["definitions"];
  readonly #methods: readonly Schema[];

  constructor({ anyOf, definitions }: RequestSchemas) {
    this.#definitions = definitions;
    this.#methods = anyOf;
  }

  /** All of them; methods in the order of the contract. */
  *all(): Generator<BadRequest> {
    for (const { properties = {} } of this.#methods) {
      const method = String(properties["method"]?.const);
      if (method === "initialize") continue;
      yield { method, label: "absent", params: undefined };
      const known = new Set<string>();
      const schema = properties["params"] ?? { type: "null" };
      for (const [label, params] of this.#bad(schema, "params", 0)) {
        if (known.has(params)) continue;
        known.add(params);
        yield { method, label, params };
      }
    }
  }

  #resolve(schema: Schema): Schema {
    const [only] = schema.allOf ?? [];
    if (only !== undefined) return this.#resolve(only);
    if (schema.$ref === undefined) return schema;
    const name = schema.$ref.split("/").at(-1)!;
    return this.#resolve(this.#definitions[name] ?? {});
  }

  /** What a field may hold, null aside. */
  #variants(schema: Schema): Schema[] {
    const resolved = this.#resolve(schema);
    if (resolved.anyOf === undefined) return [resolved];
    return resolved.anyOf.flatMap((each) => this.#variants(each))
      .filter(({ type }) => type !== "null");
  }

  /** Values for a field, each with a label. */
  *#bad(
    schema: Schema,
    name: string,
    depth: number,
  ): Generator<[string, string]> {
    const variants = this.#variants(schema);
    for (const json of anything) yield [`=${json}`, json];
    if (variants.some(({ type }) => [type].flat().includes("string"))) {
      for (const json of texts) yield [`=${json.slice(0, 40)}`, json];
    }
    for (const variant of variants) {
      for (const value of variant.enum ?? []) {
        yield [`=${JSON.stringify(value)}`, JSON.stringify(value)];
      }
      if (depth <= DEEPEST) yield* this.#within(variant, name, depth);
    }
  }

  /** The same for what is in a value. */
  *#within(
    { properties, required = [], items }: Schema,
    name: string,
    depth: number,
  ): Generator<[string, string]> {
    if (items !== undefined) {
      for (const [label, json] of this.#bad(items, name, depth + 1)) {
        yield [`[0]${label}`, `[${json}]`];
      }
    }
    if (properties === undefined) return;
    const least = new Map(
      required.map((field) => [field, this.#least(properties[field]!, field)]),
    );
    yield ["{}", toJson(least)];
    yield ["{…,unknown}", toJson(new Map([...least, ["unknownField", "1"]]))];
    for (const field of required) {
      const without = new Map(least);
      without.delete(field);
      yield [`{…}-${field}`, toJson(without)];
    }
    for (const [field, schema] of Object.entries(properties)) {
      for (const [label, json] of this.#bad(schema, field, depth + 1)) {
        yield [`.${field}${label}`, toJson(new Map([...least, [field, json]]))];
      }
    }
  }

  /** A small value that the schema takes. */
  #least(schema: Schema, name: string): string {
    const [variant = {}] = this.#variants(schema);
    if ("const" in variant) return JSON.stringify(variant.const);
    if (variant.enum !== undefined) return JSON.stringify(variant.enum[0]);
    const { properties = {}, required = [] } = variant;
    switch ([variant.type ?? "string"].flat()[0]) {
      case "integer":
      case "number":
        return String(Math.max(1, variant.minimum ?? 1));
      case "boolean":
        return "false";
      case "array":
        return name === "command" ? '["true"]' : "[]";
      case "object":
        return toJson(
          new Map(
            required.map((field) => [
              field,
              this.#least(properties[field]!, field),
            ]),
          ),
        );
      default:
        return JSON.stringify(
          /path$|cwd$/i.test(name)
            ? `${PLACE}/none`
            : /id$/i.test(name)
            ? UNKNOWN_ID
            : "x",
        );
    }
  }
}

function toJson(fields: ReadonlyMap<string, string>): string {
  const parts = [...fields].map(([name, json]) =>
    `${JSON.stringify(name)}:${json}`
  );
  return `{${parts.join()}}`;
}
