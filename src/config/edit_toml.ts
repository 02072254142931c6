import { editList } from "./_edit_list.ts";
import { isSameValue } from "./_same_value.ts";
import { isListOfTables } from "./_toml_blocks.ts";
import { TomlDocument } from "./_toml_document.ts";
import { isTable, parseToml, type TomlTable, type TomlValue } from "./toml.ts";

/** A change of a document; without a value, what is there goes. */
interface Change {
  readonly path: readonly string[];
  readonly value?: TomlValue;
  /** What is there. */
  readonly old?: TomlValue;
}

/** A second look is for tables that were only there because of what they held. */
const maxRounds = 3;

/**
 * Changes the text of a document so that it says something else. What need not
 * be touched stays as it is: comments, blank lines, order, ends of lines.
 *
 * @throws {Error} if the text is written in a way that cannot be changed
 * without harm.
 */
export async function editToml(
  text: string,
  wanted: TomlTable,
): Promise<string> {
  const before = await parseToml(text);
  // A table that was only there because of what it held goes with that.
  const isGone = ({ path, value, old }: Change): boolean =>
    old === undefined && value !== undefined && holdsNothing(value) &&
    isTable(findValue(before, path));
  for (let round = 0; round < maxRounds; round++) {
    const changes = findChanges(await parseToml(text), wanted, [])
      .filter((change) => !isGone(change)).toArray();
    if (changes.length === 0) return text;
    for (const change of changes) text = await apply(text, change);
  }
  const left = findChanges(await parseToml(text), wanted, []);
  if (left.every(isGone)) return text;
  throw new Error("The file is written in a way that cannot be edited");
}

function findValue(
  table: TomlTable,
  path: readonly string[],
): TomlValue | undefined {
  let value: TomlValue | undefined = table;
  for (const key of path) {
    value = value !== undefined && isTable(value) && Object.hasOwn(value, key)
      ? value[key]
      : undefined;
  }
  return value;
}

function holdsNothing(value: TomlValue): boolean {
  return isTable(value) && Object.values(value).every(holdsNothing);
}

async function apply(
  text: string,
  { path, value, old }: Change,
): Promise<string> {
  const document = await TomlDocument.parse(text);
  const isList = old !== undefined && isListOfTables(old) &&
    value !== undefined && isListOfTables(value);
  if (isList && document.isInBlocks(path)) {
    return await editList(document, path, old, value);
  }
  if (value !== undefined) {
    const replaced = document.replace(path, value);
    if (replaced !== undefined) return replaced;
  }
  // What is there in another shape, such as a table that becomes a number.
  let cleared: TomlDocument = document;
  for (;;) {
    const left = cleared.removeOne(path);
    if (left === undefined) break;
    cleared = await TomlDocument.parse(left);
  }
  return value === undefined ? cleared.text : cleared.insert(path, value);
}

function* findChanges(
  is: TomlTable,
  wanted: TomlTable,
  prefix: readonly string[],
): Generator<Change> {
  for (const key of Object.keys(is)) {
    if (!Object.hasOwn(wanted, key)) yield { path: [...prefix, key] };
  }
  for (const [key, value] of Object.entries(wanted)) {
    const path = [...prefix, key];
    const old = Object.hasOwn(is, key) ? is[key] : undefined;
    if (isTable(old) && isTable(value)) yield* findChanges(old, value, path);
    else if (old === undefined || !isSameValue(old, value)) {
      yield { path, value, ...old !== undefined && { old } };
    }
  }
}
