import { isSameValue } from "./_same_value.ts";
import { parseJsonc } from "./jsonc.ts";
import type { ConfigTable } from "./config.ts";
import { toPlainTable } from "./_plain.ts";
import { isTable, type TomlTable, withoutMark } from "./toml.ts";

/**
 * Changes the text of a JSON document so that it says something else. Comments
 * and order stay.
 *
 * @throws {Error} if the text cannot be changed without harm.
 */
export async function editJsonc(
  text: string,
  wanted: TomlTable,
): Promise<string> {
  const { applyEdits, modify } = await import("jsonc-parser");
  let changed = withoutMark(text);
  const changes = [
    ...findChanges(await parseJsonc(text), wanted, toPlainTable(wanted), []),
  ];
  for (const { path, value } of changes) {
    const edits = modify(changed, [...path], value, {
      formattingOptions: {
        insertSpaces: true,
        tabSize: 2,
        eol: text.includes("\r\n") ? "\r\n" : "\n",
      },
    });
    changed = applyEdits(changed, edits);
  }
  if (isSameValue(await parseJsonc(changed), wanted)) return changed;
  throw new Error("The file is written in a way that cannot be edited");
}

function* findChanges(
  is: TomlTable,
  wanted: TomlTable,
  plain: ConfigTable,
  prefix: readonly string[],
): Generator<{ path: readonly string[]; value?: unknown }> {
  for (const key of Object.keys(is)) {
    if (!Object.hasOwn(wanted, key)) yield { path: [...prefix, key] };
  }
  for (const [key, value] of Object.entries(wanted)) {
    const path = [...prefix, key];
    const old = Object.hasOwn(is, key) ? is[key] : undefined;
    if (isTable(old) && isTable(value)) {
      yield* findChanges(old, value, plain[key] as ConfigTable, path);
    } else if (old === undefined || !isSameValue(old, value)) {
      yield { path, value: plain[key] };
    }
  }
}
