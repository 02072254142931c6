import type {
  ExternalAgentConfigImportItemTypeFailure as Failure,
  ExternalAgentConfigImportTypeResult as Result,
  ExternalAgentConfigMigrationItem as Item,
  PluginsMigration,
} from "../protocol/mod.ts";
import { type Ground, type Place, toObject } from "./_place.ts";
import type { PluginKeeper, PluginSource } from "./plugin_keeper.ts";

const itemType = "PLUGINS";

/**
 * The plugins that the other agent has switched on, by their marketplaces; what
 * a marketplace that is known here no longer offers is left out.
 */
export async function findPlugins(
  place: Place,
  ground: Ground,
  keeper: PluginKeeper,
): Promise<PluginsMigration[]> {
  const enabled = new Map(
    (await readSettings(place, ground))
      .flatMap((one) => Object.entries(toObject(one?.enabledPlugins) ?? {})),
  );
  if (enabled.size === 0) return [];
  const sources = await readSources(place, ground);
  const offered = await keeper.offered();
  const found = new Map<string, string[]>();
  for (const [id, isOn] of enabled) {
    const [, plugin, marketplace] = /^([^@]+)@([^@]+)$/.exec(id) ?? [];
    if (isOn !== true || plugin === undefined) continue;
    if (marketplace === undefined || !sources.has(marketplace)) continue;
    if (offered.get(marketplace)?.has(plugin) === false) continue;
    found.set(marketplace, [...found.get(marketplace) ?? [], plugin]);
  }
  return [...found].sort(([one], [other]) => one < other ? -1 : 1)
    .map(([marketplaceName, pluginNames]) => ({
      marketplaceName,
      pluginNames: pluginNames.sort(),
    }));
}

/** Installs the plugins of an item. */
export async function importPlugins(
  { details, cwd }: Item,
  place: Place,
  ground: Ground,
  keeper: PluginKeeper,
): Promise<Result> {
  const result: Result = { itemType, successes: [], failures: [] };
  const at = cwd || null;
  const fail = (error: unknown, source: string | null): void => {
    const { message } = error as Error;
    result.failures.push(toFailure(message, at, source));
  };
  if (details == null) {
    fail(new Error("plugins migration item is missing details"), null);
    return result;
  }
  const sources = await readSources(place, ground);
  for (const { marketplaceName, pluginNames } of details.plugins ?? []) {
    const source = sources.get(marketplaceName);
    let marketplace: Promise<string> | undefined;
    for (const name of pluginNames) {
      const id = `${name}@${marketplaceName}`;
      try {
        if (source === undefined) {
          throw new Error(
            "external agent plugin marketplace source was not found: " +
              marketplaceName,
          );
        }
        marketplace ??= keeper.add(source);
        const target = await marketplace;
        await keeper.install(target, name);
        result.successes.push({
          itemType,
          cwd: at,
          source: id,
          target: `${name}@${target}`,
          title: null,
        });
      } catch (error) {
        fail(error, id);
      }
    }
  }
  return result;
}

async function readSettings(
  place: Place,
  ground: Ground,
): Promise<(Record<string, unknown> | undefined)[]> {
  const files = ["settings.json", "settings.local.json"];
  return await Promise.all(
    files.map((file) => ground.readObject(`${place.settings}/${file}`)),
  );
}

/** Where marketplaces come from, by the names that the other agent has. */
async function readSources(
  place: Place,
  ground: Ground,
): Promise<ReadonlyMap<string, PluginSource>> {
  const tables = [
    await ground.readObject(
      `${place.settings}/plugins/known_marketplaces.json`,
    ),
    ...(await readSettings(place, ground))
      .map((one) => toObject(one?.extraKnownMarketplaces)),
  ];
  const sources = new Map<string, PluginSource>();
  for (
    const [name, entry] of tables.flatMap((one) => Object.entries(one ?? {}))
  ) {
    const source = toSource(toObject(toObject(entry)?.source));
    if (source !== undefined) sources.set(name, source);
  }
  return sources;
}

/** A source as the other agent says it; nothing for one of another kind. */
function toSource(
  said: Record<string, unknown> | undefined,
): PluginSource | undefined {
  const from = { directory: said?.path, github: said?.repo, git: said?.url };
  const kind = said?.source;
  if (kind !== "directory" && kind !== "github" && kind !== "git") {
    return undefined;
  }
  const source = from[kind];
  if (typeof source !== "string") return undefined;
  if (kind === "directory" && !source.startsWith("/")) return undefined;
  return { source, ref: typeof said?.ref === "string" ? said.ref : null };
}

function toFailure(
  message: string,
  cwd: string | null,
  source: string | null,
): Failure {
  return {
    itemType,
    errorType: /^plugin `.*` was not found in/.test(message)
      ? "plugin_not_found"
      : null,
    subErrorType: null,
    failureStage: "plugin_import",
    message,
    cwd,
    source,
  };
}
