import { findTarget, replaceFile } from "./_replace_file.ts";
import { isSameValue } from "./_same_value.ts";
import { withLock } from "./_with_lock.ts";
import { editToml } from "./edit_toml.ts";
import { isTable, parseToml, type TomlTable } from "./toml.ts";

/** See {@linkcode addSettings}; without `write` nothing is changed. */
export async function add(
  path: string,
  settings: TomlTable,
  isWriting: boolean,
): Promise<boolean> {
  const target = await findTarget(path);
  const text = await readOrEmpty(target);
  const before = await parseToml(text);
  const after = fill(before, settings);
  if (isSameValue(before, after)) return false;
  if (!isWriting) return true;
  const changed = await editToml(text, after);
  const directory = target.slice(0, target.lastIndexOf("/"));
  await Deno.mkdir(directory, { recursive: true });
  await replaceFile(target, changed);
  return true;
}

/** The same for a file that other servers may be writing. */
export function addLocked(
  path: string,
  settings: TomlTable,
  home: string,
): Promise<boolean> {
  return withLock(home, () => add(path, settings, true));
}

/** The settings, with what is there above them. */
function fill(above: TomlTable, below: TomlTable): TomlTable {
  const filled: TomlTable = { ...above };
  for (const [key, value] of Object.entries(below)) {
    const known = Object.hasOwn(above, key) ? above[key] : undefined;
    if (known === undefined) filled[key] = value;
    else if (isTable(known) && isTable(value)) filled[key] = fill(known, value);
  }
  return filled;
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
