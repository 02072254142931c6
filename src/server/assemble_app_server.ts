import { Access } from "../access/mod.ts";
import {
  type Config,
  installationId,
  openConfiguration,
  refusing,
  resolveHome,
} from "../config/mod.ts";
import { loadFiles, loadSearches, MAX_READ_BYTES } from "../files/methods.ts";
import { KeyedQueue, Peers } from "../rpc/mod.ts";
import { createSandbox } from "../sandbox/mod.ts";
import { createTracer, silentLogger } from "../telemetry/mod.ts";
import { dial, MAX_LINE_BYTES, MAX_MESSAGE_BYTES } from "../transport/mod.ts";
import { Concealment } from "./_concealment.ts";
import { Reception } from "./handshake.ts";
import { Lazy } from "./_lazy.ts";
import { LazyAccounts } from "./_lazy_accounts.ts";
import { LazyExtensions } from "./_lazy_extensions.ts";
import { LazyHost } from "./_lazy_host.ts";
import { LazyPrograms } from "./_lazy_programs.ts";
import { openMigration } from "./_open_migration.ts";
import { LazyThreads } from "./_lazy_threads.ts";
import type { AppServer } from "./app_server.ts";
import { type AppServerOptions, defaultLimits } from "./app_server_options.ts";
import { PRODUCT_VERSION } from "./identity.ts";
import { LiveServer } from "./live_server.ts";
import { bindMethods } from "./methods.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";
import { readPlatform } from "./user_agent.ts";

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
      cwd: Deno.cwd(),
      findThreadCwd: (id): string | undefined => threads.findCwd(id),
      reloadThreads: (): Promise<void> => threads.reloadMcp(),
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
  const programs = new LazyPrograms({ access, sandbox, limits: execLimits });
  const files = new Lazy(() => loadFiles(access));
  const searches = new Lazy(() => loadSearches(access, env));
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
    environments: {
      dial,
      onChange: (id, isConnected) => threads.tellEnvironment(id, isConnected),
    },
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
    places: () => host.environments,
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
      openFiles: () => files.get(),
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
      openSearches: () => searches.get(),
      openMigration: () =>
        openMigration(rooms, threads, extensions, {
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
    host,
  });
}

function readHostName(): string {
  try {
    return Deno.hostname();
  } catch {
    return "localhost"; // without --allow-sys=hostname
  }
}
