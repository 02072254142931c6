import type { ResponseItem } from "../model/mod.ts";
import { type JsonValue, RpcError } from "../protocol/mod.ts";

/** Fields that an item of a kind can't be without, and what they hold. */
const required: Readonly<
  Record<string, Readonly<Record<string, "string" | "list">>>
> = {
  message: { role: "string", content: "list" },
  reasoning: { summary: "list" },
  function_call: { name: "string", arguments: "string", call_id: "string" },
  function_call_output: { call_id: "string" },
  custom_tool_call: { call_id: "string", name: "string", input: "string" },
  custom_tool_call_output: { call_id: "string" },
  local_shell_call: {},
  web_search_call: {},
};

/**
 * Reads what a client wants the model to see. Items of kinds that are not known
 * are accepted and left out: a provider would refuse the whole conversation.
 *
 * @throws {RpcError} if there are none, or one is none.
 */
export function toInjectedItems(items: readonly JsonValue[]): ResponseItem[] {
  if (items.length === 0) {
    throw RpcError.invalidRequest("items must not be empty");
  }
  return items.flatMap((item, index) => {
    const reason = findFlaw(item);
    if (reason !== undefined) {
      throw RpcError.invalidRequest(
        `items[${index}] is not a valid response item: ${reason}`,
      );
    }
    const known = item as unknown as ResponseItem;
    if (!Object.hasOwn(required, known.type)) return [];
    return known.type === "message" && known.id === undefined
      ? [{ ...known, id: `msg_${crypto.randomUUID()}` }]
      : [known];
  });
}

function findFlaw(item: JsonValue): string | undefined {
  if (typeof item !== "object" || item === null || Array.isArray(item)) {
    return `invalid type: ${describe(item)}, expected internally tagged enum ` +
      "ResponseItem";
  }
  const fields = item as { readonly [name: string]: JsonValue };
  const { type } = fields;
  if (type === undefined) return "missing field `type`";
  if (typeof type !== "string") {
    return `invalid type: ${describe(type)}, expected variant identifier`;
  }
  const needed = Object.hasOwn(required, type) ? required[type]! : {};
  for (const [name, kind] of Object.entries(needed)) {
    const value = fields[name];
    if (value === undefined) return `missing field \`${name}\``;
    const isList = kind === "list";
    if (isList ? Array.isArray(value) : typeof value === "string") continue;
    const expected = isList ? "a sequence" : "a string";
    return `invalid type: ${describe(value)}, expected ${expected}`;
  }
  return undefined;
}

function describe(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "sequence";
  switch (typeof value) {
    case "string":
      return `string ${JSON.stringify(value)}`;
    case "number":
      return Number.isInteger(value)
        ? `integer \`${value}\``
        : `floating point \`${value}\``;
    case "boolean":
      return `boolean \`${value}\``;
    default:
      return "map";
  }
}
