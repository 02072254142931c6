import { Access } from "../access/mod.ts";
import {
  type Config,
  type Configuration,
  installationId,
  refusing,
} from "../config/mod.ts";
import { Programs } from "../exec/mod.ts";
import { Files } from "../files/mod.ts";
import { loadSearches } from "../files/methods.ts";
import type { BoundTable, Peers } from "../rpc/mod.ts";
import { createSandbox, type Sandbox } from "../sandbox/mod.ts";
import { createSpawner } from "../spawn/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import { dial } from "../transport/mod.ts";
import type { Concealment } from "./_concealment.ts";
import { Lazy } from "./_lazy.ts";
import { LazyAccounts } from "./_lazy_accounts.ts";
import { LazyExtensions } from "./_lazy_extensions.ts";
import { LazyHost } from "./_lazy_host.ts";
import { LazyThreads } from "./_lazy_threads.ts";
import { readRuleWarnings } from "./_rule_warnings.ts";
import { openMigration } from "./_open_migration.ts";
import type { AppServerOptions } from "./app_server_options.ts";
import type { Greeting, Reception } from "./handshake.ts";
import { bindMethods } from "./methods.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";

/** What the rooms of a server are made of. */
export interface OpenRoomsOptions {
  /** How the agent's side is found. */
  readonly rooms: RoomsOnDemand;
  readonly options: AppServerOptions;
  readonly home: string;
  readonly env: { get(name: string): string | undefined };
  /** Name of the machine for people. */
  readonly name: string;
  readonly configuration: Configuration;
  /** The server's own rules. Default: none. */
  readonly access?: Access;
  readonly concealment: Concealment;
  readonly peers: Peers;
  readonly reception: Pick<Reception, "userAgent" | "originator">;
  readonly nextRequestId: () => number;
  readonly log: Logger;
}

/** All that answers requests, and what has to be given back at the end. */
export interface LiveRooms {
  readonly table: BoundTable;
  /** What every client is told. */
  readonly greeting: Greeting;
  readonly accounts: LazyAccounts;
  readonly threads: LazyThreads;
  readonly extensions: LazyExtensions;
  readonly host: LazyHost;
  readonly programs: Programs;
  readonly sandbox: Sandbox;
}

/** Makes the rooms of a server. Each still loads what it needs when it is asked. */
export async function openRooms(
  { rooms, options, ...ground }: OpenRoomsOptions,
): Promise<LiveRooms> {
  const { home, env, configuration, concealment, peers } = ground;
  const { reception, nextRequestId, log } = ground;
  const [config, access, id] = await Promise.all([
    configuration.atStart(),
    ground.access ?? Access.create({}),
    installationId(home, { log }),
  ]);
  const sandbox = createSandbox({
    config,
    access,
    env,
    log: log.child("sandbox"),
    hidden: () => concealment.paths(),
    directory: concealment.directory,
    home,
    readConfig: ({ cwd, profile: permissions }) =>
      configuration.forThread({ cwd, overrides: {}, wished: { permissions } }),
  });
  const { exec: execLimits, idleUnloadMs } = options.limits ?? {};
  const { ignoresRules = false } = options.threads ?? {};
  const programs = new Programs({
    createSpawner,
    access,
    sandbox,
    limits: execLimits,
  });
  const searches = new Lazy(() => loadSearches(access, env));
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
    name: ground.name,
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
    ignoresRules,
    env,
    log,
    userAgent: () => reception.userAgent,
    originator: () => reception.originator,
  });
  const table = bindMethods({
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
    openSearches: () => searches.get(),
    openMigration: () =>
      openMigration(rooms, threads, extensions, {
        home,
        userHome: env.get("HOME"),
        access,
      }),
    extensions,
  });

  const rules = [
    `${options.config?.etc ?? "/etc/codex"}/rules`,
    ...ignoresRules ? [] : [`${home}/rules`],
  ];
  const warnings = [
    ...config.warnings,
    ...await readRuleWarnings(rooms, rules, log),
    ...await sandbox.findWarnings(),
  ];
  return {
    table,
    greeting: { installationId: id, warnings },
    accounts,
    threads,
    extensions,
    host,
    programs,
    sandbox,
  };
}
