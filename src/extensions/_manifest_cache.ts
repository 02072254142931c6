import { realWithin } from "./_paths.ts";
import {
  manifestFiles,
  type PluginManifest,
  readManifest,
} from "./_plugin_manifest.ts";
import { FileCache } from "./_read_small_file.ts";

/** What plugins say of themselves, read again only after their files changed. */
export class ManifestCache {
  readonly #files = new FileCache<PluginManifest | undefined>();

  /**
   * What the plugin in a directory says of itself.
   *
   * @param bounds Directory that its files must not lead out of.
   * @returns Undefined if it is not there, is broken, or leads out of there.
   */
  async read(
    directory: string,
    bounds = directory,
  ): Promise<PluginManifest | undefined> {
    for (const file of manifestFiles) {
      const path = `${directory}/${file}`;
      try {
        const manifest = await this.#files.read(
          path,
          async (text) =>
            await realWithin(path, bounds) === undefined
              ? undefined
              : readManifest(text, directory),
        );
        if (manifest !== undefined) return manifest;
      } catch {
        return undefined;
      }
    }
    return undefined;
  }
}
