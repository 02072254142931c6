import type { TomlTable } from "./toml.ts";

/**
 * Adds settings to a TOML file, which is made if it is missing. What is there
 * already stays as it is, comments and all, and wins.
 *
 * @param options.home The server's home, if the file is the user's own: other
 * servers write it too, and are waited for.
 * @returns Whether there was anything to add.
 * @throws {SyntaxError} if the file is broken.
 * @throws {Error} if it can't be read or written.
 */
export async function addSettings(
  path: string,
  settings: TomlTable,
  { home }: { readonly home?: string | undefined } = {},
): Promise<boolean> {
  const { add, addLocked } = await import("./_add_settings.ts");
  return home === undefined
    ? await add(path, settings, true)
    : await addLocked(path, settings, home);
}

/**
 * Whether {@linkcode addSettings} would add anything.
 *
 * @throws {SyntaxError} if the file is broken.
 */
export async function lacksSettings(
  path: string,
  settings: TomlTable,
): Promise<boolean> {
  const { add } = await import("./_add_settings.ts");
  return await add(path, settings, false);
}
