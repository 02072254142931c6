import type { Config, Configuration } from "../config/mod.ts";
import type { ProgramRunner } from "../exec/mod.ts";
import {
  type PluginDetail,
  type PluginInstalledParams,
  type PluginInstalledResponse,
  type PluginInstallParams,
  type PluginInstallResponse,
  type PluginListParams,
  type PluginListResponse,
  type PluginMarketplaceEntry,
  type PluginReadParams,
  type PluginSearchParams,
  type PluginSearchResponse,
  type PluginSummary,
  RpcError,
} from "../protocol/mod.ts";
import { installPlugin } from "./_install_plugin.ts";
import { isTable } from "./_json.ts";
import { toReloadFailure } from "./_reload_failure.ts";
import type { Marketplace, Offer } from "./_marketplace_file.ts";
import { ManifestCache } from "./_manifest_cache.ts";
import type { PluginManifest } from "./_plugin_manifest.ts";
import { PluginCache } from "./_plugin_cache.ts";
import { toDetail } from "./_plugin_detail.ts";
import { checkPluginName, type PluginId, toPluginId } from "./_plugin_names.ts";
import { toSummary } from "./_plugin_summary.ts";
import { forgetPlugin, turnPluginOn } from "./_plugin_switches.ts";
import { refuseRemote, toLocalPath } from "./_remote.ts";
import { searchPlugins } from "./_search_plugins.ts";
import type { SkillPlace } from "./_skill_places.ts";
import type { Marketplaces } from "./marketplaces.ts";

/** What plugins are found with. */
export interface PluginsOptions {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  readonly configuration: Pick<Configuration, "forThread" | "write">;
  readonly marketplaces: Marketplaces;
  /** Where git is run. */
  readonly programs: ProgramRunner;
  /** Called when a plugin came or went. */
  readonly onChange: () => void;
}

/** A plugin that is installed and on. */
export interface InstalledPlugin {
  readonly id: string;
  readonly name: string;
  /** Where it lies. */
  readonly root: string;
  readonly manifest: PluginManifest;
}

/** The plugins of a server. */
export class Plugins {
  readonly #options: PluginsOptions;
  readonly #cache: PluginCache;
  readonly #manifests = new ManifestCache();
  /** Installs and removals come one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: PluginsOptions) {
    this.#options = options;
    this.#cache = new PluginCache(options.home);
  }

  /** Those that are installed and on; broken ones are not. */
  async enabled(config: Config): Promise<InstalledPlugin[]> {
    const configured = config.get("plugins");
    if (!isTable(configured) || isOff(config)) return [];
    const found = await Promise.all(
      Object.entries(configured).map(async ([id, state]) => {
        const parts = toPluginId(id);
        const isOn = isTable(state) && state.enabled !== false;
        if (parts === undefined || !isOn) return undefined;
        const root = this.#cache.find(parts);
        if (root === undefined) return undefined;
        const manifest = await this.#manifests.read(root);
        return manifest && { id, name: parts.name, root, manifest };
      }),
    );
    return found.filter((one) => one !== undefined);
  }

  /** Where their skills lie. */
  async skillPlaces(config: Config): Promise<SkillPlace[]> {
    return (await this.enabled(config)).flatMap(({ id, name, manifest }) =>
      manifest.skillRoots.map((path): SkillPlace => ({
        path,
        scope: "user",
        plugin: { id, name },
        followsLinks: false,
      }))
    );
  }

