import { isSameValue } from "./_same_value.ts";
import { TomlDocument } from "./_toml_document.ts";
import type { TomlTable } from "./toml.ts";

/**
 * Changes a list of tables that stands in blocks, block by block: what stays
 * keeps its place and its comments.
 *
 * @param is What the list is.
 * @param wanted What it is to be: one item at least.
 */
export async function editList(
  document: TomlDocument,
  path: readonly string[],
  is: readonly TomlTable[],
  wanted: readonly TomlTable[],
): Promise<string> {
  const kept = findKept(is, wanted);
  // What the list is by now; undefined are items that don't stay.
  const now = is.map((_, at) => {
    const index = kept.indexOf(at);
    return index < 0 ? undefined : index;
  });
  let { text } = document;
  const change = async (
    apply: (document: TomlDocument) => string | undefined,
  ) => {
    text = apply(await TomlDocument.parse(text)) ?? text;
  };
  const remove = async (at: number) => {
    await change((document) => document.removeOne([...path, String(at)]));
    now.splice(at, 1);
  };
  for (const [at, item] of wanted.entries()) {
    if (kept[at] !== undefined) {
      while (now[at] !== at) await remove(at);
    } else if (at < now.length && now[at] === undefined) {
      await change((document) => document.replaceItem(path, at, item));
      now[at] = at;
    } else {
      await change((document) => document.insertItem(path, at, item));
      now.splice(at, 0, at);
    }
  }
  while (now.length > wanted.length) await remove(wanted.length);
  return text;
}

/** Which item of the list each wanted one is, in an order that rises. */
function findKept(
  is: readonly TomlTable[],
  wanted: readonly TomlTable[],
): (number | undefined)[] {
  let from = 0;
  return wanted.map((item) => {
    const found = is.findIndex((one, at) =>
      at >= from && isSameValue(one, item)
    );
    if (found < 0) return undefined;
    from = found + 1;
    return found;
  });
}
