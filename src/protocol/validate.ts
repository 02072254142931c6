import { checkOf, isObject } from "./_check.ts";
import { choiceText } from "./_expect.ts";
import { explain, explainPositions } from "./_explain.ts";
import { resolve, schemaOf } from "./_schema.ts";
import { quote, shown } from "./_show.ts";
import { contractTable, type MethodInfo } from "./contract_table.ts";
import { RpcError } from "./errors.ts";
import type { ServerMethodName } from "./methods.ts";

/** What is wrong with a value, or undefined if nothing is. */
export type Validator = (value: unknown) => string | undefined;

/**
 * The validator of a type of the contract: of parameters from the client, or
 * of results that the client gives. Any JSON value passes as `Unfinished`.
 *
 * @throws {RangeError} when no schema is kept for a type of that name.
 *
 * @example
 * ```ts
 * import { validator } from "@gangway/app-server/protocol";
 * const validate = validator("FsGetMetadataParams");
 * if (validate({ path: "/etc/hosts" }) !== undefined) throw new Error();
 * if (validate({ path: 5 }) === undefined) throw new Error();
 * ```
 */
export function validator(typeName: string): Validator {
  if (typeName === "Unfinished") return () => undefined;
  const check = checkOf(typeName);
  return (value) =>
    check(value) ? undefined : explain(typeName, value, "value");
}

/**
 * Checks the parameters of a request. They are given back as they came, but
 * for an array: it fills the fields of the parameters in declared order,
 * without those of the `gangway` capability. Unknown fields stay in.
 *
 * @throws {RpcError} -32600 `Invalid request: …` with the field, what was
 * expected and what came; contents of files and secrets are not repeated.
 *
 * @example
 * ```ts
 * import { decodeParams } from "@gangway/app-server/protocol";
 * const params = decodeParams("fs/getMetadata", ["/etc/hosts"]);
 * if (JSON.stringify(params) !== '{"path":"/etc/hosts"}') throw new Error();
 * ```
 */
export function decodeParams(method: string, raw: unknown): unknown {
  const info = contractTable.clientRequests.get(method);
  if (info === undefined) throw unknownMethod(method);
  const { params } = info;
  if (params === "Unfinished") return raw;
  if (params === null) return decodeNothing(raw);
  if (raw === undefined || raw === null) {
    if (info.optional === true) return {};
    throw refusal(
      `missing field \`params\` (at params, expected struct ${params})`,
    );
  }
  const { schema } = resolve({ $ref: params });
  if (schema.type === "object" && schema.properties === undefined) {
    return decodeFieldless(params, raw, schema.additionalProperties === false);
  }
  const isStruct = schemaOf(params).properties !== undefined;
  if (Array.isArray(raw) && isStruct) return fromPositions(params, info, raw);
  if (checkOf(params)(raw)) return raw;
  throw refusal(explain(params, raw, "params") ?? `expected ${params}`);
}

/**
 * Checks what a client answered to a request of the server. Unknown fields stay
 * in.
 *
 * @throws {RpcError} -32600 `Invalid response: …` with the field, what was
 * expected and what came.
 */
export function decodeAnswer(method: ServerMethodName, raw: unknown): unknown {
  const type = contractTable.serverRequests.get(method)?.result;
  if (type == null || type === "Unfinished") return raw;
  const problem = validator(type)(raw);
  if (problem === undefined) return raw;
  throw RpcError.invalidRequest(`Invalid response: ${problem}`);
}

function decodeNothing(raw: unknown): undefined {
  const isNothing = raw === undefined || raw === null ||
    (isObject(raw) && Object.keys(raw).length === 0);
  if (isNothing) return undefined;
  throw refusal(
    `invalid type: ${shown(raw, false)}, expected unit (at params)`,
  );
}

/** Of a type without fields; unknown ones are refused if it is closed. */
function decodeFieldless(
  type: string,
  raw: unknown,
  isClosed: boolean,
): unknown {
  if (Array.isArray(raw)) {
    if (raw.length === 0) return {};
    throw refusal(
      `invalid length ${raw.length}, expected 0 elements in sequence (at params)`,
    );
  }
  if (!isObject(raw)) {
    throw refusal(
      `invalid type: ${shown(raw, false)}, expected struct ${type} (at params)`,
    );
  }
  const [field] = Object.keys(raw);
  if (!isClosed || field === undefined) return raw;
  throw refusal(
    `unknown field ${
      quote(field, false, "`")
    }, there are no fields (at params)`,
  );
}

function fromPositions(
  type: string,
  { gangwayParams = [] }: MethodInfo,
  values: readonly unknown[],
): unknown {
  const names = Object.keys(schemaOf(type).properties ?? {})
    .filter((name) => !gangwayParams.includes(name));
  const fields = Object.fromEntries(
    values.map((value, index) => [names[index] ?? "", value]),
  );
  if (values.length <= names.length && checkOf(type)(fields)) return fields;
  throw refusal(explainPositions(type, values, names) ?? `expected ${type}`);
}

function refusal(text: string): RpcError {
  return RpcError.invalidRequest(`Invalid request: ${text}`);
}

/**
 * The refusal of a request whose method no version of the contract knows. Lists
 * those that it knows, without ours and without older ones: whoever uses them has
 * read of them.
 */
export function unknownMethod(name: string): RpcError {
  const names = [...contractTable.clientRequests]
    .filter(([, { gangway, legacy }]) =>
      gangway === undefined && legacy === undefined
    )
    .map(([known]) => known);
  return refusal(
    `unknown variant ${quote(name, false, "`")}, expected ${choiceText(names)}`,
  );
}

/**
 * Refuses what needs `experimentalApi` to a client that did not ask for it:
 * the method itself, or the first such field that is used.
 *
 * @throws {RpcError} -32600 `… requires experimentalApi capability`.
 */
export function gate(
  method: string,
  params: unknown,
  client: { readonly experimentalApi: boolean },
): void {
  if (client.experimentalApi) return;
  const info = contractTable.clientRequests.get(method);
  if (info === undefined) return;
  if (info.experimental === true) throw needsExperimental(method);
  if (info.experimentalParams === undefined || !isObject(params)) return;
  for (const [field, rule] of Object.entries(info.experimentalParams)) {
    const value = field.split(".").reduce<unknown>(
      (at, name) => isObject(at) ? at[name] : undefined,
      params,
    );
    const isUsed = rule === "present"
      ? value !== undefined
      : rule === "true"
      ? value === true
      : value !== undefined && value !== null;
    if (isUsed) {
      throw needsExperimental(info.gateNames?.[field] ?? `${method}.${field}`);
    }
  }
}

function needsExperimental(name: string): RpcError {
  return RpcError.invalidRequest(`${name} requires experimentalApi capability`);
}

/**
 * The parameters without the fields of the `gangway` capability, for a
 * connection that did not negotiate it; the same object if there are none.
 * Takes parameters that are not decoded yet, so that such a field is not even
 * looked at.
 *
 * @throws {RpcError} as {@linkcode unknownMethod} if the method is one of ours.
 */
export function stripGangway(method: string, params: unknown): unknown {
  const info = contractTable.clientRequests.get(method);
  if (info?.gangway === true) throw unknownMethod(method);
  const fields = info?.gangwayParams;
  if (fields === undefined || !isObject(params)) return params;
  if (!fields.some((field) => Object.hasOwn(params, field))) return params;
  return Object.fromEntries(
    Object.entries(params).filter(([name]) => !fields.includes(name)),
  );
}
