import type { Client } from "@modelcontextprotocol/sdk/client";
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
import { toCallResult, toSeconds, toShare } from "./_call_result.ts";
import { Deadline } from "./_deadline.ts";
import type { Caller, CallResult, Elicitation } from "./caller.ts";
import { CLOSED, McpFailure, toReason } from "./mcp_failure.ts";
import { listAll } from "./_list_all.ts";
import { loadSdk } from "./_sdk.ts";
import type { ServerConfig } from "./server_config.ts";

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
  /** Called when its tools are others. */
  readonly onToolsChanged?: () => void;
}

/** A server that has introduced itself. Disposing it ends a program. */
export class Connection implements AsyncDisposable {
  readonly #client: Client;
  readonly #options: ConnectionOptions;
  readonly #sdk: Awaited<ReturnType<typeof loadSdk>>;
  readonly #calls: { readonly caller: Caller; readonly deadline: Deadline }[] =
    [];
  readonly #closing = Promise.withResolvers<void>();
  #tools: readonly Tool[] = [];
  #toolListMeta: JsonValue = null;
  #isClosed = false;

  private constructor(
    client: Client,
    options: ConnectionOptions,
    sdk: Awaited<ReturnType<typeof loadSdk>>,
  ) {
    this.#client = client;
    this.#options = options;
    this.#sdk = sdk;
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
    const sdk = await loadSdk();
    signal.throwIfAborted();
    const client = new sdk.Client({
      name: "codex-mcp-client",
      title: "Codex",
      version: options.version,
    }, { capabilities: { elicitation: { form: {}, url: {} } } });
    const connection = new Connection(client, options, sdk);
    try {
      await connection.#open(signal);
      return connection;
    } catch (error) {
      await connection[Symbol.asyncDispose]();
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Those of its tools that are to be used, as it listed them last. */
  get tools(): readonly Tool[] {
    const { enabledTools, disabledTools } = this.#options.config();
    return this.#tools.filter(({ name }) =>
      (enabledTools?.has(name) ?? true) && !disabledTools.has(name)
    );
  }

  /** Notes on the list of its tools. */
  get toolListMeta(): JsonValue {
    return this.#toolListMeta;
  }

  /** What it can do. */
  get capabilities(): JsonValue {
    return this.#client.getServerCapabilities() ?? null;
  }

  /** What it says to models. */
  get instructions(): string | undefined {
    return this.#client.getInstructions();
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
    const info = this.#client.getServerVersion();
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
    input: JsonValue,
    caller: Caller,
  ): Promise<CallResult> {
    const { toolTimeoutMs } = this.#options.config();
    using deadline = new Deadline(toolTimeoutMs, () =>
      new McpFailure(
        `timed out awaiting tools/call after ${toSeconds(toolTimeoutMs)}`,
      ));
    const call = { caller, deadline };
    this.#calls.push(call);
    try {
      const result = await this.#request("tools/call", {
        ...caller.meta && { _meta: { ...caller.meta } },
        name: tool,
        arguments: input ?? {},
      }, {
        signal: AbortSignal.any([caller.signal, deadline.signal]),
        ...caller.progress && {
          onprogress: ({ message, progress, total }) =>
            caller.progress?.(message ?? toShare(progress, total)),
        },
      });
      return toCallResult(result);
    } finally {
      this.#calls.splice(this.#calls.indexOf(call), 1);
    }
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
    return (Array.isArray(contents) ? contents : []) as ResourceContent[];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
    await this.#options.transport.close();
    this.#closing.resolve();
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { transport, log } = this.#options;
    const client = this.#client;
    const { ElicitRequestSchema, ToolListChangedNotificationSchema } =
      this.#sdk;
    client.onclose = () => {
      this.#isClosed = true;
      this.#closing.resolve();
    };
    client.onerror = (error) =>
      log.debug("an MCP server is off", { error: error.message });
    client.setRequestHandler(
      ElicitRequestSchema,
      ({ params }, extra) => this.#elicit(params, extra.signal),
    );
    client.setNotificationHandler(
      ToolListChangedNotificationSchema,
      () => this.#refresh(),
    );
    await abortable(
      client.connect(transport, { signal, timeout: LONGEST_TIMER_MS }),
      signal,
    );
    this.#tools = await this.#listTools(signal);
  }

  async #listTools(signal: AbortSignal): Promise<readonly Tool[]> {
    if (this.#client.getServerCapabilities()?.tools === undefined) return [];
    const tools = await this.#list("tools/list", "tools", signal);
    const byName = new Map<string, Tool>();
    for (const tool of tools as Tool[]) {
      const { name } = tool;
      if (typeof name === "string" && !byName.has(name)) byName.set(name, tool);
    }
    return [...byName.values()];
  }

  async #refresh(): Promise<void> {
    try {
      this.#tools = await this.#listTools(AbortSignal.timeout(REQUEST_MS));
      this.#options.onToolsChanged?.();
    } catch (error) {
      this.#options.log.warn("tools of an MCP server could not be read again", {
        error: toReason(error),
      });
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

  /** Asks; the answer is taken as it is. */
  async #request(
    method: string,
    params: Record<string, unknown>,
    options: NonNullable<Parameters<Client["request"]>[2]>,
  ): Promise<Record<string, JsonValue>> {
    const timeout = method === "tools/call" || options.signal !== undefined
      ? LONGEST_TIMER_MS
      : REQUEST_MS;
    try {
      return await this.#client.request(
        { method, params } as Parameters<Client["request"]>[0],
        this.#sdk.ResultSchema,
        { timeout, ...options },
      );
    } catch (error) {
      const reason: unknown = options.signal?.aborted
        ? options.signal.reason
        : undefined;
      if (reason !== undefined) throw reason;
      throw new McpFailure(
        this.#isClosed ? CLOSED : toReason(error),
        { cause: error },
      );
    }
  }

  async #elicit(
    asked: Elicitation,
    signal: AbortSignal,
  ): Promise<{ action: "accept" | "decline" | "cancel" }> {
    // Nothing says which call a question belongs to: most likely the last one.
    const call = this.#calls.at(-1);
    call?.deadline.pause();
    try {
      const answer = call === undefined
        ? await this.#options.elicit(asked, signal)
        : await call.caller.elicit(
          asked,
          AbortSignal.any([signal, call.caller.signal]),
        );
      const { action, content, _meta } = answer;
      return {
        action,
        ...content != null && action === "accept" && { content },
        ..._meta != null && { _meta },
      };
    } finally {
      call?.deadline.resume();
    }
  }
}
