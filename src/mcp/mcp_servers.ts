import type { Config, ThreadConfigRequest } from "../config/mod.ts";
import type { Programs } from "../exec/mod.ts";
import {
  type Announcement,
  type ConfigBatchWriteParams,
  type ListMcpServerStatusParams,
  type ListMcpServerStatusResponse,
  type McpResourceReadParams,
  type McpResourceReadResponse,
  type McpServerOauthLoginParams,
  type McpServerOauthLoginResponse,
  type McpServerToolCallParams,
  type McpServerToolCallResponse,
  RpcError,
  toThreadId,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Reviewer } from "../tools/mod.ts";
import { toApprovalPath } from "./_approval_path.ts";
import { toArguments } from "./_input.ts";
import { toConnection, toRpcError, toUsable } from "./_rpc_errors.ts";
import { toPage, toStatus } from "./_status.ts";
import { Approvals } from "./approvals.ts";
import { Credentials } from "./credentials.ts";
import { Logins } from "./logins.ts";
import { type CreateTransport, Server } from "./server.ts";
import { readServerConfigs, type ServerConfig } from "./server_config.ts";
import {
  type FindBrought,
  ThreadServers,
  type Voice,
} from "./thread_servers.ts";

/** What MCP servers are used with. */
export interface McpServersOptions {
  /** Absolute path of `CODEX_HOME`, where tokens are kept. */
  readonly home: string;
  /** Version that servers are told. */
  readonly version: string;
  /** Starts those that are programs. */
  readonly programs: Programs;
  readonly env: { get(name: string): string | undefined };
  /** Reads the configuration as it is now. */
  readonly configFor: (asked: ThreadConfigRequest) => Promise<Config>;
  /** Finds the servers that plugins bring. Default: there are none. */
  readonly findBrought?: FindBrought;
  /** Changes the user's configuration. */
  readonly writeConfig: (params: ConfigBatchWriteParams) => Promise<unknown>;
  /** Tells all clients. */
  readonly announce: (announcement: Announcement) => void;
  /** Where relative paths start. Default: where this process runs. */
  readonly cwd?: () => string;
  readonly log: Logger;
}

/** A thread whose servers are to be opened. */
export interface ThreadOrder {
  readonly config: Config;
  /** Absolute path of where it works. */
  readonly cwd: string;
  readonly voice: Voice;
  readonly reviewer: Reviewer | undefined;
}

/** The MCP servers of all threads, and their use without a model. */
export class McpServers implements AsyncDisposable {
  readonly #options: McpServersOptions;
  readonly #threads = new Map<string, ThreadServers>();
  /** How many reloads have begun. */
  #reloads = 0;
  readonly #credentials: Credentials;
  readonly #logins: Logins;