  /** All that are on offer. */
  async list(params: PluginListParams): Promise<PluginListResponse> {
    const kinds = params.marketplaceKinds ?? ["local"];
    if (kinds.some((kind) => kind !== "local" && kind !== "vertical")) {
      refuseRemote("list remote plugin catalog");
    }
    if (!kinds.includes("local")) {
      return {
        marketplaces: [],
        marketplaceLoadErrors: [],
        featuredPluginIds: [],
      };
    }
    const { marketplaces, marketplaceLoadErrors } = await this.#list(
      params.cwds ?? [],
      () => true,
    );
    return { marketplaces, marketplaceLoadErrors, featuredPluginIds: [] };
  }

  /** Those that are installed, and some more that the client names. */
  async installed(
    { cwds, installSuggestionPluginNames: more }: PluginInstalledParams,
  ): Promise<PluginInstalledResponse> {
    const wanted = new Set(more ?? []);
    const listed = await this.#list(
      cwds ?? [],
      (offer, isInstalled) => isInstalled || wanted.has(offer.name),
    );
    return {
      ...listed,
      marketplaces: listed.marketplaces.filter(({ plugins }) =>
        plugins.length > 0
      ),
    };
  }

  /** Those whose words hold what is looked for. */
  async search(params: PluginSearchParams): Promise<PluginSearchResponse> {
    const term = params.searchTerm.trim().toLowerCase();
    const scope = params.scope ?? "personal";
    const nothing = { data: [], nextCursor: null };
    // All of them are on one page, as clients know it.
    const isBeyond = params.cursor != null;
    if (term === "" || scope !== "personal" || isBeyond) return nothing;
    const { marketplaces } = await this.#list(params.cwds ?? [], () => true);
    const data = searchPlugins(marketplaces, term);
    return { data, nextCursor: null };
  }

  /** @throws {RpcError} if there is no such plugin, or it is broken. */
  async read(params: PluginReadParams): Promise<PluginDetail> {
    const path = toLocalPath(
      "plugin/read",
      params,
      () => refuseRemote("read remote plugin details"),
    );
    const config = await this.#config();
    if (isOff(config)) {
      throw RpcError.invalidRequest("plugins feature is disabled");
    }
    const { marketplace, offer } = await this.#find(path, params.pluginName);
    const id = { name: offer.name, marketplace: marketplace.name };
    const root = this.#cache.find(id);
    return await toDetail(marketplace, offer, {
      summary: await this.#toSummary(marketplace, offer, config),
      installedRoot: root,
      config,
    });
  }

  /** @throws {RpcError} why it can't be installed. */
  async install(
    params: PluginInstallParams,
    signal: AbortSignal,
  ): Promise<PluginInstallResponse> {
    const path = toLocalPath(
      "plugin/install",
      params,
      () => refuseRemote("read remote plugin details before install"),
    );
    return await this.#inTurn(async () => {
      const found = await this.#find(path, params.pluginName);
      const { marketplace, offer } = found;
      if (offer.installation === "NOT_AVAILABLE") {
        throw RpcError.invalidRequest(
          `plugin \`${offer.name}\` is not available for install in marketplace \`${marketplace.name}\``,
        );
      }
      const { home, programs } = this.#options;
      await installPlugin(found, {
        home,
        programs,
        signal,
        cache: this.#cache,
      });
      const id = `${offer.name}@${marketplace.name}`;
      await turnPluginOn(id, this.#options.configuration);
      this.#options.onChange();
      return { authPolicy: offer.authentication, appsNeedingAuth: [] };
    });
  }

  /** @throws {RpcError} if the id is of no plugin of this machine. */
  async uninstall(pluginId: string): Promise<void> {
    const id = toPluginId(pluginId);
    if (id === undefined) {
      if (/^[A-Za-z0-9_~-]+$/.test(pluginId)) {
        refuseRemote("resolve remote plugin before uninstall");
      }
      throw RpcError.invalidRequest("invalid remote plugin id");
    }
    await this.#inTurn(async () => {
      await this.#cache.remove(id);
      const configured = (await this.#config()).get("plugins");
      if (isTable(configured) && Object.hasOwn(configured, pluginId)) {
        const isLast = Object.keys(configured).length === 1;
        await forgetPlugin(pluginId, { isLast }, this.#options.configuration);
      }
      this.#options.onChange();
    });
  }

  async #config(): Promise<Config> {
    const { configuration, home } = this.#options;
    try {
      return await configuration.forThread({ cwd: home, overrides: {} });
    } catch (error) {
      throw RpcError.internal(toReloadFailure(error), error);
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  async #list(
    cwds: readonly string[],
    isWanted: (offer: Offer, isInstalled: boolean) => boolean,
  ): Promise<PluginInstalledResponse> {
    const config = await this.#config();
    if (isOff(config)) return { marketplaces: [], marketplaceLoadErrors: [] };
    const { marketplaces, errors } = await this.#options.marketplaces
      .list(cwds, config);
    const entries = await Promise.all(marketplaces.map(
      async (marketplace): Promise<PluginMarketplaceEntry> => {
        const { name, path, offers } = marketplace;
        const installed = this.#cache.names(name);
        const plugins = await Promise.all(offers.map(async (offer) => {
          const summary = await this.#toSummary(
            marketplace,
            offer,
            config,
            installed.has(offer.name),
          );
          return isWanted(offer, summary.installed) ? summary : undefined;
        }));
        return {
          name,
          path,
          interface: marketplace.interface,
          plugins: plugins.filter((one) => one !== undefined),
        };
      },
    ));
    return { marketplaces: entries, marketplaceLoadErrors: [...errors] };
  }

  async #toSummary(
    marketplace: Marketplace,
    offer: Offer,
    config: Config,
    mayBeInstalled = true,
  ): Promise<PluginSummary> {
    const id: PluginId = { name: offer.name, marketplace: marketplace.name };
    const state = config.get(["plugins", `${id.name}@${id.marketplace}`]);
    const root = mayBeInstalled ? this.#cache.find(id) : undefined;
    const offered = offer.source.type === "local"
      ? await this.#manifests.read(offer.source.path, marketplace.root)
      : undefined;
    const manifest = offered ??
      (root === undefined ? undefined : await this.#manifests.read(root)) ??
      offer.manifest;
    return toSummary(id, offer, manifest, {
      isInstalled: root !== undefined,
      isEnabled: root !== undefined && isTable(state) &&
        state.enabled !== false,
    });
  }

  async #find(
    path: string,
    name: string,
  ): Promise<{ marketplace: Marketplace; offer: Offer }> {
    const marketplace = await this.#options.marketplaces.open(path);
    if (marketplace.misnamed.includes(name)) checkPluginName(name);
    const offer = marketplace.offers.find((one) => one.name === name);
    if (offer !== undefined) return { marketplace, offer };
    throw RpcError.invalidRequest(
      `plugin \`${name}\` was not found in marketplace \`${marketplace.name}\``,
    );
  }
}

/** Whether plugins are switched off as a whole; those installed stay so. */
function isOff(config: Config): boolean {
  const features = config.get("features");
  return isTable(features) && features["plugins"] === false;
}
