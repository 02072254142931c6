import type { PluginKeeper, PluginSource } from "../migration/mod.ts";
import type { PluginMarketplaceEntry } from "../protocol/mod.ts";
import type { LazyExtensions } from "./_lazy_extensions.ts";

/** Installs the plugins that are taken over from another agent. */
export class ExtensionsPluginKeeper implements PluginKeeper {
  readonly #extensions: Pick<LazyExtensions, "load">;

  constructor(extensions: Pick<LazyExtensions, "load">) {
    this.#extensions = extensions;
  }

  async offered(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    return new Map((await this.#list()).map(({ name, plugins }) => [
      name,
      new Set(plugins.filter((one) => !one.installed).map(({ name }) => name)),
    ]));
  }

  async add({ source, ref }: PluginSource): Promise<string> {
    const { marketplaces } = await this.#extensions.load();
    const { signal } = new AbortController(); // nobody takes it back
    const { marketplaceName } = await marketplaces.add(
      { source, refName: ref },
      signal,
    );
    return marketplaceName;
  }

  async install(marketplace: string, pluginName: string): Promise<void> {
    const { plugins } = await this.#extensions.load();
    const { signal } = new AbortController();
    const entry = (await this.#list()).find(({ name }) => name === marketplace);
    const marketplacePath = entry?.path ?? null;
    await plugins.install({ marketplacePath, pluginName }, signal);
  }

  async #list(): Promise<readonly PluginMarketplaceEntry[]> {
    const { plugins } = await this.#extensions.load();
    return (await plugins.list({})).marketplaces;
  }
}
