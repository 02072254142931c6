import type {
  MarketplaceInterface,
  PluginAuthPolicy,
  PluginInstallPolicy,
  PluginSource,
} from "../protocol/mod.ts";
import { isTable, parseTable, toTable, toText } from "./_json.ts";
import { resolveWithin, toParent } from "./_paths.ts";
import { isPluginName } from "./_plugin_names.ts";

/** A plugin as a marketplace offers it. */
export interface Offer {
  readonly name: string;
  readonly source: Exclude<PluginSource, { type: "remote" }>;
  readonly installation: PluginInstallPolicy;
  readonly authentication: PluginAuthPolicy;
  readonly category: string | null;
}

/** What a marketplace offers. */
export interface Marketplace {
  readonly name: string;
  /** Its file. */
  readonly path: string;
  /** Directory that its plugins lie in. */
  readonly root: string;
  readonly interface: MarketplaceInterface | null;
  readonly offers: readonly Offer[];
}

/** Where the file of a marketplace may lie in its root; the first one counts. */
export const marketplaceFiles = [
  ".agents/plugins/marketplace.json",
  ".claude-plugin/marketplace.json",
] as const;

/** The directory that a marketplace's file speaks for. */
export function toMarketplaceRoot(path: string): string {
  const file = marketplaceFiles.find((one) => path.endsWith(`/${one}`));
  return file === undefined
    ? toParent(path)
    : path.slice(0, -file.length - 1) || "/";
}

/**
 * Reads a marketplace. Offers that mean nothing here are left out.
 *
 * @throws {Error} if it can't be read at all.
 */
export function readMarketplace(text: string, path: string): Marketplace {
  const file = parseTable(text);
  const name = mustBeText(file, "name");
  if (!Array.isArray(file.plugins)) throw new Error("missing field `plugins`");
  const root = toMarketplaceRoot(path);
  const offers = new Map<string, Offer>();
  for (const one of file.plugins) {
    const entry = toTable(one);
    const plugin = mustBeText(entry, "name");
    const source = toSource(entry.source, root);
    if (source === undefined || !isPluginName(plugin)) continue;
    if (offers.has(plugin)) continue;
    const policy = toTable(entry.policy);
    offers.set(plugin, {
      name: plugin,
      source,
      installation: oneOf(installations, policy.installation),
      authentication: oneOf(authentications, policy.authentication),
      category: toText(entry.category),
    });
  }
  return {
    name,
    path,
    root,
    interface: isTable(file.interface)
      ? { displayName: toText(file.interface.displayName) }
      : null,
    offers: [...offers.values()],
  };
}

/** The first of each is what holds unless the marketplace says otherwise. */
const installations = [
  "AVAILABLE",
  "NOT_AVAILABLE",
  "INSTALLED_BY_DEFAULT",
] as const;
const authentications = ["ON_INSTALL", "ON_USE"] as const;

function oneOf<T extends string>(
  known: readonly [T, ...T[]],
  value: unknown,
): T {
  return known.find((one) => one === value) ?? known[0];
}

function mustBeText(
  table: Readonly<Record<string, unknown>>,
  key: string,
): string {
  const value = table[key];
  if (value === undefined) throw new Error(`missing field \`${key}\``);
  if (typeof value === "string") return value;
  throw new Error(`\`${key}\` must be a string`);
}

function toSource(said: unknown, root: string): Offer["source"] | undefined {
  if (typeof said === "string") return toLocal(said, root);
  const { source, ...rest } = toTable(said);
  switch (source) {
    case "local":
      return toLocal(rest.path, root);
    case "url":
    case "git-subdir": {
      const url = toText(rest.url);
      const path = toText(rest.path);
      if (url === null || source === "git-subdir" && path === null) {
        return undefined;
      }
      return {
        type: "git",
        url,
        path,
        refName: toText(rest.ref),
        sha: toText(rest.sha),
      };
    }
    case "npm": {
      const name = toText(rest.package);
      if (name === null) return undefined;
      return {
        type: "npm",
        package: name,
        version: toText(rest.version),
        registry: toText(rest.registry),
      };
    }
    default:
      return undefined;
  }
}

function toLocal(path: unknown, root: string): Offer["source"] | undefined {
  const resolved = typeof path === "string"
    ? resolveWithin(root, path)
    : undefined;
  return resolved === undefined ? undefined : { type: "local", path: resolved };
}
