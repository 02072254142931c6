import type { RequestOptions } from "@modelcontextprotocol/sdk/shared/protocol";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport";
import type {
  JsonValue,
  McpServerInfo,
  Resource,
  ResourceContent,
  ResourceTemplate,
  Tool,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { abortable } from "./_abortable.ts";
import { toCallResult, toShare } from "./_call_result.ts";
import { listAll } from "./_list_all.ts";
import { OpenCalls } from "./_open_calls.ts";
import type { Peer } from "./_peer.ts";
import { createPeer } from "./_sdk.ts";
import type { Caller, CallResult } from "./caller.ts";
import { CLOSED, McpFailure, toReason, Unwelcome } from "./mcp_failure.ts";
import { isToolEnabled, type ServerConfig } from "./server_config.ts";

/** Milliseconds for requests that are not calls of tools. */
const REQUEST_MS = 30_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a connection is opened with. */
export interface ConnectionOptions {
  /** How the server is to be used now. */
  readonly config: () => ServerConfig;
  readonly transport: Transport;
  readonly version: string;
  readonly log: Logger;
  /** Answers questions that come while no tool is called. */
  readonly elicit: Caller["elicit"];
}

/** A server that has introduced itself. Disposing it ends a program. */
export class Connection implements AsyncDisposable {
  readonly #options: ConnectionOptions;
  readonly #peer: Peer;
  readonly #calls: OpenCalls;
  readonly #closing = Promise.withResolvers<void>();
  #tools: readonly Tool[] = [];
  #toolListMeta: JsonValue = null;
  #isClosed = false;
  /** Whether it has said that its tools are others than those it listed. */
  #hasNewTools = false;
  #isRefreshing = false;

  private constructor(
    options: ConnectionOptions,
    peer: Peer,
    calls: OpenCalls,
  ) {
    this.#options = options;
    this.#peer = peer;
    this.#calls = calls;
  }

  /**
   * Introduces itself to a server and asks for its tools.
   *
   * @throws {unknown} why that failed, or the signal's reason.
   */
  static async open(
    options: ConnectionOptions,
    signal: AbortSignal,
  ): Promise<Connection> {
    const calls = new OpenCalls(options.elicit);
    await using stack = new AsyncDisposableStack();
    stack.defer(() => options.transport.close());
    const peer = await createPeer({
      version: options.version,
      elicit: (asked, signal) => calls.answer(asked, signal),
      onToolsChanged: () => connection.#refresh(),
    });
    const connection: Connection = new Connection(options, peer, calls);
    stack.use(connection);
    try {
      signal.throwIfAborted();
      await connection.#open(signal);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
    stack.move();
    return connection;
  }

  /** Those of its tools that are to be used, as it listed them last. */
  get tools(): readonly Tool[] {
    const config = this.#options.config();
    return this.#tools.filter(({ name }) => isToolEnabled(config, name));
  }

  /** Notes on the list of its tools. */
  get toolListMeta(): JsonValue {
    return this.#toolListMeta;
  }

  /** What it can do. */
  get capabilities(): JsonValue {
    return (this.#peer.introduction?.capabilities ?? null) as JsonValue;
  }

  /** What it says to models. */
  get instructions(): string | undefined {
    return this.#peer.introduction?.instructions;
  }

  /** Whether it is gone. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when it is gone. */
  get closed(): Promise<void> {
    return this.#closing.promise;
  }

  /** How it introduces itself. */
  get info(): McpServerInfo | null {
    const info = this.#peer.introduction?.serverInfo;
    if (info === undefined) return null;
    return {
      name: info.name,
      title: info.title ?? null,
      version: info.version,
      description: info.description ?? null,
      icons: info.icons ?? null,
      websiteUrl: info.websiteUrl ?? null,
    };
  }

  /**
   * Calls a tool.
   *
   * @throws {McpFailure} if there is no result; says why.
   * @throws {unknown} the signal's reason.
   */
  async call(
    tool: string,
    input: Readonly<Record<string, JsonValue>> | undefined,
    caller: Caller,
  ): Promise<CallResult> {
    const { toolTimeoutMs } = this.#options.config();
    using call = this.#calls.begin(caller, toolTimeoutMs);
    const result = await this.#request("tools/call", {
      ...caller.meta && { _meta: { ...caller.meta } },
      name: tool,
      ...input !== undefined && { arguments: input },
    }, {
      signal: call.signal,
      ...caller.progress && {
        onprogress: ({ message, progress, total }) =>
          caller.progress?.(message ?? toShare(progress, total)),
      },
    });
    return toCallResult(result);
  }

  /** What it lets read: one page, or from a page on. */
  async listResources(): Promise<Resource[]> {
    return await this.#list("resources/list", "resources") as Resource[];
  }

  /** What it lets read under addresses with places to fill in. */
  async listResourceTemplates(): Promise<ResourceTemplate[]> {
    const path = "resources/templates/list";
    return await this.#list(path, "resourceTemplates") as ResourceTemplate[];
  }

  /** One page of either. */
  async listPage(
    method: "resources/list" | "resources/templates/list",
    cursor: string | undefined,
    signal: AbortSignal,
  ): Promise<Record<string, JsonValue>> {
    return await this.#request(method, cursor === undefined ? {} : { cursor }, {
      signal,
    });
  }

  /** Reads a resource. */
  async read(
    uri: string,
    { signal, meta }: Pick<Caller, "signal" | "meta">,
  ): Promise<ResourceContent[]> {
    const params = { uri, ...meta && { _meta: { ...meta } } };
    const { contents } = await this.#request("resources/read", params, {
      signal,
    });
    if (!Array.isArray(contents)) {
      throw new McpFailure("Unexpected response type");
    }
    return contents as unknown as ResourceContent[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peer.close();
    await this.#options.transport.close();
    this.#closing.resolve();
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { transport, log } = this.#options;
    const peer = this.#peer;
    peer.onclose = () => {
      this.#isClosed = true;
      this.#closing.resolve();
    };
    peer.onerror = (error) =>
      log.debug("an MCP server is off", { error: error.message });
    // Not for the server to hear: an introduction is never cancelled.
    const introducing = peer.introduce(transport, {
      timeout: LONGEST_TIMER_MS,
    }).catch((error: unknown) => {
      throw Unwelcome.from(error);
    });
    await abortable(introducing, signal);
    this.#tools = await this.#listTools(signal);
  }

  async #listTools(signal: AbortSignal): Promise<readonly Tool[]> {
    const tools = await this.#listAnyTools(signal);
    const byName = new Map<string, Tool>();
    for (const tool of tools as Tool[]) {
      const { name } = tool;
      if (typeof name === "string" && !byName.has(name)) byName.set(name, tool);
    }
    return [...byName.values()];
  }

  /** Some servers have tools and don't say so; others know no tools at all. */
  async #listAnyTools(signal: AbortSignal): Promise<JsonValue[]> {
    const { introduction } = this.#peer;
    try {
      return await this.#list("tools/list", "tools", signal);
    } catch (error) {
      const isUnknown = error instanceof McpFailure &&
        error.message.startsWith("Mcp error: -32601: ");
      if (isUnknown && introduction?.capabilities.tools === undefined) {
        return [];
      }
      throw error;
    }
  }

  /** Asks for its tools again, and once more if they have changed meanwhile. */
  async #refresh(): Promise<void> {
    this.#hasNewTools = true;
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    try {
      while (this.#hasNewTools && !this.#isClosed) {
        this.#hasNewTools = false;
        this.#tools = await this.#listTools(AbortSignal.timeout(REQUEST_MS));
      }
    } catch (error) {
      this.#options.log.warn("tools of an MCP server could not be read again", {
        error: toReason(error),
      });
    } finally {
      this.#isRefreshing = false;
    }
  }

  async #list(
    method: string,
    field: string,
    signal?: AbortSignal,
  ): Promise<JsonValue[]> {
    const options = { ...signal && { signal } };
    const { items, meta } = await listAll(
      field,
      (params) => this.#request(method, params, options),
    );
    if (field === "tools") this.#toolListMeta = meta;
    return items;
  }

  async #request(
    method: string,
    params: Record<string, unknown>,
    options: RequestOptions,
  ): Promise<Record<string, JsonValue>> {
    const timeout = options.signal === undefined
      ? REQUEST_MS
      : LONGEST_TIMER_MS;
    try {
      return await this.#peer.ask(method, params, { timeout, ...options });
    } catch (error) {
      options.signal?.throwIfAborted();
      throw new McpFailure(
        this.#isClosed ? CLOSED : toReason(error),
        { cause: error },
      );
    }
  }
}
