import type {
  MarketplaceInterface,
  PluginAuthPolicy,
  PluginInstallPolicy,
  PluginSource,
} from "../protocol/mod.ts";
import { isGitPlace, toGithubUrl } from "./_git.ts";
import { type JsonNode, readJson } from "./_json_node.ts";
import { resolveWithin, toParent } from "./_paths.ts";
import { type PluginManifest, toPluginManifest } from "./_plugin_manifest.ts";
import { isPluginName } from "./_plugin_names.ts";

/** A plugin as a marketplace offers it. */
export interface Offer {
  readonly name: string;
  readonly source: Exclude<PluginSource, { type: "remote" }>;
  readonly installation: PluginInstallPolicy;
  readonly authentication: PluginAuthPolicy;
  readonly category: string | null;
  /** What the marketplace says of the plugin in its place. */
  readonly manifest: PluginManifest | undefined;
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
  /** Names of plugins that can't be names of plugins. */
  readonly misnamed: readonly string[];
}

/** Where the file of a marketplace may lie in its root; the first one counts. */
export const marketplaceFiles = [
  ".agents/plugins/marketplace.json",
  ".claude-plugin/marketplace.json",
] as const;

/** The directory that a marketplace's file speaks for. */
function toMarketplaceRoot(path: string): string {
  const file = marketplaceFiles.find((one) => path.endsWith(`/${one}`));
  return file === undefined
    ? toParent(path)
    : path.slice(0, -file.length - 1) || "/";
}

/**
 * Reads a marketplace. Offers that mean nothing here are left out.
 *
 * @throws {Error} if it can't be read at all, with the line and column.
 */
export async function readMarketplace(
  text: string,
  path: string,
): Promise<Marketplace> {
  const root = toMarketplaceRoot(path);
  return await readJson(text, (file) => {
    const name = file.must("name").text();
    const shown = file.maybe("interface");
    const offers = new Map<string, Offer>();
    const misnamed: string[] = [];
    for (const entry of file.must("plugins").list()) {
      const offer = readOffer(entry, root);
      if (offer === undefined || offers.has(offer.name)) continue;
      if (isPluginName(offer.name)) offers.set(offer.name, offer);
      else misnamed.push(offer.name);
    }
    return {
      name,
      path,
      root,
      interface: shown === undefined
        ? null
        : { displayName: shown.maybe("displayName")?.text() ?? null },
      offers: [...offers.values()],
      misnamed,
    };
  });
}

/** Undefined if it is not for this server. */
function readOffer(entry: JsonNode, root: string): Offer | undefined {
  const name = entry.must("name").text();
  const source = toSource(entry.must("source"), root);
  const policy = entry.get("policy");
  const products = policy?.maybe("products")?.texts();
  const offer = {
    name,
    source,
    installation: policy?.get("installation")?.oneOf(installations) ??
      "AVAILABLE",
    authentication: policy?.get("authentication")?.oneOf(authentications) ??
      "ON_INSTALL",
    category: entry.maybe("category")?.text() ?? null,
    manifest: toManifest(entry, root),
  };
  const isForUs = products === undefined ||
    products.some((product) => product.toUpperCase() === "CODEX");
  return isForUs && source !== undefined ? { ...offer, source } : undefined;
}

/** What an offer says of its plugin itself counts where the plugin is silent. */
function toManifest(entry: JsonNode, root: string): PluginManifest | undefined {
  try {
    return toPluginManifest(entry, root);
  } catch {
    return undefined;
  }
}

const installations = [
  "NOT_AVAILABLE",
  "AVAILABLE",
  "INSTALLED_BY_DEFAULT",
] as const;
const authentications = ["ON_INSTALL", "ON_USE"] as const;

function toSource(said: JsonNode, root: string): Offer["source"] | undefined {
  try {
    return readSource(said, root);
  } catch {
    // Of a kind that others may know.
    return undefined;
  }
}

/** @throws {JsonFault} if it is not as it should be. */
function readSource(said: JsonNode, root: string): Offer["source"] | undefined {
  if (!said.isTable) return toLocal(said.text(), root);
  const text = (key: string) => said.maybe(key)?.text().trim() || null;
  switch (said.must("source").text()) {
    case "local":
      return toLocal(said.must("path").text(), root);
    case "url":
    case "git-subdir": {
      const url = toGitUrl(said.must("url").text().trim(), root);
      const path = said.maybe("path")?.text().replace(/^\.\//, "");
      const needsPath = said.must("source").text() === "git-subdir";
      if (url === undefined || needsPath && path === undefined) {
        return undefined;
      }
      if (path !== undefined && !isInside(path)) return undefined;
      return {
        type: "git",
        url,
        path: path ?? null,
        refName: text("ref"),
        sha: text("sha"),
      };
    }
    case "npm": {
      const name = said.must("package").text().trim();
      const version = said.maybe("version")?.text();
      const registry = text("registry");
      const isFine = isPackage(name) && version !== "" &&
        (registry === null || registry.startsWith("https://"));
      return isFine
        ? {
          type: "npm",
          package: name,
          version: version?.trim() ?? null,
          registry,
        }
        : undefined;
    }
    default:
      return undefined;
  }
}

function toLocal(path: string, root: string): Offer["source"] | undefined {
  const resolved = path === "./" ? root : resolveWithin(root, path);
  return resolved === undefined ? undefined : { type: "local", path: resolved };
}

/** Undefined if it is no address of a repository. */
function toGitUrl(said: string, root: string): string | undefined {
  if (said.startsWith("./")) return resolveWithin(root, said);
  return toGithubUrl(said) ?? (isGitPlace(said) ? said : undefined);
}

/** Whether a path names something below where it begins. */
function isInside(path: string): boolean {
  return path !== "" && !path.startsWith("/") && !path.includes("\0") &&
    !path.split("/").includes("..");
}

function isPackage(name: string): boolean {
  return /^(?:@[a-z0-9~-][\w.~-]*\/)?[a-z0-9~-][\w.~-]*$/i.test(name);
}
