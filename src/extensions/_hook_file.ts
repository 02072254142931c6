import { isTable, type JsonTable, parseTable } from "./_json.ts";

/**
 * The table of events in a hooks.json.
 *
 * @throws {Error} if it is broken.
 */
export function openHookFile(text: string): JsonTable {
  return toEvents(parseTable(text));
}

/**
 * The table of events in what a hook file holds.
 *
 * @throws {Error} if it is broken.
 */
export function toEvents(table: JsonTable): JsonTable {
  const unknown = Object.keys(table)
    .find((key) => key !== "hooks" && key !== "description");
  if (unknown !== undefined) {
    throw new Error(
      `unknown field \`${unknown}\`, expected \`description\` or \`hooks\``,
    );
  }
  const { hooks = {}, description = null } = table;
  if (description !== null && typeof description !== "string") {
    throw new Error("`description` must be a string");
  }
  if (isTable(hooks)) return hooks;
  throw new Error("`hooks` must be an object");
}
