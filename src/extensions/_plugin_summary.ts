import type { PluginSummary } from "../protocol/mod.ts";
import type { Offer } from "./_marketplace_file.ts";
import type { PluginManifest } from "./_plugin_manifest.ts";
import type { PluginId } from "./_plugin_names.ts";

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
