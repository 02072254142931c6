import { Access, type AccessRules } from "../access/mod.ts";
import {
  type Config,
  type ConfigOverrides,
  installationId,
  openConfiguration,
  refusing,
  resolveHome,
} from "../config/mod.ts";
import { type ExecLimits, Programs } from "../exec/mod.ts";
import { Files, MAX_READ_BYTES } from "../files/mod.ts";
import { loadSearches } from "../files/methods.ts";
import {
  Connection,
  type ConnectionLimits,
  KeyedQueue,
  Peers,
  type Switchboard,
} from "../rpc/mod.ts";
import { createSandbox, type Sandbox } from "../sandbox/mod.ts";
import { createSpawner } from "../spawn/mod.ts";
import { createTracer, type Logger, silentLogger } from "../telemetry/mod.ts";
import {
  type Channel,
  createMemoryChannelPair,
  type Listener,
  MAX_LINE_BYTES,
  MAX_MESSAGE_BYTES,
} from "../transport/mod.ts";
import { Concealment } from "./_concealment.ts";
import { Reception } from "./handshake.ts";
import { LazyAccounts } from "./_lazy_accounts.ts";
import { LazyExtensions } from "./_lazy_extensions.ts";
import { LazyHost } from "./_lazy_host.ts";
import { openMigration } from "./_open_migration.ts";
import { LazyThreads } from "./_lazy_threads.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";
import { PRODUCT_VERSION } from "./identity.ts";
import { bindMethods } from "./methods.ts";
import { readPlatform } from "./user_agent.ts";

/** What stands above the configuration files, and where some of them lie. */
export interface ConfigOptions {
  /** What `-c`, `--enable` and `--disable` say. */
  overrides?: ConfigOverrides;
  /** Refuse a broken or unknown configuration instead of warning. */
  strict?: boolean;
  /** Directory of the system's configuration. Default: `/etc/codex`. */
  etc?: string;
  /** Name of a profile: `NAME.config.toml` goes over the user's file. */
  profile?: string;
  /** Leave the user's file out; the profile counts. Default: false. */
  ignoresUser?: boolean;
}

/** What the threads of a server are, beyond what is configured. */
export interface ThreadPolicy {
  /** What those that it starts are listed as. Default: `vscode`. */
  source?: "vscode" | "exec";
  /**
   * Leave out the rules about commands of the user and of projects; those of
   * the administrator hold. Default: false.
   */
  ignoresRules?: boolean;
  /** Run hooks that nobody has trusted, too. Default: false. */
  trustsHooks?: boolean;
}

/** Bounds of a server. The defaults stand in README's limits table. */
export interface AppServerLimits extends ConnectionLimits {
  /** Bounds of the programs that clients run. */
  readonly exec: Partial<ExecLimits>;
  /**
   * How long a thread stays loaded that nobody follows and in which nothing
   * happens, in milliseconds. Default: one minute.
   */
  readonly idleUnloadMs: number;
}

/** How a server is set up. Everything has a default. */
export interface AppServerOptions {
  /** Home directory. Default: `CODEX_HOME`, else `~/.codex`. */
  home?: string;
  /** Configuration that stands above the files, as `-c` gives it. */
  config?: ConfigOptions;
  /** What its threads are. Default: those of a server for any client. */
  threads?: ThreadPolicy;
  /** What clients may touch. Default: whatever the process may. */
  access?: AccessRules;
  /**
   * Files with what lets a client in, such as tokens: no command in a box may
   * read them. Default: none.
   */
  secrets?: readonly string[];
  /** Where the server says what happens. Default: nowhere. */
  log?: Logger;
  /** Bounds of each connection, and of programs. */
  limits?: Partial<AppServerLimits>;
  /** Environment to read from. Default: the process's own. */
  env?: { get(name: string): string | undefined };
}

/** Bounds of a connection unless the options say otherwise. */
export const defaultLimits: ConnectionLimits = {
  maxInFlight: 128,
  maxHeldBytes: 64 * 1024 * 1024,
  maxValues: 1_000_000,
  pauseAtQueuedBytes: 8 * 1024 * 1024,
  maxQueuedBytes: 64 * 1024 * 1024,
  stallMs: 30_000,
  flushMs: 5_000,
};

/**
 * An app-server: serves any number of peers over any kind of channel until it
 * is closed. Disposing it is closing it.
 */
