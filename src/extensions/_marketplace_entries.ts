import type { Config } from "../config/mod.ts";
import type { GitSource } from "./_git.ts";
import { isTable, toText, toTexts } from "./_json.ts";
import { normalize } from "./_paths.ts";
import { isMarketplaceName } from "./_plugin_names.ts";

/** A marketplace as the configuration names it. */
export interface MarketplaceEntry {
  readonly name: string;
  readonly git: GitSource | undefined;
  readonly root: string;
}

/**
 * The marketplaces that the configuration names.
 *
 * @param clones Directory of those that are clones.
 */
export function toEntries(config: Config, clones: string): MarketplaceEntry[] {
  const configured = config.get("marketplaces");
  if (!isTable(configured)) return [];
  return Object.entries(configured).flatMap(
    ([name, entry]): MarketplaceEntry[] => {
      if (!isTable(entry) || !isMarketplaceName(name)) return [];
      const source = toText(entry.source);
      if (source === null) return [];
      if (entry.source_type === "local") {
        return source.startsWith("/")
          ? [{ name, git: undefined, root: normalize(source) }]
          : [];
      }
      const sparsePaths = toTexts(entry.sparse_paths);
      const git: GitSource = {
        url: source,
        ref: toText(entry.ref),
        sparsePaths: sparsePaths.length === 0 ? null : sparsePaths,
      };
      return [{ name, git, root: `${clones}/${name}` }];
    },
  );
}

/** Whether two sources are the same. */
export function isSameSource(a: GitSource | undefined, b: GitSource): boolean {
  return a !== undefined && a.url === b.url && a.ref === b.ref &&
    JSON.stringify(a.sparsePaths) === JSON.stringify(b.sparsePaths);
}
