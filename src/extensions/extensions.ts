import type { AgentExtensions, Named } from "../agent/mod.ts";
import type { Config, Configuration } from "../config/mod.ts";
import type { ProgramRunner } from "../exec/mod.ts";
import {
  Announcement,
  RpcError,
  toThreadId,
  type UserInput,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { findNamedPlugins, toPluginText } from "./_plugin_words.ts";
import { readServerNames } from "./_plugin_manifest.ts";
import { toReloadFailure } from "./_reload_failure.ts";
import { findNamedSkills, toSkillsText } from "./_skill_words.ts";
import { Hooks } from "./hooks.ts";
import { Marketplaces } from "./marketplaces.ts";
import { type PluginServer, readPluginServers } from "./plugin_server.ts";
import { Plugins } from "./plugins.ts";
import { Skills } from "./skills.ts";
import { ThreadHooks, type ThreadHooksOptions } from "./thread_hooks.ts";

/** What extensions are composed of. */
export interface ExtensionsOptions {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  readonly configuration: Pick<
    Configuration,
    "forThread" | "read" | "readLayers" | "write"
  >;
  /** Where hooks and git are run. */
  readonly programs: ProgramRunner;
  readonly env: { get(name: string): string | undefined };
  /** The system's configuration. Default: `/etc/codex`. */
  readonly etc?: string;
  /** Tells every client. */
  readonly announce: (announcement: Announcement) => void;
  /** Where a loaded thread works; undefined if there is no such thread. */
  readonly findThreadCwd: (threadId: string) => string | undefined;
  /** Called when a plugin came or went. */
  readonly onPluginsChanged?: () => void;
  /** Whether hooks run that nobody has trusted. Default: false. */
  readonly trustsHooks?: boolean;
  readonly log: Logger;
}

/** A thread, as far as extensions have to know it. */
export interface ExtendedThread {
  readonly threadId: string;
  /** Where it is stored, if it is. */
  readonly transcriptPath: string | null;
  /** As {@linkcode ThreadHooksOptions.agent}. */
  readonly agent?: ThreadHooksOptions["agent"];
  /** As {@linkcode ThreadHooksOptions.isHooked}. */
  readonly isHooked?: boolean;
  /** As {@linkcode ThreadHooksOptions.callTool}. */
  readonly callTool?: ThreadHooksOptions["callTool"];
}

/** Skills, hooks, plugins and marketplaces of a server. */
export class Extensions implements AsyncDisposable {
  readonly skills: Skills;
  readonly hooks: Hooks;
  readonly plugins: Plugins;
  readonly marketplaces: Marketplaces;
  readonly #options: ExtensionsOptions;
  /** How often threads were told to look at their configuration again. */
  #renewals = 0;

  constructor(options: ExtensionsOptions) {
    this.#options = options;
    const { home, configuration, programs, env } = options;
    const userHome = env.get("HOME") || undefined;
    const changed = () => {
      options.announce(new Announcement("skills/changed", {}));
    };
    this.marketplaces = new Marketplaces({
      home,
      userHome,
      configuration,
      programs,
    });
    this.plugins = new Plugins({
      home,
      configuration,
      marketplaces: this.marketplaces,
      programs,
      onChange: () => {
        this.skills.forget();
        this.renewThreads();
        changed();
        options.onPluginsChanged?.();
      },
    });
    this.skills = new Skills({
      home,
      userHome,
      etc: options.etc ?? "/etc/codex",
      configuration,
      pluginPlaces: (config) => this.plugins.skillPlaces(config),
      onChange: changed,
    });
    this.hooks = new Hooks({
      home,
      configuration,
      etc: options.etc ?? "/etc/codex",
      plugins: (config) => this.plugins.enabled(config),
    });
  }

  /**
   * Where a loaded thread works.
   *
   * @throws {RpcError} if there is no such thread.
   */
  cwdOf(threadId: string): string {
    const cwd = this.#options.findThreadCwd(toThreadId(threadId));
    if (cwd !== undefined) return cwd;
    throw RpcError.invalidRequest(`thread not found: ${threadId}`);
  }

  /**
   * Refuses to go on with a configuration that can't be used.
   *
   * @throws {RpcError} if it is broken.
   */
  async refuseBroken(): Promise<void> {
    const { configuration, home } = this.#options;
    try {
      await configuration.forThread({ cwd: home, overrides: {} });
    } catch (error) {
      throw RpcError.internal(toReloadFailure(error), error);
    }
  }

  /**
   * Has loaded threads go on with the skills and plugins that are on now; what
   * is written into the configuration otherwise is for threads opened later.
   */
  renewThreads(): void {
    this.#renewals++;
  }

  /** The MCP servers of plugins that are installed and on. */
  async mcpServers(config: Config): Promise<PluginServer[]> {
    return await readPluginServers(await this.plugins.enabled(config));
  }

  /** What they add to the turns of a thread. */
  forThread(thread: ExtendedThread): AgentExtensions {
    const { home, programs, log, env, trustsHooks = false } = this.#options;
    const { threadId, transcriptPath, isHooked = true, callTool } = thread;
    const { agent = null } = thread;
    const shell = env.get("SHELL");
    const hooks = new ThreadHooks({
      hooks: this.hooks,
      trustsAll: trustsHooks,
      threadId,
      isHooked,
      home,
      programs,
      ...callTool !== undefined && { callTool },
      ...shell !== undefined && shell.startsWith("/") && { shell },
      transcriptPath,
      agent,
      log,
    });
    const renewed = this.#createRenewal();
    return {
      attend: (cwd) => {
        this.skills.attend(cwd).catch((error) => {
          log.warn("skills can't be watched", { error: String(error) });
        });
      },
      describe: async (cwd, config) => {
        const { skills } = await this.skills
          .list(cwd, await renewed(cwd, config));
        return toSkillsText(skills);
      },
      resolve: async (input, cwd, config) =>
        await this.#resolve(input, cwd, await renewed(cwd, config)),
      warnings: (cwd) => hooks.warnings(cwd),
      awaits: (event, cwd) => hooks.awaits(event, cwd),
      occur: (occasion, scene) => hooks.occur(occasion, scene),
      leave: (farewell) => hooks.leave(farewell),
      takeLate: () => hooks.takeLate(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.skills[Symbol.asyncDispose]();
  }

  /**
   * Tells how a thread is configured as of the last renewal; while that is
   * broken, as of the one before.
   */
  #createRenewal(): (cwd: string, config: Config) => Promise<Config> {
    let renewals = this.#renewals;
    let renewed: Config | undefined;
    return async (cwd, config) => {
      if (renewals !== this.#renewals) {
        const { requested, wished } = config;
        const asOf = this.#renewals;
        try {
          renewed = await this.#options.configuration
            .forThread({ cwd, overrides: requested, wished });
          renewals = asOf;
        } catch (error) {
          this.#options.log.warn("a thread goes on as it was configured", {
            error: String(error),
          });
        }
      }
      return renewed ?? config;
    };
  }

  async #resolve(
    input: readonly UserInput[],
    cwd: string,
    config: Config,
  ): Promise<Named> {
    const { skills } = await this.skills.list(cwd, config);
    const named = findNamedSkills(input, skills).map(({ told }) => ({
      name: told.name,
      path: told.path,
    }));
    const ids = findNamedPlugins(input);
    if (ids.length === 0) return { skills: named, notes: [] };
    const plugins = (await this.plugins.enabled(config))
      .filter(({ id }) => ids.includes(id));
    const notes = await Promise.all(plugins.map(async (plugin) => {
      const { id, name, root, manifest } = plugin;
      return toPluginText({
        name,
        displayName: manifest.interface?.displayName ?? name,
        hasSkills: skills.some(({ told }) => told.pluginId === id),
        mcpServers: await readServerNames(manifest, root),
      });
    }));
    return { skills: named, notes: notes.filter((note) => note !== null) };
  }
}
