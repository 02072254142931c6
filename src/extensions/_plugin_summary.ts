import type { PluginSummary } from "../protocol/mod.ts";
import type { Offer } from "./_marketplace_file.ts";
import { bareInterface, type PluginManifest } from "./_plugin_manifest.ts";
import type { PluginId } from "./_plugin_names.ts";

/** What lists say of a plugin. */
export function toSummary(
  { name, marketplace }: PluginId,
  offer: Offer,
  manifest: PluginManifest | undefined,
  state: { readonly isInstalled: boolean; readonly isEnabled: boolean },
): PluginSummary {
  const { category } = offer;
  const shown = manifest?.interface ??
    (category === null ? null : bareInterface);
  return {
    id: `${name}@${marketplace}`,
    remotePluginId: null,
    version: null,
    localVersion: manifest?.version?.trim() || null,
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
      category: category ?? shown.category,
    },
    keywords: [...manifest?.keywords ?? []],
  };
}
