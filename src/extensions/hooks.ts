import type { Config, Configuration } from "../config/mod.ts";
import type {
  HookDetails,
  HookEventName,
  HookMetadata,
  HooksListEntry,
  HookTrustStatus,
} from "../protocol/mod.ts";
import type { HookDeclaration, HookWork } from "./_hook_declarations.ts";
import { hookEvents } from "./_hook_events.ts";
import { toHookHash } from "./_hook_hash.ts";
import { isTable } from "./_json.ts";
import type { JsonTable } from "./_json.ts";
import {
  type DeclaredHooks,
  readLayerHooks,
  readManagedHooks,
} from "./_layer_hooks.ts";
import { PluginDigests } from "./_plugin_digest.ts";
import { readPluginHooks } from "./_plugin_hooks.ts";
import type { InstalledPlugin } from "./plugins.ts";

/** What hooks are found with. */
export interface HooksOptions {
  readonly configuration: Pick<Configuration, "forThread" | "readLayers">;
  /** The plugins that are installed and on. */
  readonly plugins: (config: Config) => Promise<readonly InstalledPlugin[]>;
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  /** Directory of what the administrator demands. */
  readonly etc: string;
}

/** What hooks of a plugin are told of where they are. */
export interface PluginDirectories {
  /** Where it lies. */
  readonly root: string;
  /** Where it may keep what outlives its version. It makes it itself. */
  readonly data: string;
}

/** A hook, and what it runs. */
export interface Hook {
  readonly told: HookMetadata;
  readonly work: HookWork;
  /** The directories of its plugin, if it is one's. */
  readonly plugin: PluginDirectories | undefined;
}

/** The hooks of a directory that somebody works in. */
export interface HookListing {
  readonly hooks: readonly Hook[];
  readonly warnings: readonly string[];
}

interface Declared extends DeclaredHooks {
  /** The plugin that they are of, if they are one's. */
  readonly plugin?: InstalledPlugin;
}

/** The hooks of a server: which there are, and which may run. */
export class Hooks {
  readonly #options: HooksOptions;
  readonly #digests = new PluginDigests();

  constructor(options: HooksOptions) {
    this.#options = options;
  }

