import type {
  PluginMarketplaceEntry,
  PluginSearchResponse,
} from "../protocol/mod.ts";

/** A plugin that was found, and where. */
type FoundPlugin = PluginSearchResponse["data"][number];

/**
 * Finds the plugins whose words hold a term: those that are called so, then
 * those that have it for a keyword.
 *
 * @param term In lower case.
 */
export function searchPlugins(
  marketplaces: readonly PluginMarketplaceEntry[],
  term: string,
): FoundPlugin[] {
  const isFound = (text: string | null | undefined) =>
    text?.toLowerCase().includes(term) === true;
  const byName: FoundPlugin[] = [];
  const byKeyword: FoundPlugin[] = [];
  for (const { name, path, plugins } of marketplaces) {
    for (const plugin of plugins) {
      const { displayName, shortDescription } = plugin.interface ?? {};
      const found = [plugin.name, displayName, shortDescription].some(isFound)
        ? byName
        : plugin.keywords.some(isFound)
        ? byKeyword
        : undefined;
      found?.push({ plugin, marketplaceName: name, marketplacePath: path });
    }
  }
  return [...byName, ...byKeyword];
}
