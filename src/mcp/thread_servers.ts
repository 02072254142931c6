import type { Config } from "../config/mod.ts";
import {
  type McpServerElicitationRequestParams,
  type McpServerElicitationRequestResponse,
  type McpServerStatusUpdatedNotification,
  RpcError,
} from "../protocol/mod.ts";
import type { Tool } from "../tools/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { abortable } from "./_abortable.ts";
import { Deadline } from "./_deadline.ts";
import { isAnswer, toQuestion } from "./_elicitation.ts";
import { createResourceTools } from "./_resource_tools.ts";
import { toServerTools } from "./_server_tools.ts";
import type { PluginServer } from "./plugin_server.ts";
import type { Approvals } from "./approvals.ts";
import type { Elicitation } from "./caller.ts";
import { McpFailure } from "./mcp_failure.ts";
import { type CreateTransport, Server } from "./server.ts";
import {
  isSameServer,
  readServerConfigs,
  type ServerConfig,
} from "./server_config.ts";

/** Milliseconds that a first turn waits for servers that need not be there. */
const GRACE_MS = 1000;

/** How servers reach those who follow their thread. */
export interface Voice {
  readonly threadId: string;
  /** Tells them how far a start is. */
  tell(news: McpServerStatusUpdatedNotification): void;
  /** Asks them what a server asks while no turn runs. */
  ask(
    params: McpServerElicitationRequestParams,
    signal: AbortSignal,
  ): Promise<McpServerElicitationRequestResponse>;
}

/** Finds the servers that the plugins of a configuration bring. */
export type FindBrought = (
  config: Config,
) => Promise<readonly PluginServer[]>;

/** What the servers of a thread work with. */
export interface ThreadServersOptions {
  readonly voice: Voice;
  /** Absolute path of where the thread works. */
  readonly cwd: string;
  readonly config: Config;
  /** Finds the servers that plugins bring. */
  readonly findBrought: FindBrought;
  readonly createTransport: CreateTransport;
  readonly approvals: Approvals;
  readonly version: string;
  readonly log: Logger;
  /** Called when they are all gone. */
  readonly onClosed: () => void;
}

/** Settings of {@linkcode ThreadServers.reload}. */
export interface ReloadOptions {
  /** The servers that plugins bring. Default: none. */
  readonly brought?: readonly PluginServer[];
  /** Counts reloads in the order in which they were read. Default: the last. */
  readonly asOf?: number;
}

/** The MCP servers of a thread that is loaded. */
export class ThreadServers implements AsyncDisposable {
  readonly #options: ThreadServersOptions;
  readonly #ending = new Set<Promise<void>>();
  readonly #filled: Promise<void>;
  #config: Config;
  /** Which reload it goes on with. */
  #asOf = 0;
  #servers: Server[];
  /** What nobody can hear yet. */
  #held: McpServerStatusUpdatedNotification[] | undefined = [];
  #isStarted = false;
  #isClosed = false;
  /** When no turn waits any more. */
  #graceEndsAt: number | undefined;

  /** Starts nothing yet. */
  constructor(options: ThreadServersOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#servers = readServerConfigs(options.config)
      .map((config) => this.#create(config));
    this.#filled = this.#fill();
  }

  /** Where the thread works. */
  get cwd(): string {
    return this.#options.cwd;
  }

  /** How it is configured. */
  get config(): Config {
    return this.#config;
  }

  /** Resolves when those of plugins are among them. Never rejects. */
  get filled(): Promise<void> {
    return this.#filled;
  }

  /** All of them, by name. */
  get servers(): readonly Server[] {
    return this.#servers;
  }

  /** Starts them, once. Those who follow hear how far that is. */
  start(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const news of held) this.#options.voice.tell(news);
    this.#begin();
  }

