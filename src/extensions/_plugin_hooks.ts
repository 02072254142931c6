import { type HookDeclarations, readHooks } from "./_hook_declarations.ts";
import { openHookFile, toEvents } from "./_hook_file.ts";
import { isWithin } from "./_paths.ts";
import { findManifest, type PluginManifest } from "./_plugin_manifest.ts";
import { isFile, readSmallFile, toFault } from "./_read_small_file.ts";

/** The hooks of one place of a plugin. */
export interface PluginHooks {
  /** The file that they stand in. */
  readonly file: string;
  /** What their place is called within the plugin. */
  readonly name: string;
  readonly declarations: HookDeclarations;
}

/**
 * Reads the hooks that a plugin brings.
 *
 * @param onFault Told of what can't be read, which brings nothing.
 */
export async function readPluginHooks(
  manifest: PluginManifest,
  root: string,
  onFault: (warning: string) => void,
): Promise<PluginHooks[]> {
  const { hooks } = manifest;
  if (hooks.type === "manifest") {
    const file = (await findManifest(root))?.path ?? root;
    return hooks.tables.map((table, at) => ({
      file,
      name: `plugin.json#hooks[${at}]`,
      declarations: readHooks(toEvents(table), file),
    }));
  }
  const found: PluginHooks[] = [];
  for (const file of hooks.type === "files" ? hooks.files : [hooks.file]) {
    if (hooks.type === "usual" && !await isFile(file)) continue;
    let text: string;
    try {
      text = await readWithin(file, root);
    } catch (error) {
      onFault(`failed to read plugin hooks config ${file}: ${toFault(error)}`);
      continue;
    }
    try {
      const declarations = readHooks(openHookFile(text), file);
      found.push({ file, name: file.slice(root.length + 1), declarations });
    } catch (error) {
      onFault(
        `failed to parse plugin hooks config ${file}: ${toFault(error)}`,
      );
    }
  }
  return found;
}

async function readWithin(path: string, directory: string): Promise<string> {
  const [real, bounds] = await Promise.all([
    Deno.realPath(path),
    Deno.realPath(directory),
  ]);
  if (isWithin(real, bounds)) return await readSmallFile(real);
  throw new Error("it leads out of the plugin");
}
