import type { ConfigLayer, HookSource } from "../protocol/mod.ts";
import { type HookDeclarations, readHooks } from "./_hook_declarations.ts";
import { openHookFile } from "./_hook_file.ts";
import { isTable } from "./_json.ts";
import { toParent } from "./_paths.ts";
import { isFile, readSmallFile, toFault } from "./_read_small_file.ts";

/** A file, or a table of one, that declares hooks. */
export interface DeclaredHooks {
  readonly file: string;
  readonly source: HookSource;
  readonly declarations: HookDeclarations;
  /** What keys begin with. */
  readonly keyStart: string;
  readonly isManaged: boolean;
}

/**
 * The hooks of a layer of the configuration, and those that lie beside it.
 *
 * @param warnings Where to say what of it can't be read.
 */
export async function readLayerHooks(
  { name, config }: Pick<ConfigLayer, "name" | "config">,
  warnings: string[],
): Promise<DeclaredHooks[]> {
  const place = toPlace(name);
  if (place === undefined) return [];
  const { file, directory, source, isManaged } = place;
  const found: DeclaredHooks[] = [];
  const take = (path: string, read: () => HookDeclarations) => {
    try {
      const declarations = read();
      found.push({
        file: path,
        source,
        declarations,
        keyStart: path,
        isManaged,
      });
    } catch (error) {
      warnings.push(toWarning(path, error));
    }
  };
  if (directory !== undefined) {
    const path = `${directory}/hooks.json`;
    const text = await readIfThere(path, warnings);
    if (text !== undefined) {
      take(path, () => readHooks(openHookFile(text), path));
    }
  }
  const table = isTable(config) && isTable(config.hooks) ? config.hooks : {};
  take(file, () => readHooks(table, file));
  const used = found.filter(({ declarations }) => declarations.isUsed);
  if (used.length > 1) {
    warnings.push(
      `loading hooks from both ${used[0]!.file} and ${
        used[1]!.file
      }; prefer a single representation for this layer`,
    );
  }
  return found;
}

interface LayerPlace {
  readonly file: string;
  /** Where its hooks.json lies. */
  readonly directory: string | undefined;
  readonly source: HookSource;
  readonly isManaged: boolean;
}

function toPlace(name: ConfigLayer["name"]): LayerPlace | undefined {
  switch (name.type) {
    case "system":
      return {
        file: name.file,
        directory: toParent(name.file),
        source: "system",
        isManaged: true,
      };
    case "user":
      return {
        file: name.file,
        directory: toParent(name.file),
        source: "user",
        isManaged: false,
      };
    case "project":
      return {
        file: `${name.dotCodexFolder}/config.toml`,
        directory: name.dotCodexFolder,
        source: "project",
        isManaged: false,
      };
    case "sessionFlags":
      return {
        file: "/<session-flags>/config.toml",
        directory: undefined,
        source: "sessionFlags",
        isManaged: false,
      };
    case "legacyManagedConfigTomlFromFile":
      return {
        file: name.file,
        directory: undefined,
        source: "legacyManagedConfigFile",
        isManaged: true,
      };
    default:
      return undefined;
  }
}

/** The hooks that the administrator demands: they are in no layer. */
export function readManagedHooks(
  hooks: unknown,
  { file, warnings }: { file: string; warnings: string[] },
): DeclaredHooks[] {
  if (!isTable(hooks)) return [];
  const { managedDir } = hooks;
  const path = typeof managedDir === "string" ? managedDir : file;
  try {
    return [{
      file: path,
      source: "system",
      declarations: readHooks(hooks, path),
      keyStart: path,
      isManaged: true,
    }];
  } catch (error) {
    warnings.push(toWarning(path, error));
    return [];
  }
}

function toWarning(file: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `failed to parse hooks config ${file}: ${reason}`;
}

async function readIfThere(
  path: string,
  warnings: string[],
): Promise<string | undefined> {
  if (!await isFile(path)) return undefined;
  try {
    return await readSmallFile(path);
  } catch (error) {
    warnings.push(`failed to read hooks config ${path}: ${toFault(error)}`);
    return undefined;
  }
}
