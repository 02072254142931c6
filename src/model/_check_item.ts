import { isKnown, type ResponseItem } from "./response_item.ts";

type Fields = Readonly<Record<string, unknown>>;

const isText = (value: unknown): value is string => typeof value === "string";
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isOptional =
  (check: (value: unknown) => boolean) => (value: unknown): boolean =>
    value === undefined || value === null || check(value);

const isParts = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((part) =>
    isFields(part) && isText(part["type"]) &&
    (!part["type"].endsWith("_text") || isText(part["text"]))
  );

const isOutput = (value: unknown): boolean => isText(value) || isParts(value);

/** Fields that an item can't do without, by its type. */
const needed: Readonly<
  Record<string, Readonly<Record<string, (value: unknown) => boolean>>>
> = {
  message: { role: isText, content: isParts },
  reasoning: { summary: isParts, content: isOptional(isParts) },
  function_call: {
    name: isText,
    arguments: isText,
    call_id: isText,
    namespace: isOptional(isText),
  },
  function_call_output: { call_id: isText, output: isOutput },
  custom_tool_call: { call_id: isText, name: isText, input: isText },
  custom_tool_call_output: { call_id: isText, output: isOutput },
  web_search_call: { action: isOptional(isFields) },
};

/**
 * Whether a value that came from a model is an item: everybody behind this
 * point relies on the fields of the types that are known.
 */
export function isItem(value: unknown): value is ResponseItem {
  if (!isFields(value) || !isText(value["type"])) return false;
  if (!isOptional(isText)(value["id"])) return false;
  const item = value as unknown as ResponseItem;
  if (!isKnown(item)) return true;
  const fields = needed[item.type];
  for (const name in fields) {
    if (fields[name]?.(value[name]) === false) return false;
  }
  return true;
}