  /** Starts nothing. */
  constructor(options: McpServersOptions) {
    this.#options = options;
    this.#credentials = new Credentials(options.home);
    this.#logins = new Logins({
      credentials: this.#credentials,
      env: options.env,
      announce: options.announce,
      onSignedIn: ({ name, place }) => {
        for (const one of this.#threads.values()) one.retry(name, place.url);
      },
    });
  }

  /** Makes the servers of a thread; none is started yet. */
  open({ config, cwd, voice, reviewer }: ThreadOrder): ThreadServers {
    const { version, log } = this.#options;
    const { threadId } = voice;
    const servers: ThreadServers = new ThreadServers({
      voice,
      cwd,
      config,
      findBrought: this.#findBrought,
      createTransport: this.#createTransport,
      approvals: new Approvals({ reviewer, remember: this.#remember, log }),
      version,
      log,
      onClosed: () => {
        if (this.#threads.get(threadId) === servers) {
          this.#threads.delete(threadId);
        }
      },
    });
    this.#threads.set(threadId, servers);
    return servers;
  }

  /**
   * What the configured servers offer: by the connections of a thread, or by
   * some for this answer.
   *
   * @throws {RpcError} if there is no such thread, or the cursor is wrong.
   */
  async list(
    params: ListMcpServerStatusParams,
  ): Promise<ListMcpServerStatusResponse> {
    const thread = params.threadId == null
      ? undefined
      : this.#thread(params.threadId);
    await thread?.filled;
    await using own = thread === undefined
      ? await this.#openOwn(params.serverName ?? undefined)
      : undefined;
    const all = (thread?.servers ?? own?.servers ?? []).filter(({ name }) =>
      params.serverName == null || name === params.serverName
    );
    const { page, nextCursor } = toPage(all, params);
    thread?.start();
    const isFull = params.detail !== "toolsAndAuthOnly";
    const data = await Promise.all(page.map((server) =>
      toStatus(server, {
        isFull,
        isOfThread: thread !== undefined,
        authStatus: () => this.#logins.readAuthStatus(server.config),
      })
    ));
    return { data, nextCursor };
  }

  /**
   * Reads a resource.
   *
   * @throws {RpcError} if it can't be read; with the server's code, if it has one.
   */
  async read(
    { threadId, server: name, uri, _meta }: McpResourceReadParams,
    signal: AbortSignal,
  ): Promise<McpResourceReadResponse> {
    const thread = threadId == null ? undefined : this.#thread(threadId);
    await thread?.filled;
    await using own = thread === undefined
      ? await this.#openOwn(name)
      : undefined;
    const server = toUsable(
      thread === undefined
        ? own?.servers.find((one) => one.name === name)
        : thread.find(name),
      name,
    );
    const connection = await toConnection(server);
    try {
      const meta = _meta ?? undefined;
      const contents = await connection.read(uri, { signal, meta });
      return { contents, originCallId: null };
    } catch (error) {
      throw toRpcError(error, `resources/read failed for \`${name}\` (${uri})`);
    }
  }

  /**
   * Calls a tool; nobody is asked whether that is fine.
   *
   * @throws {RpcError} if it could not be called.
   */
  async call(
    { threadId, server: name, tool, arguments: input, _meta }:
      McpServerToolCallParams,
    signal: AbortSignal,
  ): Promise<McpServerToolCallResponse> {
    const thread = this.#thread(threadId);
    await thread.filled;
    const server = toUsable(thread.find(name), name);
    const connection = await toConnection(server);
    if (!server.uses(tool)) {
      throw RpcError.internal(
        `tool '${tool}' is disabled for MCP server '${name}'`,
      );
    }
    try {
      const args = input == null ? undefined : toArguments(input);
      return await connection.call(tool, args, {
        signal,
        meta: { ..._meta as Record<string, unknown> | undefined, threadId },
        // Nobody hears it, but servers count on being able to tell.
        progress: () => {},
        elicit: (asked, signal) => thread.elicit(name, asked, signal),
      });
    } catch (error) {
      throw toRpcError(error, `tool call failed for \`${name}/${tool}\``);
    }
  }

  /**
   * Reads the configuration again, for all threads, with what each of them was
   * opened with.
   *
   * @returns Lets them go on with it.
   * @throws {RpcError} if it is broken.
   */
  async prepareReload(): Promise<() => void> {
    const { configFor } = this.#options;
    const asOf = ++this.#reloads;
    const threads = [...this.#threads.values()];
    const reading = threads.map(async (thread) => {
      const { cwd, config: { requested, wished } } = thread;
      const config = await configFor({ cwd, overrides: requested, wished });
      const brought = await this.#findBrought(config);
      return { thread, config, brought };
    });
    const read = await this.#refreshing(Promise.all(reading));
    if (threads.length === 0) { // a broken file is told in any case
      await this.#refreshing(configFor({ cwd: this.#cwd, overrides: {} }));
    }
    return () => {
      for (const { thread, config, brought } of read) {
        thread.reload(config, { brought, asOf });
      }
    };
  }

  async #refreshing<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw RpcError.internal(
        `failed to refresh MCP servers: ${reason}`,
        error,
      );
    }
  }

  /**
   * Begins to sign in at a server; all clients hear how that ends.
   *
   * @throws {RpcError} if that is not possible there.
   */
  async login(
    params: McpServerOauthLoginParams,
  ): Promise<McpServerOauthLoginResponse> {
    const { name, threadId } = params;
    const cwd = threadId == null ? this.#cwd : this.#thread(threadId).cwd;
    const config = await this.#readConfig(cwd);
    const server = readServerConfigs(config, await this.#findBrought(config))
      .find((one) => one.name === name);
    if (server === undefined) {
      throw RpcError.invalidRequest(`No MCP server named '${name}' found.`);
    }
    return await this.#logins.begin(server, params, config);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#logins[Symbol.asyncDispose]();
    await Promise.all(
      Array.from(this.#threads.values(), (one) => one[Symbol.asyncDispose]()),
    );
  }

  get #cwd(): string {
    return (this.#options.cwd ?? Deno.cwd)();
  }

  #thread(threadId: string): ThreadServers {
    const thread = this.#threads.get(toThreadId(threadId));
    if (thread !== undefined) return thread;
    throw RpcError.invalidRequest(`thread not found: ${threadId}`);
  }

  /** Servers for one answer: of that name, or all. */
  async #openOwn(
    name: string | undefined,
  ): Promise<{ servers: Server[] } & AsyncDisposable> {
    const { version, log } = this.#options;
    const config = await this.#readConfig(this.#cwd);
    const servers = readServerConfigs(config, await this.#findBrought(config))
      .filter((one) => name === undefined || one.name === name)
      .map((one) =>
        new Server(one, {
          cwd: this.#cwd,
          createTransport: this.#createTransport,
          version,
          log: log.child({ server: one.name }),
          elicit: () => Promise.resolve({ action: "decline" }),
        })
      );
    return {
      servers,
      async [Symbol.asyncDispose]() {
        await Promise.all(servers.map((one) => one[Symbol.asyncDispose]()));
      },
    };
  }

  async #readConfig(cwd: string): Promise<Config> {
    try {
      return await this.#options.configFor({ cwd, overrides: {} });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw RpcError.internal(`failed to reload config: ${why}`, error);
    }
  }

  readonly #createTransport: CreateTransport = async (config, asked) => {
    const { createWay } = await import("./_way_to_server.ts");
    return await createWay(config, asked, {
      ...this.#options,
      logins: this.#logins,
    });
  };

  readonly #findBrought: FindBrought = async (config) =>
    await this.#options.findBrought?.(config) ?? [];

  readonly #remember = async (
    server: ServerConfig,
    tool: string,
  ): Promise<void> => {
    const keyPath = toApprovalPath(server, tool);
    await this.#options.writeConfig({
      edits: [{ keyPath, value: "approve", mergeStrategy: "upsert" }],
    });
  };
}