  /**
   * The hooks of whoever works in `cwd`, whether they may run or not.
   *
   * @param event Those for it alone; what plugins bring for others is not even
   * looked at. Default: all.
   */
  async list(cwd: string, event?: HookEventName): Promise<HookListing> {
    const { configuration, plugins } = this.#options;
    const { config, layers } = await configuration.readLayers(cwd);
    const features = config.get("features");
    if (isTable(features) && features.hooks === false) {
      return { hooks: [], warnings: [] };
    }
    const warnings: string[] = [];
    const { requirements } = config;
    const declared: Declared[] = readManagedHooks(requirements?.hooks, {
      file: `${this.#options.etc}/requirements.toml`,
      warnings,
    });
    if (requirements?.allowManagedHooksOnly === true) {
      return await this.#toListing(declared, { states: {}, warnings, event });
    }
    for (const layer of layers) {
      if (layer.disabledReason !== undefined) continue;
      declared.push(...await readLayerHooks(layer, warnings));
    }
    const installed = await plugins(config);
    for (const plugin of installed.toSorted((a, b) => a.id < b.id ? -1 : 1)) {
      declared.push(...await readPlugin(plugin, warnings));
    }
    const states = config.get(["hooks", "state"]);
    return await this.#toListing(declared, {
      states: isTable(states) ? states : {},
      warnings,
      event,
    });
  }

  async #toListing(
    declared: readonly Declared[],
    { states, warnings, event }: {
      readonly states: JsonTable;
      readonly warnings: string[];
      readonly event: HookEventName | undefined;
    },
  ): Promise<HookListing> {
    const hooks: Hook[] = [];
    let displayOrder = 0;
    for (const one of declared) {
      const { declarations } = one;
      warnings.push(...declarations.warnings);
      const isMeant = (hook: HookDeclaration) =>
        event === undefined || hook.event === event;
      const digest = declarations.hooks.some(isMeant)
        ? await this.#toDigest(one, warnings)
        : "";
      if (digest === undefined) continue;
      for (const hook of declarations.hooks) {
        const known = { digest, states, displayOrder: displayOrder++ };
        if (isMeant(hook)) hooks.push(await this.#toHook(hook, one, known));
      }
    }
    return { hooks, warnings };
  }

  /**
   * What is added to the hashes of hooks: those of a plugin run what lies beside
   * them. Undefined if that can't be known, and who trusts one can't know it.
   */
  async #toDigest(
    { file, plugin, declarations }: Declared,
    warnings: string[],
  ): Promise<string | undefined> {
    if (plugin === undefined) return "";
    try {
      return `/${await this.#digests.of(plugin.root)}`;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      warnings.push(
        ...declarations.hooks.map(() =>
          `skipping plugin hook in ${file}: failed to fingerprint plugin contents: ${reason}`
        ),
      );
      return undefined;
    }
  }

  /** The same as clients are told. */
  async tell(cwd: string): Promise<HooksListEntry> {
    const absolute = cwd.startsWith("/") ? cwd : `${Deno.cwd()}/${cwd}`;
    let listing: HookListing;
    try {
      listing = await this.list(absolute);
    } catch (error) {
      const message = await this.#toFault(absolute, error);
      return { cwd, hooks: [], warnings: [], errors: [{ path: cwd, message }] };
    }
    const { hooks, warnings } = listing;
    return {
      cwd,
      hooks: hooks.map(({ told }) => told),
      warnings: [...warnings],
      errors: [],
    };
  }

  /** What is wrong with a configuration, with its place in the file. */
  async #toFault(cwd: string, thrown: unknown): Promise<string> {
    const error: unknown = await this.#options.configuration
      .forThread({ cwd, overrides: {} })
      .then(() => thrown, (placed) => placed);
    return error instanceof Error ? error.message : String(error);
  }

  async #toHook(
    hook: HookDeclaration,
    declared: Declared,
    { digest, states, displayOrder }: {
      digest: string;
      states: JsonTable;
      displayOrder: number;
    },
  ): Promise<Hook> {
    const { work } = hook;
    const { file, source, keyStart, isManaged } = declared;
    const plugin = declared.plugin && this.#toDirectories(declared.plugin);
    const key = `${keyStart}:${hookEvents[hook.event].key}:${hook.place}`;
    const state = isTable(states[key]) ? states[key] : {};
    const currentHash = `${await toHookHash(hook)}${digest}`;
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
      pluginId: declared.plugin?.id ?? null,
      environmentId: null,
      displayOrder,
      enabled: isManaged || state.enabled !== false,
      isManaged,
      currentHash,
      trustStatus,
    };
    if (work.type === "mcp_tool") {
      const { server, tool } = work;
      return {
        told: { ...details, handlerType: "mcpTool", server, tool },
        work,
        plugin,
      };
    }
    const command = fillIn(work.command, plugin);
    return {
      told: {
        ...details,
        handlerType: "command",
        command,
        async: work.isAsync,
      },
      work: { ...work, command },
      plugin,
    };
  }

  #toDirectories({ id, root }: InstalledPlugin): PluginDirectories {
    const { home } = this.#options;
    return { root, data: `${home}/plugins/data/${id.replace("@", "-")}` };
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

/** Plugins name their own directories so. */
function fillIn(
  command: string,
  plugin: PluginDirectories | undefined,
): string {
  if (plugin === undefined) return command;
  return command.replaceAll(
    /\$\{(?:CLAUDE_)?PLUGIN_(ROOT|DATA)\}/g,
    (_, which) => which === "ROOT" ? plugin.root : plugin.data,
  );
}

async function readPlugin(
  plugin: InstalledPlugin,
  warnings: string[],
): Promise<Declared[]> {
  const { id, root, manifest } = plugin;
  const found = await readPluginHooks(
    manifest,
    root,
    (warning) => warnings.push(warning),
  );
  return found.map(({ file, name, declarations }) => ({
    file,
    source: "plugin",
    declarations,
    keyStart: `${id}:${name}`,
    isManaged: false,
    plugin,
  }));
}
