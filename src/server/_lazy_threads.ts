import type {
  Extensions,
  HookToolAnswer,
  HookToolCall,
} from "../extensions/mod.ts";
import type { Access } from "../access/mod.ts";
import type { Configuration } from "../config/mod.ts";
import type { Programs } from "../exec/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { McpServers } from "../mcp/mod.ts";
import type { McpMethod } from "../mcp/methods.ts";
import type { Sandbox } from "../sandbox/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Audience, Places, Threads } from "../threads/mod.ts";
import type { ThreadMethod } from "../threads/methods.ts";
import type { LazyAccounts } from "./_lazy_accounts.ts";
import { Lazy } from "./_lazy.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";
import { PROTOCOL_VERSION } from "./identity.ts";

/** What threads are composed of. */
export interface LazyThreadsOptions {
  readonly home: string;
  readonly configuration: Configuration;
  readonly access: Access;
  readonly programs: Programs;
  readonly sandbox: Sandbox;
  readonly audience: Audience;
  readonly accounts: Pick<LazyAccounts, "credentials">;
  /** Skills, plugins and hooks. */
  readonly extensions: { load(): Promise<Extensions> };
  /** Where else than here they can be set to work. */
  readonly places: () => Places | undefined;
  readonly installationId: string;
  /** Default: that of threads. */
  readonly idleUnloadMs?: number;
  /** What threads that are started are listed as. */
  readonly source: "vscode" | "exec";
  /** Whether only the administrator's rules about commands count. */
  readonly ignoresRules: boolean;
  readonly env: { get(name: string): string | undefined };
  readonly log: Logger;
  /** Text of the `user-agent` header in the name of a client. */
  readonly userAgent: () => string;
  /** Text of the `originator` header. */
  readonly originator: () => string;
}

/** What a first request for threads gets. */
interface Opened {
  readonly handlers: Handlers<Threads, ThreadMethod>;
  readonly service: Threads;
}

/** What a first request for MCP servers gets. */
interface OpenedMcp {
  readonly handlers: Handlers<McpServers, McpMethod>;
  readonly service: McpServers;
}

/**
 * The threads of a server, and all that they are made of: loaded when somebody
 * first asks for one, because most of it is for the agent loop, and a server
 * that runs commands needs none of it.
 */
export class LazyThreads implements AsyncDisposable {
  readonly #rooms: RoomsOnDemand;
  readonly #options: LazyThreadsOptions;
  readonly #opened = new Lazy(() => this.#open());
  readonly #mcp = new Lazy(() => this.#openMcp());
  #service: Threads | undefined;

  constructor(rooms: RoomsOnDemand, options: LazyThreadsOptions) {
    this.#rooms = rooms;
    this.#options = options;
  }

  /** Opens them, at the first call. */
  readonly open = (): Promise<Opened> => this.#opened.get();

  /** Opens the MCP servers, at the first call or with the threads. */
  readonly openMcp = (): Promise<OpenedMcp> => this.#mcp.get();

  /** Has threads go on with the MCP servers that there are now. */
  async reloadMcp(): Promise<void> {
    const opened = await this.#mcp.made();
    (await opened?.service.prepareReload())?.();
  }

  /** Where a loaded thread works. */
  findCwd(threadId: string): string | undefined {
    return this.#service?.find(threadId)?.settings.cwd;
  }

  /** Tells who follows a thread that another place of it came or went. */
  tellEnvironment(id: string, isConnected: boolean): void {
    this.#service?.tellEnvironment(id, isConnected);
  }

