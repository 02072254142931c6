import { isTable, type JsonTable, parseTable } from "./_json.ts";

/** The table of events in a hooks.json. */
export function openHookFile(text: string): JsonTable {
  const table = parseTable(text);
  const unknown = Object.keys(table)
    .find((key) => key !== "hooks" && key !== "description");
  if (unknown !== undefined) {
    throw new Error(
      `unknown field \`${unknown}\`, expected \`description\` or \`hooks\``,
    );
  }
  const { hooks = {} } = table;
  if (isTable(hooks)) return hooks;
  throw new Error("`hooks` must be an object");
}
