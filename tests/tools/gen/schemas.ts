/**
 * Makes JSON Schemas of the contract's interfaces.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";
import {
  type ContractSource,
  isContractDeclaration,
  type MethodEntry,
} from "./contract_source.ts";

/** A JSON Schema as far as we write it. */
export interface JsonSchema {
  [keyword: string]: unknown;
}

/** Schemas by type name. */
export type Definitions = Record<string, JsonSchema>;

/** Keywords that the run-time validators know. */
const understood = new Set([
  "$ref",
  "additionalProperties",
  "anyOf",
  "const",
  "enum",
  "format",
  "items",
  "maximum",
  "minLength",
  "minimum",
  "properties",
  "required",
  "type",
]);
/** Keywords that only say something to readers. */
const remarks = new Set(["description", "experimental", "gangway", "gate"]);
const formats = new Set([
  "absolute-path",
  "int32",
  "int64",
  "path",
  "uint",
  "uint16",
  "uint32",
]);

/** Reads the domain files and gives every type's schema in declared order. */
export function readDefinitions(
  root: URL,
  contract: ContractSource,
  problems: string[],
): Definitions {
  const names = contract.domains.map(({ name }) => name.slice(0, -3));
  const path = new URL(`src/protocol/@(${names.join("|")}).ts`, root);
  const generator = createGenerator({
    path: fileURLToPath(path),
    type: "*",
    expose: "export",
    jsDoc: "extended",
    functions: "fail",
    skipTypeCheck: true,
    sortProps: false,
    additionalProperties: true,
    extraTags: ["closed", "experimental", "gangway", "gate", "unfinished"],
  });
  const made = (generator.createSchema("*").definitions ?? {}) as Definitions;
  const definitions: Definitions = {};
  for (const name of Object.keys(made)) {
    if (/\W/.test(name)) {
      problems.push(`${name}: generic types are not representable`);
    }
  }
  // In declared order, not in that of the generator's file search.
  const declared = contract.domains
    .flatMap(({ source }) => source.statements.filter(isContractDeclaration))
    .map((declaration) => declaration.name.text);
  for (const name of declared) {
    const schema = made[name];
    if (schema === undefined) {
      problems.push(`${name}: not representable`);
      continue;
    }
    const { closed, unfinished, ...rest } = schema;
    const clean = cleaned(rest, name, name === "JsonValue", problems);
    definitions[name] = {
      ...clean,
      ...(closed === undefined ? {} : { additionalProperties: false }),
      ...(unfinished === undefined ? {} : { "x-unfinished": true }),
    };
  }
  for (const [name, schema] of Object.entries(definitions)) {
    for (const target of referencesOf(schema)) {
      if (!(target in definitions)) {
        problems.push(`${name}: refers to the unknown type ${target}`);
      }
    }
  }
  return definitions;
}

/** Names of the types that a schema refers to. */
export function referencesOf(schema: unknown): Set<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, child] of Object.entries(value)) {
      if (key === "$ref" && typeof child === "string") {
        found.add(child.slice("#/definitions/".length));
      } else visit(child);
    }
  };
  visit(schema);
  return found;
}

/** The types' schemas and what they refer to, for run-time validation. */
export function toRuntime(
  definitions: Definitions,
  roots: readonly string[],
): Definitions {
  const wanted = new Set<string>();
  const want = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    referencesOf(definitions[name]).forEach(want);
  };
  roots.forEach(want);
  const bare: Definitions = {};
  for (const [name, schema] of Object.entries(definitions)) {
    if (wanted.has(name)) bare[name] = withoutRemarks(schema) as JsonSchema;
  }
  return bare;
}

/** The unions that say which message carries what. */
export function messageUnions(contract: ContractSource): Definitions {
  const { maps } = contract;
  return {
    RequestId: {
      anyOf: [{ type: "string" }, { type: "integer", format: "int64" }],
      description: "Chosen by the sender of a request, echoed by its answer.",
    },
    ClientRequest: union(
      "Every request from the client to the server.",
      maps.clientRequests,
      true,
    ),
    ClientNotification: union(
      "Every notification from the client to the server.",
      maps.clientNotifications,
      false,
    ),
    ServerRequest: union(
      "Every request from the server to the client.",
      maps.serverRequests,
      true,
    ),
    ServerNotification: union(
      "Every notification from the server to the client.",
      maps.serverNotifications,
      false,
    ),
  };
}

