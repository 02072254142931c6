/**
 * `marketplace/*`: where plugins come from.
 *
 * @module
 */
import type { AbsolutePath } from "./scalar.ts";

/** How a marketplace shows itself to people. */
export interface MarketplaceInterface {
  /** Its name. */
  displayName: string | null;
}

/** A marketplace that could not be read. */
export interface MarketplaceLoadErrorInfo {
  /** Its file. */
  marketplacePath: AbsolutePath;
  /** Why. */
  message: string;
}

/** Adds a marketplace. */
export interface MarketplaceAddParams {
  /** Directory, `owner/repo` of GitHub, or URL of a git repository. */
  source: string;
  /** Branch, tag or commit of the repository. */
  refName?: string | null;
  /** Only these directories of the repository. */
  sparsePaths?: string[] | null;
}

/** A marketplace is there. */
export interface MarketplaceAddResponse {
  /** Its name. */
  marketplaceName: string;
  /** Where it lies. */
  installedRoot: AbsolutePath;
  /** Whether it was there before. */
  alreadyAdded: boolean;
}

/** Removes a marketplace. */
export interface MarketplaceRemoveParams {
  /** Its name. */
  marketplaceName: string;
}

/** A marketplace is gone. */
export interface MarketplaceRemoveResponse {
  /** Its name. */
  marketplaceName: string;
  /** Where its copy lay, if it was one. */
  installedRoot: AbsolutePath | null;
}

/** Brings marketplaces of git repositories up to date. */
export interface MarketplaceUpgradeParams {
  /** Which one. Default: all. */
  marketplaceName?: string | null;
}

/** A marketplace that could not be brought up to date. */
export interface MarketplaceUpgradeErrorInfo {
  /** Its name. */
  marketplaceName: string;
  /** Why. */
  message: string;
}

/** Marketplaces were brought up to date. */
export interface MarketplaceUpgradeResponse {
  /** Those that were looked at. */
  selectedMarketplaces: string[];
  /** Where those lie that changed. */
  upgradedRoots: AbsolutePath[];
  /** What went wrong. */
  errors: MarketplaceUpgradeErrorInfo[];
}