export interface AppServer extends AsyncDisposable {
  /** Number of peers that are connected now. */
  readonly connections: number;
  /** Serves one peer; resolves when its channel is closed. Never rejects. */
  serve(channel: Channel): Promise<void>;
  /** Serves every peer that a listener lets in, until the listener is closed. */
  listen(listener: Listener): Promise<void>;
  /**
   * Opens a connection within the process, without a port.
   *
   * @example Ask a server that lives in the same process
   * ```ts
   * import { createAppServer } from "@gangway/app-server";
   * import { Client } from "@gangway/app-server/client";
   *
   * await using server = await createAppServer();
   * await using client = await Client.connect({ channel: server.connect() });
   * const { isDirectory } = await client.request("fs/getMetadata", {
   *   path: Deno.cwd(),
   * });
   * if (!isDirectory) throw new Error("A working directory is one");
   * ```
   */
  connect(): Channel;
  /**
   * Waits until nothing goes on that a shutdown should wait for. New peers and
   * requests are served meanwhile.
   */
  drain(): Promise<void>;
  /**
   * Takes no more peers, lets every connection answer what it has read, closes
   * it with a reason and gives everything back. Idempotent.
   */
  close(): Promise<void>;
}

/** What a server gives back when it is closed, or tells as it goes. */
interface Rooms {
  readonly peers: Peers;
  readonly accounts: LazyAccounts;
  readonly threads: LazyThreads;
  readonly extensions: LazyExtensions;
  readonly programs: Programs;
  readonly sandbox: Sandbox;
  /** Knows the sockets that it listens on. */
  readonly concealment: Concealment;
}

class LiveServer implements AppServer {
  readonly #board: Switchboard;
  readonly #rooms: Rooms;
  readonly #peers: Peers;
  readonly #running = new Set<Promise<void>>();
  readonly #listeners = new Set<Listener>();
  #connections = 0;
  #closing: Promise<void> | undefined;

  constructor(board: Switchboard, rooms: Rooms) {
    this.#board = board;
    this.#rooms = rooms;
    this.#peers = rooms.peers;
  }

  get connections(): number {
    return this.#peers.size;
  }

