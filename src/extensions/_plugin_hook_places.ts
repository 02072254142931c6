import { readHooks } from "./_hook_declarations.ts";
import { toEvents } from "./_hook_file.ts";
import type { JsonTable } from "./_json.ts";
import type { JsonNode } from "./_json_node.ts";
import { resolveWithin } from "./_paths.ts";

/** Where the hooks of a plugin stand. */
export type PluginHookPlaces =
  | {
    /** Where they usually do, if there is such a file. */
    readonly type: "usual";
    readonly file: string;
  }
  | { readonly type: "files"; readonly files: readonly string[] }
  | {
    /** In the manifest itself, as what hook files hold. */
    readonly type: "manifest";
    readonly tables: readonly JsonTable[];
  };

/**
 * What a manifest says of its hooks: a path, a hook file in place of one, or a
 * list of either. What can't be used as a whole counts as not said.
 */
export function toHookPlaces(
  said: JsonNode | undefined,
  directory: string,
): PluginHookPlaces {
  const parts = said?.isList ? said.list() : said === undefined ? [] : [said];
  const usual: PluginHookPlaces = {
    type: "usual",
    file: `${directory}/hooks/hooks.json`,
  };
  if (parts.length === 0) return usual;
  if (parts.every((part) => part.isTable)) {
    const tables = parts.map((part) => part.table());
    return tables.every(isHookFile) ? { type: "manifest", tables } : usual;
  }
  if (!parts.every((part) => part.isText)) return usual;
  const files = parts.flatMap((part) =>
    resolveWithin(directory, part.text()) ?? []
  );
  return files.length === 0 ? usual : { type: "files", files };
}

function isHookFile(table: JsonTable): boolean {
  try {
    readHooks(toEvents(table), "");
    return true;
  } catch {
    return false;
  }
}
