import { DirectoryCache } from "./_directory_cache.ts";
import { isWithin } from "./_paths.ts";
import { isVersion, type PluginId } from "./_plugin_names.ts";

/** The plugins that are installed: a directory for each version of each. */
export class PluginCache {
  readonly #root: string;
  readonly #directories = new DirectoryCache();

  /** @param home Absolute path of `CODEX_HOME`. */
  constructor(home: string) {
    this.#root = `${home}/plugins/cache`;
  }

  /** Names of the plugins of a marketplace that may be installed. */
  names(marketplace: string): ReadonlySet<string> {
    const entries = this.#directories.list(`${this.#root}/${marketplace}`);
    return new Set(entries.map(({ name }) => name));
  }

  /** Directory of the installed version; undefined if there is none. */
  find(id: PluginId): string | undefined {
    const directory = this.#toDirectory(id);
    const versions = this.#directories.list(directory)
      .filter(({ name, isDirectory }) => isDirectory && isVersion(name))
      .map(({ name }) => name);
    if (versions.length === 0) return undefined;
    const newest = versions.includes("local")
      ? "local"
      : versions.sort(byVersion).at(-1)!;
    return `${directory}/${newest}`;
  }

  /**
   * Copies a plugin, in place of any version before. Half a plugin is never
   * seen.
   *
   * @param from Real path of its directory.
   * @throws {Error} if something in it leads out of it.
   */
  async put(id: PluginId, version: string, from: string): Promise<string> {
    const directory = this.#toDirectory(id);
    const staging = `${directory}.${crypto.randomUUID()}.staging`;
    await Deno.mkdir(staging, { recursive: true });
    try {
      await copy(from, `${staging}/${version}`, from);
      await Deno.remove(directory, { recursive: true }).catch(ignoreMissing);
      await Deno.rename(staging, directory);
    } catch (error) {
      await Deno.remove(staging, { recursive: true }).catch(ignoreMissing);
      throw error;
    }
    return `${directory}/${version}`;
  }

  /** Removes all versions of a plugin; fine if there are none. */
  async remove(id: PluginId): Promise<void> {
    await Deno.remove(this.#toDirectory(id), { recursive: true })
      .catch(ignoreMissing);
  }

  #toDirectory({ name, marketplace }: PluginId): string {
    return `${this.#root}/${marketplace}/${name}`;
  }
}

/** Links to files of the plugin itself are copied as these files. */
async function copy(from: string, to: string, root: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isSymlink, isDirectory } of Deno.readDir(from)) {
    if (name === ".git") continue;
    const source = `${from}/${name}`;
    const target = `${to}/${name}`;
    if (isDirectory) await copy(source, target, root);
    else if (isSymlink) {
      const real = await Deno.realPath(source).catch(() => undefined);
      const isFile = real !== undefined && isWithin(real, root) &&
        (await Deno.stat(real)).isFile;
      if (!isFile) {
        const link = source.slice(root.length + 1);
        throw new Error(
          `plugin has a link that leads to no file of its own: \`${link}\``,
        );
      }
      await Deno.copyFile(real, target);
    } else if ((await Deno.lstat(source)).isFile) {
      await Deno.copyFile(source, target);
    }
  }
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