  #begin(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    for (const server of this.#servers) server.start();
  }

  /**
   * Resolves when those are there without which the thread can't be; nothing is
   * started if it can. Nobody hears of it before `start`.
   *
   * @throws {McpFailure} if one could not be started.
   */
  async required(): Promise<void> {
    await this.#filled;
    const required = this.#servers
      .filter(({ config }) => config.isRequired && config.isEnabled);
    if (required.length === 0) return;
    this.#begin();
    await Promise.all(required.map((one) => one.settled()));
    const failed = required
      .flatMap(({ name, failure }) => failure ? [`${name}: ${failure}`] : []);
    if (failed.length === 0) return;
    throw new McpFailure(
      `required MCP servers failed to initialize: ${failed.join("; ")}`,
    );
  }

  /**
   * Resolves when a turn can begin: all are there or have failed, or have been
   * waited for long enough. Never rejects.
   */
  async settled(signal: AbortSignal): Promise<void> {
    this.start();
    await this.#filled;
    const starting = this.#servers.filter((one) => one.isStarting);
    if (starting.length === 0) return;
    const graceMs = this.#config.get("mcp_optional_startup_grace_ms");
    const now = performance.now();
    this.#graceEndsAt ??= now +
      (typeof graceMs === "number" ? graceMs : GRACE_MS);
    using grace = new Deadline(this.#graceEndsAt - now, () => undefined);
    const over = AbortSignal.any([signal, grace.signal]);
    const settled = Promise.all(starting.map((one) => one.settled()));
    await abortable(settled, over).catch(() => {}); // long enough
  }

  /** What a model can call now. */
  tools(): readonly Tool[] {
    const enabled = this.#servers.filter(({ config }) => config.isEnabled);
    if (enabled.length === 0) return [];
    const { approvals, log } = this.#options;
    return [
      ...createResourceTools((name) => this.find(name), enabled),
      ...toServerTools(enabled, { approvals, log }),
    ];
  }

  /** One of them. */
  find(name: string): Server | undefined {
    return this.#servers.find((one) => one.name === name);
  }

  /**
   * Puts a question that belongs to no turn to those who follow; who refuses it
   * declines.
   */
  async elicit(
    serverName: string,
    asked: Elicitation,
    signal: AbortSignal,
  ): Promise<McpServerElicitationRequestResponse> {
    const { voice } = this.#options;
    const { threadId } = voice;
    const origin = { threadId, turnId: null, serverName };
    const no = { action: "decline" } as const;
    try {
      const answer = await voice.ask(toQuestion(asked, origin), signal);
      return isAnswer(answer) ? answer : no;
    } catch (error) {
      if (error instanceof RpcError) return no;
      throw error;
    }
  }

  /**
   * Goes on with another configuration: servers that are as they were stay,
   * unless they are gone; the others are started anew. One that is older than
   * what the thread goes on with already changes nothing.
   */
  reload(config: Config, { brought = [], asOf }: ReloadOptions = {}): void {
    if (this.#isClosed || (asOf ?? this.#asOf) < this.#asOf) return;
    this.#asOf = asOf ?? this.#asOf;
    this.#config = config;
    const kept = this.#replace(readServerConfigs(config, brought));
    for (const server of kept) server.tell();
  }

  /** Starts a server anew that wanted a login, now that there is one. */
  retry(name: string, url: string): void {
    const at = this.#servers.findIndex((
      { status, config: { place, ...one } },
    ) =>
      one.name === name && place.kind === "http" && place.url === url &&
      status === "authenticationRequired"
    );
    const old = this.#servers[at];
    if (old === undefined || this.#isClosed) return;
    const fresh = this.#create(old.config);
    this.#servers = this.#servers.with(at, fresh);
    this.#end(old);
    if (this.#isStarted) fresh.start();
  }

  /** Adds those of plugins, which had to be looked for. */
  async #fill(): Promise<void> {
    const config = this.#config;
    let brought: readonly PluginServer[];
    try {
      brought = await this.#options.findBrought(config);
    } catch (error) {
      this.#options.log.warn("the MCP servers of plugins can't be found", {
        error: String(error),
      });
      return;
    }
    // A reload knows more.
    if (this.#isClosed || this.#config !== config || brought.length === 0) {
      return;
    }
    this.#replace(readServerConfigs(config, brought));
  }

  /** @returns Those that go on as they are. */
  #replace(configs: readonly ServerConfig[]): Server[] {
    const kept: Server[] = [];
    const before = new Map(this.#servers.map((one) => [one.name, one]));
    this.#servers = configs.map((config) => {
      const old = before.get(config.name);
      const isFine = old !== undefined &&
        (old.status === "connected" || old.isStarting || !this.#isStarted) &&
        isSameServer(old.config, config);
      if (!isFine) return this.#create(config);
      before.delete(config.name);
      old.config = config;
      kept.push(old);
      return old;
    });
    for (const old of before.values()) this.#end(old);
    if (this.#isStarted) { for (const one of this.#servers) one.start(); }
    return kept;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      for (const server of this.#servers) this.#end(server);
    }
    await Promise.all(this.#ending);
    this.#options.onClosed();
  }

  #end(server: Server): void {
    const ended = server[Symbol.asyncDispose]().catch((error) =>
      this.#options.log.warn("an MCP server did not end well", {
        name: server.name,
        error: String(error),
      })
    ).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #create(config: ServerConfig): Server {
    const { cwd, createTransport, version, voice, log } = this.#options;
    const { threadId } = voice;
    return new Server(config, {
      cwd,
      createTransport,
      version,
      log: log.child({ server: config.name, threadId }),
      tell: (name, status) => {
        if (this.#isClosed) return;
        const news = { threadId, name, ...status };
        if (this.#held === undefined) voice.tell(news);
        else this.#held.push(news);
      },
      elicit: (asked, signal) => this.elicit(config.name, asked, signal),
    });
  }
}