function union(
  description: string,
  entries: readonly MethodEntry[],
  isRequest: boolean,
): JsonSchema {
  return {
    description,
    anyOf: entries.map((entry) => ({
      title: entry.name,
      ...(entry.description === "" ? {} : { description: entry.description }),
      type: "object",
      properties: {
        ...(isRequest ? { id: { $ref: "#/definitions/RequestId" } } : {}),
        method: { type: "string", const: entry.name },
        ...(entry.params === null ? {} : { params: shapeOf(entry.params) }),
      },
      required: [
        ...(isRequest ? ["id"] : []),
        "method",
        ...(entry.params === null || entry.params === "Unfinished" ||
            entry.optional
          ? []
          : ["params"]),
      ],
      ...(entry.result === null ? {} : { "x-result": shapeOf(entry.result) }),
      ...(entry.experimental ? { "x-experimental": true } : {}),
      ...(entry.gangway ? { "x-gangway": true } : {}),
      ...(entry.legacy ? { "x-legacy": true } : {}),
    })),
  };
}

function shapeOf(type: string): JsonSchema {
  return type === "Unfinished"
    ? { "x-unfinished": true }
    : { $ref: `#/definitions/${type}` };
}

/** Checks a generated schema against what we understand, and tidies it. */
function cleaned(
  schema: JsonSchema,
  at: string,
  mayBeAnything: boolean,
  problems: string[],
): JsonSchema {
  const result: JsonSchema = {};
  let says = false;
  for (const [key, value] of Object.entries(schema)) {
    if (remarks.has(key)) {
      if (key === "description") result[key] = value;
      else result[`x-${key}`] = value;
      continue;
    }
    if (!understood.has(key)) {
      problems.push(`${at}: "${key}" is not representable`);
      continue;
    }
    says = true;
    if (key === "properties") {
      result[key] = Object.fromEntries(
        Object.entries(value as Definitions).map(([name, child]) => [
          name,
          cleaned(child, `${at}.${name}`, false, problems),
        ]),
      );
    } else if (key === "anyOf") {
      result[key] = (value as JsonSchema[]).map((child, index) =>
        cleaned(child, `${at}|${index}`, false, problems)
      );
    } else if (key === "items" && Array.isArray(value)) {
      problems.push(`${at}: tuples are not representable`);
    } else if (key === "items") {
      result[key] = cleaned(value as JsonSchema, `${at}[]`, false, problems);
    } else if (key === "additionalProperties" && typeof value === "object") {
      // An index signature of type `never`: nothing else may be there.
      result[key] = JSON.stringify((value as JsonSchema).not) === "{}"
        ? false
        : cleaned(value as JsonSchema, `${at}{}`, false, problems);
    } else {
      if (key === "format" && !formats.has(value as string)) {
        problems.push(`${at}: format "${value}" is not known`);
      }
      result[key] = value;
    }
  }
  if (!says && !mayBeAnything) {
    problems.push(`${at}: not representable; for any JSON use JsonValue`);
  }
  // Draft 7 ignores whatever stands beside $ref.
  if ("$ref" in result && Object.keys(result).length > 1) {
    const { $ref, ...rest } = result;
    return { allOf: [{ $ref }], ...rest };
  }
  return result;
}

function withoutRemarks(value: unknown, isNames = false): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutRemarks(each));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) =>
      isNames || (key !== "description" && !key.startsWith("x-"))
    )
    .map(([key, child]) => [
      key,
      key === "$ref"
        ? (child as string).slice("#/definitions/".length)
        : withoutRemarks(child, !isNames && key === "properties"),
    ]);
  const bare = Object.fromEntries(entries) as JsonSchema;
  const only = Array.isArray(bare.allOf) ? bare.allOf[0] as JsonSchema : bare;
  return isNames ? bare : only;
}
