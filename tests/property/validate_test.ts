import assert from "node:assert/strict";
import { Ajv } from "ajv";
import fc from "fast-check";
import {
  contractTable,
  printContract,
  validator,
} from "../../src/protocol/mod.ts";

interface Schema {
  $ref?: string;
  allOf?: Schema[];
  anyOf?: Schema[];
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
}

// The oracle reads what clients read, not what the validators were made from.
const printed = await printContract({
  kind: "json-schema",
  experimental: true,
});
const bundle = JSON.parse(printed.get("gangway.schema.json")!) as {
  definitions: Record<string, Schema>;
};
const ajv = new Ajv({
  strict: true,
  allowUnionTypes: true,
  keywords: [
    "x-experimental",
    "x-gangway",
    "x-gate",
    "x-legacy",
    "x-unfinished",
    "x-result",
  ],
  formats: {
    "absolute-path": /^\//,
    path: true,
    uint16: true,
    uint32: true,
    uint: true,
    int32: true,
    int64: true,
  },
});
ajv.addSchema(bundle, "contract");

const types = new Set(
  [
    ...contractTable.clientRequests.values(),
    ...contractTable.clientNotifications.values(),
  ].map(({ params }) => params)
    .filter((name) => name !== null && name !== "Unfinished"),
) as Set<string>;

/** Values that a schema takes. */
function valid(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice("#/definitions/".length);
    return valid(bundle.definitions[name]!);
  }
  if (schema.allOf !== undefined) return valid(schema.allOf[0]!);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valid));
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.type === undefined) return fc.jsonValue({ maxDepth: 1 });
  return fc.oneof(...[schema.type].flat().map((type) => ofType(schema, type)));
}

function ofType(schema: Schema, type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case "string":
      return schema.format === "absolute-path"
        ? fc.string().map((rest) => `/${rest}`)
        : fc.string({ minLength: schema.minLength ?? 0 });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "integer": {
      const { minimum = -(2 ** 53), maximum = 2 ** 53 } = schema;
      return fc.oneof(
        fc.constantFrom(minimum, maximum),
        fc.maxSafeInteger().filter((n) => n >= minimum && n <= maximum),
      );
    }
    case "number":
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case "array":
      return fc.array(valid(schema.items ?? {}), { maxLength: 3 });
    case "object":
      return objects(schema);
    default:
      throw new TypeError(`Unknown schema type "${type}"`);
  }
}

function objects(schema: Schema): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const known = fc.record(
    Object.fromEntries(
      Object.entries(properties).map(([name, field]) => [name, valid(field)]),
    ),
    { requiredKeys: required },
  );
  if (additionalProperties === false) return known;
  const others = typeof additionalProperties === "object"
    ? valid(additionalProperties)
    : fc.jsonValue({ maxDepth: 1 });
  const name = fc.string().filter((key) => !Object.hasOwn(properties, key));
  return fc.tuple(fc.dictionary(name, others, { maxKeys: 2 }), known)
    .map(([more, fields]) => ({ ...more, ...fields }));
}

/** What is put in the place of something else: near misses and any JSON. */
const junk = fc.oneof(
  fc.constantFrom(
    null,
    "",
    "rel/ative",
    "/absolute",
    "readOnly",
    "restricted",
    "workspaceWrite",
    true,
    [],
    {},
    { type: "readOnly" },
    ["/"],
  ),
  fc.constantFrom(-1, 0, 1.5, 65535, 65536, 2 ** 53, 2 ** 63, 2 ** 64, 1e30),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Steps into a value: at the last one, `change` says what is done there. */
type Mutation = { steps: number[]; change: "replace" | "drop"; with: unknown };

const mutations: fc.Arbitrary<Mutation> = fc.record({
  steps: fc.array(fc.nat(20), { maxLength: 4 }),
  change: fc.constantFrom("replace", "drop"),
  with: junk,
});

function mutate(value: unknown, mutation: Mutation, depth = 0): unknown {
  const step = mutation.steps[depth];
  const isBranch = typeof value === "object" && value !== null;
  const keys = isBranch ? Object.keys(value) : [];
  if (step === undefined || keys.length === 0) return mutation.with;
  const key = keys[step % keys.length]!;
  const copy = structuredClone(value) as Record<string, unknown>;
  if (mutation.steps[depth + 1] === undefined && mutation.change === "drop") {
    if (Array.isArray(copy)) copy.splice(Number(key), 1);
    else delete copy[key];
  } else copy[key] = mutate(copy[key], mutation, depth + 1);
  return copy;
}

/** As it would arrive. */
function sent(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

for (const type of types) {
  const validate = validator(type);
  const oracle = ajv.getSchema(`contract#/definitions/${type}`)!;
  const values = valid({ $ref: `#/definitions/${type}` });

  Deno.test(`validator takes what the schema takes: ${type}`, () => {
    fc.assert(
      fc.property(values, (value) => {
        const json = sent(value);
        assert.equal(oracle(json), true);
        assert.equal(validate(json), undefined);
      }),
      { numRuns: 60 },
    );
  });

  Deno.test(`validator agrees with ajv on damaged values: ${type}`, () => {
    fc.assert(
      fc.property(
        values,
        fc.array(mutations, { minLength: 1, maxLength: 2 }),
        (value, changes) => {
          const json = sent(
            changes.reduce((left, each) => mutate(left, each), value),
          );
          const problem = validate(json);
          assert.equal(problem === undefined, oracle(json), problem ?? "");
          if (problem !== undefined) assert.match(problem, /\(at value[^]*\)$/);
        },
      ),
      { numRuns: 200 },
    );
  });
}
