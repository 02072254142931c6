import type { Config, Configuration } from "../config/mod.ts";
import type {
  ConfigLayer,
  HookDetails,
  HookMetadata,
  HooksListEntry,
  HookSource,
  HookTrustStatus,
} from "../protocol/mod.ts";
import {
  type HookDeclaration,
  type HookDeclarations,
  type HookWork,
  readHooks,
} from "./_hook_declarations.ts";
import { hookEvents } from "./_hook_events.ts";
import { openHookFile } from "./_hook_file.ts";
import { toHookHash } from "./_hook_hash.ts";
import { isTable } from "./_json.ts";
import type { JsonTable } from "./_json.ts";
import { realWithin, toParent } from "./_paths.ts";
import { PluginDigests } from "./_plugin_digest.ts";
import type { InstalledPlugin } from "./plugins.ts";

/** What hooks are found with. */
export interface HooksOptions {
  readonly configuration: Pick<Configuration, "read">;
  /** The plugins that are installed and on. */
  readonly plugins: (config: Config) => Promise<readonly InstalledPlugin[]>;
  readonly forThread: Configuration["forThread"];
  /** Directory of what the administrator demands. */
  readonly etc: string;
}

/** A hook, and what it runs. */
export interface Hook {
  readonly told: HookMetadata;
  readonly work: HookWork;
  /** Directory of its plugin, if it is one's. */
  readonly pluginRoot: string | undefined;
}

/** The hooks of a directory that somebody works in. */
export interface HookListing {
  readonly hooks: readonly Hook[];
  readonly warnings: readonly string[];
}

/** A file, or a table of one, that declares hooks. */
interface Declared {
  readonly file: string;
  readonly source: HookSource;
  readonly declarations: HookDeclarations;
  /** What keys begin with. */
  readonly keyStart: string;
  readonly isManaged: boolean;
  readonly plugin?: InstalledPlugin;
}

/** The hooks of a server: which there are, and which may run. */
export class Hooks {
  readonly #options: HooksOptions;
  readonly #digests = new PluginDigests();

  constructor(options: HooksOptions) {
    this.#options = options;
  }

  /** The hooks of whoever works in `cwd`, whether they may run or not. */
  async list(cwd: string): Promise<HookListing> {
    const { configuration, plugins, forThread } = this.#options;
    const [{ layers, config: values }, config] = await Promise.all([
      configuration.read({ includeLayers: true, cwd }),
      forThread({ cwd, overrides: {} }),
    ]);
    const features = config.get("features");
    if (isTable(features) && features.hooks === false) {
      return { hooks: [], warnings: [] };
    }
    const warnings: string[] = [];
    const { requirements } = config;
    const declared = readManaged(requirements?.hooks, {
      file: `${this.#options.etc}/requirements.toml`,
      warnings,
    });
    if (requirements?.allowManagedHooksOnly === true) {
      return await this.#toListing(declared, {}, warnings);
    }
    // They come with the strongest first; hooks run in the other order.
    for (const layer of [...layers ?? []].reverse()) {
      if (layer.disabledReason !== undefined) continue;
      declared.push(...await readLayer(layer, warnings));
    }
    for (const plugin of await plugins(config)) {
      declared.push(...await readPlugin(plugin, warnings));
    }
    const states = isTable(values.hooks) && isTable(values.hooks.state)
      ? values.hooks.state
      : {};
    return await this.#toListing(declared, states, warnings);
  }

  async #toListing(
    declared: readonly Declared[],
    states: JsonTable,
    warnings: string[],
  ): Promise<HookListing> {
    const hooks: Hook[] = [];
    for (const one of declared) {
      warnings.push(...one.declarations.warnings);
      for (const hook of one.declarations.hooks) {
        hooks.push(await this.#toHook(hook, one, states, hooks.length));
      }
    }
    return { hooks, warnings };
  }

  /** The same as clients are told. */
  async tell(cwd: string): Promise<HooksListEntry> {
    const absolute = cwd.startsWith("/") ? cwd : `${Deno.cwd()}/${cwd}`;
    const { hooks, warnings } = await this.list(absolute);
    return {
      cwd,
      hooks: hooks.map(({ told }) => told),
      warnings: [...warnings],
      errors: [],
    };
  }

  async #toHook(
    hook: HookDeclaration,
    declared: Declared,
    states: JsonTable,
    displayOrder: number,
  ): Promise<Hook> {
    const { work } = hook;
    const { file, source, keyStart, isManaged, plugin } = declared;
    const key = `${keyStart}:${hookEvents[hook.event].key}:${hook.place}`;
    const state = isTable(states[key]) ? states[key] : {};
    const ofHook = await toHookHash(hook);
    const currentHash = plugin === undefined
      ? ofHook
      : `${ofHook}/${await this.#digests.of(plugin.root)}`;
    const trustStatus = toTrust(state.trusted_hash, currentHash, isManaged);
    const details: HookDetails = {
      key,
      eventName: hook.event,
      matcher: hook.matcher,
      timeoutSec: hook.timeoutSec,
      statusMessage: hook.statusMessage,
      additionalContextLimit: hook.additionalContextLimit,
      sourcePath: file,
      source,
      pluginId: plugin?.id ?? null,
      environmentId: null,
      displayOrder,
      enabled: isManaged || state.enabled !== false,
      isManaged,
      currentHash,
      trustStatus,
    };
    const pluginRoot = plugin?.root;
    if (work.type === "mcp_tool") {
      const { server, tool } = work;
      return {
        told: { ...details, handlerType: "mcpTool", server, tool },
        work,
        pluginRoot,
      };
    }
    const command = fillIn(work.command, pluginRoot);
    return {
      told: {
        ...details,
        handlerType: "command",
        command,
        async: work.isAsync,
      },
      work: { ...work, command },
      pluginRoot,
    };
  }
}

