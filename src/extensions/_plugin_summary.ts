import type { PluginSummary } from "../protocol/mod.ts";
import type { Marketplace, Offer } from "./_marketplace_file.ts";
import { realWithin } from "./_paths.ts";
import {
  manifestFiles,
  type PluginManifest,
  readManifest,
} from "./_plugin_manifest.ts";
import type { PluginId } from "./_plugin_names.ts";
import { FileCache } from "./_read_small_file.ts";

/** What plugins on offer say of themselves, as long as their files stay. */
export class OfferedPlugins {
  readonly #files = new FileCache<PluginManifest | undefined>();

  /**
   * What a plugin says of itself where its marketplace has it.
   *
   * @returns Undefined if it is not there, is broken, or leads out of the
   * marketplace.
   */
  async read(
    { root }: Marketplace,
    { source }: Offer,
  ): Promise<PluginManifest | undefined> {
    if (source.type !== "local") return undefined;
    for (const file of manifestFiles) {
      const path = `${source.path}/${file}`;
      try {
        const manifest = await this.#files.read(
          path,
          async (text) =>
            await realWithin(path, root) === undefined
              ? undefined
              : readManifest(text, source.path),
        );
        if (manifest !== undefined) return manifest;
      } catch {
        return undefined;
      }
    }
    return undefined;
  }
}

/** What lists say of a plugin. */
export function toSummary(
  { name, marketplace }: PluginId,
  offer: Offer,
  manifest: PluginManifest | undefined,
  state: { readonly isInstalled: boolean; readonly isEnabled: boolean },
): PluginSummary {
  const shown = manifest?.interface ?? null;
  return {
    id: `${name}@${marketplace}`,
    remotePluginId: null,
    version: null,
    localVersion: manifest?.version ?? null,
    name,
    shareContext: null,
    source: offer.source,
    installed: state.isInstalled,
    installedAt: null,
    enabled: state.isEnabled,
    installPolicy: offer.installation,
    installPolicySource: null,
    mustShowInstallationInterstitial: null,
    authPolicy: offer.authentication,
    availability: "AVAILABLE",
    disabledReason: null,
    eligiblePlanTypes: null,
    interface: shown && {
      ...shown,
      category: offer.category ?? shown.category,
    },
    keywords: [...manifest?.keywords ?? []],
  };
}
