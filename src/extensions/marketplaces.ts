import type { Config, Configuration } from "../config/mod.ts";
import type { ProgramRunner } from "../exec/mod.ts";
import {
  type JsonValue,
  type MarketplaceAddParams,
  type MarketplaceAddResponse,
  type MarketplaceLoadErrorInfo,
  type MarketplaceRemoveResponse,
  type MarketplaceUpgradeResponse,
  RpcError,
} from "../protocol/mod.ts";
import { findMarketplace, findMarketplaceAbove } from "./_find_marketplace.ts";
import { isTable } from "./_json.ts";
import { MarketplaceClones } from "./_marketplace_clones.ts";
import {
  isSameSource,
  type MarketplaceEntry,
  toEntries,
} from "./_marketplace_entries.ts";
import { type Marketplace, readMarketplace } from "./_marketplace_file.ts";
import { toMarketplaceSource } from "./_marketplace_source.ts";
import { checkMarketplaceName, isMarketplaceName } from "./_plugin_names.ts";
import { FileCache, readSmallFile } from "./_read_small_file.ts";
import { look } from "./_stamp.ts";

/** What marketplaces are found with. */
export interface MarketplacesOptions {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  /** The user's own directory, if it is known. */
  readonly userHome: string | undefined;
  readonly configuration: Pick<Configuration, "forThread" | "write">;
  /** Where git is run. */
  readonly programs: ProgramRunner;
}

/** The marketplaces that could be read, and the others. */
export interface MarketplaceListing {
  readonly marketplaces: readonly Marketplace[];
  readonly errors: readonly MarketplaceLoadErrorInfo[];
}

/** Names that the vendor's catalogue uses. */
const reserved = new Set(["openai-curated", "openai-bundled"]);

/** The marketplaces of a server: where plugins come from. */
export class Marketplaces {
  readonly #options: MarketplacesOptions;
  readonly #clones: MarketplaceClones;
  readonly #files = new FileCache<Marketplace>(256);
  /** Changes of what is configured come one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: MarketplacesOptions) {
    this.#options = options;
    this.#clones = new MarketplaceClones(options.home);
  }

  /** Those of the configuration, of the user, and of the repositories. */
  async list(
    cwds: readonly string[],
    config: Config,
  ): Promise<MarketplaceListing> {
    const { userHome } = this.#options;
    const roots = toEntries(config, this.#clones.root)
      .sort((a, b) => a.name < b.name ? -1 : 1)
      .map(({ root }) => root);
    if (userHome !== undefined) roots.push(userHome);
    const files = [
      ...await Promise.all(roots.map(findMarketplace)),
      ...await Promise.all(cwds.map(findMarketplaceAbove)),
    ].filter((path) => path !== undefined);
    const marketplaces: Marketplace[] = [];
    const errors: MarketplaceLoadErrorInfo[] = [];
    for (const path of new Set(files)) {
      try {
        const marketplace = await this.#read(path);
        if (marketplace !== undefined && isListed(marketplace)) {
          marketplaces.push(marketplace);
        }
      } catch (error) {
        errors.push({ marketplacePath: path, message: toMessage(path, error) });
      }
    }
    return { marketplaces, errors };
  }

  /**
   * Reads a marketplace.
   *
   * @throws {RpcError} if it is not there or broken.
   */
  async open(path: string): Promise<Marketplace> {
    let marketplace: Marketplace | undefined;
    try {
      marketplace = await this.#read(path);
    } catch (error) {
      throw RpcError.invalidRequest(toMessage(path, error));
    }
    if (marketplace !== undefined) return marketplace;
    throw RpcError.invalidRequest(
      `marketplace file \`${path}\` does not exist`,
    );
  }

  /** @throws {RpcError} why it can't be added. */
  add(
    params: MarketplaceAddParams,
    signal: AbortSignal,
  ): Promise<MarketplaceAddResponse> {
    return this.#inTurn(() => this.#add(params, signal));
  }

  /** @throws {RpcError} if there is none of that name. */
  remove(name: string): Promise<MarketplaceRemoveResponse> {
    return this.#inTurn(() => this.#remove(name));
  }

  /** @throws {RpcError} if there is none of that name, or it is no clone. */
  upgrade(
    name: string | undefined,
    signal: AbortSignal,
  ): Promise<MarketplaceUpgradeResponse> {
    return this.#inTurn(() => this.#upgrade(name, signal));
  }

  async #config(): Promise<Config> {
    const { configuration, home } = this.#options;
    return await configuration.forThread({ cwd: home, overrides: {} });
  }