function toTrust(
  trusted: unknown,
  current: string,
  isManaged: boolean,
): HookTrustStatus {
  if (isManaged) return "managed";
  if (typeof trusted !== "string") return "untrusted";
  return trusted === current ? "trusted" : "modified";
}

/** Plugins name their own directory so. */
function fillIn(command: string, root: string | undefined): string {
  return root === undefined
    ? command
    : command.replaceAll(/\$\{(?:CLAUDE_)?PLUGIN_ROOT\}/g, () => root);
}

async function readLayer(
  { name, config }: ConfigLayer,
  warnings: string[],
): Promise<Declared[]> {
  const place = toPlace(name);
  if (place === undefined) return [];
  const { file, directory, source, isManaged } = place;
  const found: Declared[] = [];
  const take = (path: string, read: () => HookDeclarations) => {
    try {
      const declarations = read();
      found.push({
        file: path,
        source,
        declarations,
        keyStart: path,
        isManaged,
      });
    } catch (error) {
      warnings.push(toWarning(path, error));
    }
  };
  if (directory !== undefined) {
    const path = `${directory}/hooks.json`;
    const text = await readIfThere(path);
    if (text !== undefined) {
      take(path, () => readHooks(openHookFile(text), path));
    }
  }
  const table = isTable(config) && isTable(config.hooks) ? config.hooks : {};
  take(file, () => readHooks(table, file));
  const used = found.filter(({ declarations }) => declarations.isUsed);
  if (used.length > 1) {
    warnings.push(
      `loading hooks from both ${used[0]!.file} and ${
        used[1]!.file
      }; prefer a single representation for this layer`,
    );
  }
  return found;
}

interface LayerPlace {
  readonly file: string;
  /** Where its hooks.json lies. */
  readonly directory: string | undefined;
  readonly source: HookSource;
  readonly isManaged: boolean;
}

function toPlace(name: ConfigLayer["name"]): LayerPlace | undefined {
  switch (name.type) {
    case "system":
      return {
        file: name.file,
        directory: toParent(name.file),
        source: "system",
        isManaged: true,
      };
    case "user":
      return {
        file: name.file,
        directory: toParent(name.file),
        source: "user",
        isManaged: false,
      };
    case "project":
      return {
        file: `${name.dotCodexFolder}/config.toml`,
        directory: name.dotCodexFolder,
        source: "project",
        isManaged: false,
      };
    case "sessionFlags":
      return {
        file: "/<session-flags>/config.toml",
        directory: undefined,
        source: "sessionFlags",
        isManaged: false,
      };
    case "legacyManagedConfigTomlFromFile":
      return {
        file: name.file,
        directory: undefined,
        source: "legacyManagedConfigFile",
        isManaged: true,
      };
    default:
      return undefined;
  }
}

/** What the administrator demands is in no layer. */
function readManaged(
  hooks: unknown,
  { file, warnings }: { file: string; warnings: string[] },
): Declared[] {
  if (!isTable(hooks)) return [];
  const { managedDir } = hooks;
  const path = typeof managedDir === "string" ? managedDir : file;
  try {
    return [{
      file: path,
      source: "system",
      declarations: readHooks(hooks, path),
      keyStart: path,
      isManaged: true,
    }];
  } catch (error) {
    warnings.push(toWarning(path, error));
    return [];
  }
}

async function readPlugin(
  plugin: InstalledPlugin,
  warnings: string[],
): Promise<Declared[]> {
  const found: Declared[] = [];
  for (const file of plugin.manifest.hookFiles) {
    const path = await realWithin(file, plugin.root);
    const text = path === undefined ? undefined : await readIfThere(path);
    if (text === undefined) continue;
    try {
      found.push({
        file,
        source: "plugin",
        declarations: readHooks(openHookFile(text), file),
        keyStart: `${plugin.id}:${file.slice(plugin.root.length + 1)}`,
        isManaged: false,
        plugin,
      });
    } catch (error) {
      warnings.push(toWarning(file, error));
    }
  }
  return found;
}

function toWarning(file: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `failed to parse hooks config ${file}: ${reason}`;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    return undefined;
  }
}
