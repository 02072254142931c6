import { encodePath, encodeValue } from "./_toml_text.ts";
import { isTable, type TomlTable, type TomlValue } from "./toml.ts";

/** A table as blocks: what is plain below its header, then tables within it. */
export function* toTableLines(
  path: readonly string[],
  table: TomlTable,
): Generator<string> {
  const entries = Object.entries(table);
  const isBlock = (value: TomlValue) => isTable(value) || isListOfTables(value);
  const plain = entries.filter(([, value]) => !isBlock(value));
  const inner = entries.filter(([, value]) => isBlock(value));
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