  /** Resolves when no turn runs. */
  async drain(): Promise<void> {
    await (await this.#opened.made())?.service.drain();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#opened.made())?.service[Symbol.asyncDispose]();
    await (await this.#mcp.made())?.service[Symbol.asyncDispose]();
  }

  async #open(): Promise<Opened> {
    const side = await this.#rooms.load();
    // Not at the same time, as agent_side.ts tells.
    const agent = await side.agent();
    const model = await side.model();
    const tools = await side.tools();
    const threads = await side.threads();
    const { threadHandlers } = await side.threadHandlers();
    const extensions = await this.#options.extensions.load();
    const { service: mcpServers } = await this.#mcp.get();
    const credentials = await this.#options.accounts.credentials();
    const { warnings } = await this.#options.configuration.atStart();
    const { home, access, programs, sandbox, env, log } = this.#options;
    const { idleUnloadMs } = this.#options;
    const scripts = new model.Scripts();
    const service = new threads.Threads({
      home,
      version: PROTOCOL_VERSION,
      audience: this.#options.audience,
      log: log.child("threads"),
      installationId: this.#options.installationId,
      ...idleUnloadMs !== undefined && { idleUnloadMs },
      source: this.#options.source,
      places: this.#options.places,
      access: {
        checkRead: (path) => access.checkRead(path),
        checkWrite: (path) => access.checkWrite(path),
      },
      configFor: this.#options.configuration.forThread,
      findTrust: this.#options.configuration.findTrust,
      findFeatureNotices: this.#options.configuration.findFeatureNotices,
      toldWarnings: warnings,
      createModels: (config) =>
        model.createModels({
          config,
          home,
          env,
          log: log.child("model"),
          userAgent: this.#options.userAgent(),
          originator: this.#options.originator(),
          version: PROTOCOL_VERSION,
          scripts,
          credentials,
        }),
      readRoleFile: async (path) => {
        const { parseToml } = await import("../config/mod.ts");
        return await parseToml(await Deno.readTextFile(path));
      },
      baseInstructions: agent.builtInInstructions,
      createReviewer: (options) => agent.createReviewer(options),
      createAgent: (options) => agent.createAgent(options),
      createExtensions: (thread) =>
        extensions.forThread({
          ...thread,
          callTool: (call) => callForHook(mcpServers, thread.threadId, call),
        }),
      createExternalTools: ({ publish, ask, ...order }) =>
        mcpServers.open({
          ...order,
          voice: {
            threadId: order.threadId,
            tell: (news) => publish("mcpServer/startupStatus/updated", news),
            ask: (params, signal) =>
              ask("mcpServer/elicitation/request", params, { signal }),
          },
        }),
      createToolbox: (options) =>
        tools.createToolbox({
          ...options,
          home,
          access,
          programs,
          sandbox,
          ignoresRules: this.#options.ignoresRules,
          log: log.child("tools"),
        }),
    });
    this.#service = service;
    return { handlers: threadHandlers, service };
  }

  async #openMcp(): Promise<OpenedMcp> {
    const side = await this.#rooms.load();
    const extensions = await this.#options.extensions.load();
    const { McpServers } = await side.mcp();
    const { mcpHandlers } = await side.mcpHandlers();
    const { home, programs, env, log } = this.#options;
    const { audience, configuration } = this.#options;
    const service = new McpServers({
      home,
      version: PROTOCOL_VERSION,
      programs,
      env,
      configFor: configuration.forThread,
      findBrought: (config) => extensions.mcpServers(config),
      writeConfig: (params) => configuration.write(params),
      announce: (announcement) => audience.announce(announcement),
      log: log.child("mcp"),
    });
    return { handlers: mcpHandlers, service };
  }
}

/** Calls a tool in the name of a hook: what counts is what it says. */
async function callForHook(
  servers: McpServers,
  threadId: string,
  { server, tool, input, signal }: HookToolCall,
): Promise<HookToolAnswer> {
  const { content, isError } = await servers.call({
    threadId,
    server,
    tool,
    arguments: input,
    _meta: { threadId },
  }, signal);
  const texts = content.flatMap((part) => {
    const { text } = part as { readonly text?: unknown };
    return typeof text === "string" ? text : [];
  });
  return { text: texts.join("\n"), isError: isError === true };
}
