import type { ProgramRunner } from "../exec/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import { clone } from "./_git.ts";
import { JsonFault } from "./_json_node.ts";
import type { Marketplace, Offer } from "./_marketplace_file.ts";
import { realWithin } from "./_paths.ts";
import type { PluginCache } from "./_plugin_cache.ts";
import { openManifest } from "./_plugin_manifest.ts";
import { checkPluginName, isVersion } from "./_plugin_names.ts";

/** What is installed. */
export interface Chosen {
  readonly marketplace: Marketplace;
  readonly offer: Offer;
}

/** Settings of {@linkcode installPlugin}. */
export interface InstallOptions {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  readonly cache: PluginCache;
  readonly programs: ProgramRunner;
  readonly signal: AbortSignal;
}

/**
 * Installs a plugin: copies it to where it is used from.
 *
 * @throws {RpcError} if it is broken, or is not where its marketplace says.
 */
export async function installPlugin(
  chosen: Chosen,
  options: InstallOptions,
): Promise<void> {
  const { marketplace, offer } = chosen;
  const { source } = offer;
  switch (source.type) {
    case "local": {
      const real = await realWithin(source.path, marketplace.root);
      if (real === undefined) throw missing();
      return await put(chosen, real, options);
    }
    case "git": {
      const ref = source.sha ?? source.refName;
      return await inStaging(options, async (staging) => {
        const checkout = `${staging}/checkout`;
        const git = { url: source.url, ref, sparsePaths: null };
        await clone(git, checkout, options).catch((error) => {
          options.signal.throwIfAborted();
          throw RpcError.invalidRequest(error.message);
        });
        const inside = source.path === null
          ? checkout
          : `${checkout}/${source.path}`;
        const real = await realWithin(inside, checkout);
        if (real === undefined) throw missing();
        await put(chosen, real, options);
      });
    }
    case "npm":
      throw RpcError.invalidRequest(
        "plugins in npm packages can't be installed by this server",
      );
  }
}

function missing(): RpcError {
  return RpcError.invalidRequest("missing plugin.json");
}

async function put(
  { marketplace, offer: { name } }: Chosen,
  directory: string,
  { cache }: InstallOptions,
): Promise<void> {
  let manifest: Awaited<ReturnType<typeof openManifest>>;
  try {
    manifest = await openManifest(directory);
  } catch (error) {
    throw RpcError.invalidRequest(toReason(error));
  }
  if (manifest === undefined) throw missing();
  const version = manifest.version?.trim() ?? "local";
  if (version === "") {
    throw RpcError.invalidRequest(
      "invalid plugin version in plugin.json: must not be blank",
    );
  }
  checkPluginName(manifest.name);
  if (manifest.name !== name) {
    throw RpcError.invalidRequest(
      `plugin.json name \`${manifest.name}\` does not match marketplace plugin name \`${name}\``,
    );
  }
  if (!isVersion(version)) {
    throw RpcError.invalidRequest(
      "invalid plugin version: only ASCII letters, digits, `.`, `+`, `_`, and `-` are allowed",
    );
  }
  const id = { name, marketplace: marketplace.name };
  if (!/^[A-Za-z0-9_-]+$/.test(id.marketplace)) {
    throw RpcError.invalidRequest(
      "invalid marketplace name: only ASCII letters, digits, `_`, and `-` are allowed",
    );
  }
  try {
    await cache.put(id, version, directory);
  } catch (error) {
    throw RpcError.invalidRequest((error as Error).message);
  }
}

/** Why a plugin.json can't be used. */
function toReason(error: unknown): string {
  const { message, cause } = error as Error;
  if (error instanceof SyntaxError) {
    return `failed to parse plugin.json: ${message}`;
  }
  return cause instanceof JsonFault && cause.path[0] === "version"
    ? "invalid plugin version in plugin.json: expected string"
    : "missing or invalid plugin.json";
}

async function inStaging(
  { home }: InstallOptions,
  work: (staging: string) => Promise<void>,
): Promise<void> {
  const staging = `${home}/.tmp/plugins/${crypto.randomUUID()}`;
  await Deno.mkdir(staging, { recursive: true });
  try {
    await work(staging);
  } finally {
    await Deno.remove(staging, { recursive: true }).catch(() => {});
  }
}
