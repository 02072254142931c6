/**
 * Writes the modules that the product loads.
 *
 * @module
 */
import { deflateRawSync } from "node:zlib";
import type { MethodInfo } from "../../../src/protocol/contract_table.ts";
import type { ContractSource, MethodEntry } from "./contract_source.ts";
import { type Definitions, type JsonSchema, toRuntime } from "./schemas.ts";

const banner = "// Printed by `deno task gen` from the interfaces beside it. " +
  "Do not edit.\n";

/**
 * contract_gen.ts: what `printContract` prints, packed: every start of the
 * server looks at this file, although only printing needs what is in it.
 */
export function toContract(
  printed: Definitions,
  interfaces: ReadonlyMap<string, string>,
  stableInterfaces: ReadonlyMap<string, string>,
): string {
  const texts = JSON.stringify({
    definitions: printed,
    interfaces: Object.fromEntries(interfaces),
    stableInterfaces: Object.fromEntries(stableInterfaces),
  });
  const packed = deflateRawSync(texts, { level: 9 }).toString("base64");
  return `${banner}
/** The texts of the contract as JSON: deflated (RFC 1951), then as base64. */
export const packedContract =
  "${packed}";
`;
}

/** schemas_gen.ts: what a running server needs to know. */
export function toSchemas(
  definitions: Definitions,
  source: ContractSource,
): string {
  const { maps } = source;
  const named = (type: string | null): type is string =>
    type !== null && type !== "Unfinished";
  const runtime = toRuntime(
    definitions,
    [
      ...maps.clientRequests.map(({ params }) => params),
      ...maps.clientNotifications.map(({ params }) => params),
      ...maps.serverRequests.map(({ result }) => result),
    ].filter(named),
  );
  const rows = Object.entries(runtime).map(([name, schema]) =>
    line(`  ${name}:`, `${template(JSON.stringify(schema))},`)
  );
  const table = (name: string, entries: readonly MethodEntry[]): string => {
    const lines = entries.map((entry) =>
      `${JSON.stringify(entry.name)}:${
        JSON.stringify(toInfo(entry, definitions))
      }`
    );
    return `\n/** What is known of each, by name, as JSON. */\nexport const ${name}: string = ${
      template(`{\n${lines.join(",\n")}\n}`)
    };\n`;
  };
  return `${banner}
/** Schemas by type name, each as JSON; \`$ref\` is a type name. */
export const schemaJson: Readonly<Record<string, string>> = {
${rows.join("")}};
` +
    table("clientRequestsJson", maps.clientRequests) +
    table("serverRequestsJson", maps.serverRequests) +
    table("serverNotificationsJson", maps.serverNotifications) +
    table("clientNotificationsJson", maps.clientNotifications);
}

function toInfo(entry: MethodEntry, definitions: Definitions): MethodInfo {
  const schema = entry.params === null ? undefined : definitions[entry.params];
  const fields = Object.entries((schema?.properties ?? {}) as Definitions);
  const gated = entry.experimental ? [] : fields.flatMap(
    ([name, field]) => gatesOf(name, field, definitions),
  );
  const names = gated.filter(([, field]) => "x-gate" in field);
  const ours = fields.filter(([, field]) => "x-gangway" in field);
  return {
    params: entry.params,
    result: entry.result,
    ...(entry.experimental ? { experimental: true } : {}),
    ...(entry.gangway ? { gangway: true } : {}),
    ...(entry.legacy ? { legacy: true } : {}),
    ...(entry.optional ? { optional: true } : {}),
    ...(gated.length === 0 ? {} : {
      experimentalParams: Object.fromEntries(
        gated.map(([name, field]) => [
          name,
          field["x-experimental"] === "even-null"
            ? "present"
            : field.type === "boolean"
            ? "true"
            : "set",
        ]),
      ),
    }),
    ...(names.length === 0 ? {} : {
      gateNames: Object.fromEntries(
        names.map(([name, field]) => [name, field["x-gate"] as string]),
      ),
    }),
    ...(ours.length === 0 ? {} : { gangwayParams: ours.map(([name]) => name) }),
  };
}

/**
 * The field if it needs `experimentalApi`, else those of its own fields that
 * do, as `field.field`.
 */
function gatesOf(
  name: string,
  field: JsonSchema,
  definitions: Definitions,
): [string, JsonSchema][] {
  if ("x-experimental" in field) return [[name, field]];
  return structsOf(field, definitions)
    .flatMap(({ properties }) => Object.entries(properties as Definitions))
    .filter(([, inner]) => "x-experimental" in inner || "x-gate" in inner)
    .map(([inner, schema]) => [`${name}.${inner}`, schema]);
}

/** The objects among what a schema allows; not those within them. */
function structsOf(schema: JsonSchema, definitions: Definitions): JsonSchema[] {
  const { $ref, allOf, anyOf } = schema;
  if (typeof $ref === "string") {
    const target = definitions[$ref.slice("#/definitions/".length)];
    return target === undefined ? [] : structsOf(target, definitions);
  }
  if (schema.properties !== undefined) return [schema];
  return [allOf ?? [], anyOf ?? []].flat()
    .flatMap((each) => structsOf(each as JsonSchema, definitions));
}

/** A template literal: one row of a table stays one line of a diff. */
function template(text: string): string {
  if (/[`\\]|\$\{/.test(text)) throw new Error(`"${text}" needs escapes`);
  return `\`${text}\``;
}

/** On one line, or on two if that is too long, as `deno fmt` has it. */
function line(head: string, tail: string): string {
  return head.length + 1 + tail.length <= 80
    ? `${head} ${tail}\n`
    : `${head}\n    ${tail}\n`;
}