  serve(channel: Channel): Promise<void> {
    const connection = new Connection(
      ++this.#connections,
      channel,
      this.#board,
    );
    const run = this.#peers.run(connection).catch((error) => {
      this.#board.log.error("a connection failed", { error: String(error) });
      channel.terminate();
    });
    this.#running.add(run);
    run.finally(() => this.#running.delete(run));
    if (this.#closing !== undefined) connection.close(...GOING_AWAY);
    return run;
  }

  async listen(listener: Listener): Promise<void> {
    this.#listeners.add(listener);
    const socket = /^unix:\/\/(.*)$/s.exec(listener.address)?.[1];
    if (socket !== undefined) this.#rooms.concealment.add(socket);
    try {
      for await (const channel of listener.channels) this.serve(channel);
    } finally {
      this.#listeners.delete(listener);
      if (socket !== undefined) this.#rooms.concealment.delete(socket);
    }
  }

  connect(): Channel {
    const [ours, theirs] = createMemoryChannelPair();
    this.serve(ours);
    return theirs;
  }

  drain(): Promise<void> {
    return this.#rooms.threads.drain();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const listeners = [...this.#listeners];
    await Promise.all(listeners.map((one) => one.close()));
    this.#peers.close(...GOING_AWAY);
    await Promise.all(this.#running);
    await this.#rooms.threads[Symbol.asyncDispose]();
    await this.#rooms.extensions[Symbol.asyncDispose]();
    await this.#rooms.accounts[Symbol.asyncDispose]();
    await this.#rooms.programs[Symbol.asyncDispose]();
    await this.#rooms.sandbox[Symbol.asyncDispose]();
    await Promise.all(listeners.map((one) => one[Symbol.asyncDispose]()));
  }
}

/** Websocket close code "Going Away" (RFC 6455, section 7.4.1). */
const GOING_AWAY = [1001, "the server is shutting down"] as const;

/**
 * Makes a server whose rooms of the agent's side are found as `rooms` says.
 *
 * @throws {Error} if the home directory can't be used.
 */
export async function assembleAppServer(
  rooms: RoomsOnDemand,
  options: AppServerOptions = {},
): Promise<AppServer> {
  const { env = Deno.env, log = silentLogger } = options;
  const home = options.home ?? await resolveHome(env);
  const [configuration, id, tracer, access] = await Promise.all([
    openConfiguration({
      home,
      log,
      findThreadCwd: (id): string | undefined => threads.findCwd(id),
      ...options.config,
    }),
    installationId(home, { log }),
    env.get("OTEL_DENO") === "true"
      ? createTracer({ env: (name) => env.get(name), version: PRODUCT_VERSION })
      : undefined,
    Access.create(options.access ?? {}),
  ]);
  const config = configuration.server;
  const concealment = new Concealment(home, options.secrets);
  const sandbox = createSandbox({
    config,
    access,
    env,
    log: log.child("sandbox"),
    hidden: () => concealment.paths(),
    directory: concealment.directory,
    home,
  });
  const { exec: execLimits, idleUnloadMs, ...bounds } = options.limits ?? {};
  const limits = { ...defaultLimits, ...bounds };
  const reception = new Reception({
    home,
    warnings: [...config.warnings, ...await sandbox.findWarnings()],
    limits,
    installationId: id,
    name: readHostName(),
    platform: readPlatform(env),
    maxMessageBytes: (origin) =>
      origin === "stdio" ? MAX_LINE_BYTES : MAX_MESSAGE_BYTES,
    maxReadFileBytes: MAX_READ_BYTES,
  }, env.get("CODEX_INTERNAL_ORIGINATOR_OVERRIDE"));
  const programs = new Programs({
    createSpawner,
    access,
    sandbox,
    limits: execLimits,
  });
  let requests = 0;
  const nextRequestId = () => requests++;
  const peers = new Peers();
  // A broken file keeps nobody out of the account: its last good state counts.
  const readConfig = (): Promise<Config> =>
    configuration.forThread({ cwd: Deno.cwd(), overrides: {} })
      .catch(() => config);
  const accounts = new LazyAccounts(rooms, {
    home,
    env,
    log: log.child("account"),
    readConfig,
    clients: {
      announce: (announcement) => peers.announce(announcement),
      ask: (method, params, { signal }) =>
        peers.ask(method, params, { signal, id: nextRequestId() }),
    },
    userAgent: () => reception.userAgent,
    originator: () => reception.originator,
  });
  const host = new LazyHost(rooms, {
    name: readHostName(),
    installationId: id,
    env,
    access,
    programs,
    gauges: () => [
      { name: "app.connections", value: peers.size },
      { name: "app.requests.in_flight", value: peers.requestsInFlight },
    ],
    cwd: Deno.cwd(),
    hasChatgpt: async () => (await accounts.open()).service.hasChatgpt(),
  });
  const extensions = new LazyExtensions(rooms, {
    home,
    configuration,
    programs,
    env,
    announce: (announcement) => peers.announce(announcement),
    findThreadCwd: (id): string | undefined => threads.findCwd(id),
    onPluginsChanged: () => {
      threads.reloadMcp().catch((error) => {
        log.warn("MCP servers can't be read again", { error: String(error) });
      });
    },
    ...options.config?.etc !== undefined && { etc: options.config.etc },
    trustsHooks: options.threads?.trustsHooks ?? false,
    log: log.child("extensions"),
  });
  const threads = new LazyThreads(rooms, {
    home,
    extensions,
    accounts,
    configuration,
    access,
    programs,
    sandbox,
    audience: {
      announce: (announcement, except) => peers.announce(announcement, except),
      nextRequestId,
    },
    installationId: id,
    ...idleUnloadMs !== undefined && { idleUnloadMs },
    source: options.threads?.source ?? "vscode",
    ignoresRules: options.threads?.ignoresRules ?? false,
    env,
    log,
    userAgent: () => reception.userAgent,
    originator: () => reception.originator,
  });
  return new LiveServer({
    table: bindMethods({
      files: new Files(access),
      configuration,
      programs,
      threads,
      accounts,
      openModels: async () => ({
        handlers: (await (await rooms.load()).modelHandlers()).modelHandlers,
        service: {
          env,
          readConfig,
          peekConfig: () =>
            refusing(configuration.peek(), "failed to read providers"),
          checkConfig: () =>
            refusing(
              configuration.forServer(),
              "failed to resolve feature override precedence",
            ),
          write: (params) => configuration.write(params),
        },
      }),
      host,
      openSearches: () => loadSearches(access, env),
      openMigration: () =>
        openMigration(rooms, threads, {
          home,
          userHome: env.get("HOME"),
          access,
        }),
      extensions,
    }),
    queue: new KeyedQueue(),
    limits,
    log: log.child("rpc"),
    tracer,
    handshake: (params, origin) => reception.welcome(params, origin),
    nextRequestId,
  }, {
    peers,
    programs,
    sandbox,
    concealment,
    accounts,
    threads,
    extensions,
  });
}

function readHostName(): string {
  try {
    return Deno.hostname();
  } catch {
    return "localhost"; // without --allow-sys=hostname
  }
}
