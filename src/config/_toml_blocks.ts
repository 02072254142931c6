import { encodePath, encodeValue } from "./_toml_text.ts";
import { isTable, type TomlTable, type TomlValue } from "./toml.ts";

/** A table as blocks: what is plain below its header, then tables within it. */
export function* toTableLines(
  path: readonly string[],
  table: TomlTable,
): Generator<string> {
  const entries = Object.entries(table);
  const isBlock = ([key, value]: [string, TomlValue]) =>
    isTable(value) || isOwnList([...path, key], value);
  const plain = entries.filter((entry) => !isBlock(entry));
  const inner = entries.filter(isBlock);
  if (plain.length > 0 || inner.length === 0) {
    yield `[${encodePath(path)}]`;
    for (const [key, value] of plain) {
      yield `${encodePath([key])} = ${encodeValue(value)}`;
    }
  }
  let isFirst = plain.length === 0;
  for (const [key, value] of inner) {
    if (!isFirst) yield "";
    isFirst = false;
    yield* isTable(value)
      ? toTableLines([...path, key], value)
      : toListLines([...path, key], value as TomlTable[]);
  }
}

/** A list of tables as blocks: what is in each of them stands in lines. */
export function toListLines(
  path: readonly string[],
  list: readonly TomlTable[],
): string[] {
  return list.flatMap((table, at) => [
    ...at === 0 ? [] : [""],
    `[[${encodePath(path)}]]`,
    ...Object.entries(table).map(([key, value]) =>
      `${encodePath([key])} = ${encodeValue(value)}`
    ),
  ]);
}

/** Whether a value can be written as blocks, one for each item. */
export function isListOfTables(value: TomlValue): value is TomlTable[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}

/**
 * Whether a value is the list that servers keep of skills: it stands in blocks
 * from the start, as people know it. Other lists do once somebody wrote them so.
 */
export function isOwnList(
  path: readonly string[],
  value: TomlValue,
): value is TomlTable[] {
  return path.join(".") === "skills.config" && isListOfTables(value);
}