  async #read(path: string): Promise<Marketplace | undefined> {
    const read = (text: string) => readMarketplace(text, path);
    return look(path)?.isSymlink === true
      ? await read(await readSmallFile(path))
      : await this.#files.read(path, read);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  async #add(
    params: MarketplaceAddParams,
    signal: AbortSignal,
  ): Promise<MarketplaceAddResponse> {
    const { userHome } = this.#options;
    const source = await toMarketplaceSource(params, { userHome });
    const entries = toEntries(await this.#config(), this.#clones.root);
    if (source.type === "local") {
      const { name } = await this.#openRoot(source.root);
      const known = this.#check(
        name,
        entries,
        (entry) => entry.git === undefined && entry.root === source.root,
      );
      if (!known) {
        await this.#write(name, { source_type: "local", source: source.root });
      }
      return {
        marketplaceName: name,
        installedRoot: source.root,
        alreadyAdded: known,
      };
    }
    const { git } = source;
    const known = entries.find((entry) => isSameSource(entry.git, git));
    if (
      known !== undefined && await findMarketplace(known.root) !== undefined
    ) {
      return {
        marketplaceName: known.name,
        installedRoot: known.root,
        alreadyAdded: true,
      };
    }
    return await this.#clones.fetch(
      git,
      { programs: this.#options.programs, signal },
      async (checkout) => {
        const { name } = await this.#openRoot(checkout);
        this.#check(name, entries, (entry) => isSameSource(entry.git, git));
        const root = await this.#clones.replace(checkout, name);
        await this.#write(name, {
          source_type: "git",
          source: git.url,
          ...git.ref !== null && { ref: git.ref },
          ...git.sparsePaths !== null && { sparse_paths: [...git.sparsePaths] },
        });
        return {
          marketplaceName: name,
          installedRoot: root,
          alreadyAdded: false,
        };
      },
    );
  }

  async #remove(name: string): Promise<MarketplaceRemoveResponse> {
    checkMarketplaceName(name);
    const configured = (await this.#config()).get("marketplaces");
    const names = isTable(configured) ? Object.keys(configured) : [];
    const isConfigured = names.includes(name);
    const isClone = await this.#clones.has(name);
    if (!isConfigured && !isClone) {
      throw RpcError.invalidRequest(
        `marketplace \`${name}\` is not configured or installed`,
      );
    }
    if (isConfigured) {
      await this.#writeTo(
        names.length === 1 ? "marketplaces" : `marketplaces.${name}`,
        null,
      );
    }
    const installedRoot = isClone ? await this.#clones.remove(name) : null;
    return { marketplaceName: name, installedRoot };
  }

  async #upgrade(
    name: string | undefined,
    signal: AbortSignal,
  ): Promise<MarketplaceUpgradeResponse> {
    const options = { programs: this.#options.programs, signal };
    const clones = toEntries(await this.#config(), this.#clones.root)
      .filter((entry) => entry.git !== undefined)
      .filter((entry) => name === undefined || entry.name === name);
    if (name !== undefined && clones.length === 0) {
      throw RpcError.invalidRequest(
        `marketplace \`${name}\` is not configured as a Git marketplace`,
      );
    }
    const told: MarketplaceUpgradeResponse = {
      selectedMarketplaces: clones.map((entry) => entry.name),
      upgradedRoots: [],
      errors: [],
    };
    for (const { name: marketplaceName, git, root } of clones) {
      try {
        if (await this.#clones.isCurrent(git!, root, options)) continue;
        await this.#clones.fetch(git!, options, async (checkout) => {
          const found = await this.#openRoot(checkout);
          if (found.name !== marketplaceName) {
            throw new Error(`its name is \`${found.name}\` now`);
          }
          await this.#clones.replace(checkout, marketplaceName);
        });
        told.upgradedRoots.push(root);
      } catch (error) {
        signal.throwIfAborted();
        const message = error instanceof Error ? error.message : String(error);
        told.errors.push({ marketplaceName, message });
      }
    }
    return told;
  }

  async #openRoot(root: string): Promise<Marketplace> {
    const path = await findMarketplace(root);
    if (path === undefined) {
      throw RpcError.invalidRequest(
        `invalid marketplace file \`${root}\`: marketplace root does not contain a supported manifest`,
      );
    }
    const marketplace = await this.open(path);
    checkMarketplaceName(marketplace.name);
    if (!reserved.has(marketplace.name)) return marketplace;
    throw RpcError.invalidRequest(
      `marketplace \`${marketplace.name}\` is reserved and cannot be added from this source`,
    );
  }

  /** Whether a marketplace is there already, from the same source. */
  #check(
    name: string,
    entries: readonly MarketplaceEntry[],
    isTheSame: (entry: MarketplaceEntry) => boolean,
  ): boolean {
    const known = entries.find((entry) => entry.name === name);
    if (known === undefined || isTheSame(known)) return known !== undefined;
    throw RpcError.invalidRequest(
      `marketplace '${name}' is already added from a different source; remove it before adding this source`,
    );
  }

  async #write(
    name: string,
    value: Readonly<Record<string, string | string[]>>,
  ): Promise<void> {
    await this.#writeTo(`marketplaces.${name}`, value);
  }

  async #writeTo(keyPath: string, value: JsonValue): Promise<void> {
    await this.#options.configuration.write({
      edits: [{ keyPath, value, mergeStrategy: "replace" }],
      filePath: null,
      expectedVersion: null,
    });
  }
}

/** Whether there is something in it that could be installed from here. */
function isListed({ name, offers }: Marketplace): boolean {
  return offers.length > 0 && isMarketplaceName(name) && !reserved.has(name);
}

function toMessage(path: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `invalid marketplace file \`${path}\`: ${reason}`;
}
