import type { Access, AccessRules } from "../access/mod.ts";
import { openConfiguration, resolveHome } from "../config/mod.ts";
import { MAX_READ_BYTES } from "../files/limits.ts";
import { KeyedQueue, Peers } from "../rpc/mod.ts";
import { createTracer, silentLogger } from "../telemetry/mod.ts";
import { MAX_LINE_BYTES, MAX_MESSAGE_BYTES } from "../transport/mod.ts";
import { Concealment } from "./_concealment.ts";
import { Lazy } from "./_lazy.ts";
import type { LiveRooms } from "./_open_rooms.ts";
import type { AppServer } from "./app_server.ts";
import { type AppServerOptions, defaultLimits } from "./app_server_options.ts";
import { Reception } from "./handshake.ts";
import { PRODUCT_VERSION } from "./identity.ts";
import { LiveServer } from "./live_server.ts";
import type { RoomsOnDemand } from "./rooms_on_demand.ts";
import { readPlatform } from "./user_agent.ts";

/**
 * Makes a server whose rooms of the agent's side are found as `rooms` says. What
 * can keep it from starting is looked at here; everything else is made once the
 * first client is there, which hears of it as soon as it has its answer.
 *
 * @throws {Error} if the home directory can't be used.
 */
export async function assembleAppServer(
  rooms: RoomsOnDemand,
  options: AppServerOptions = {},
): Promise<AppServer> {
  const { env = Deno.env, log = silentLogger } = options;
  const home = options.home ?? await resolveHome(env);
  let live: LiveRooms | undefined;
  const [configuration, tracer] = await Promise.all([
    openConfiguration({
      home,
      log,
      cwd: Deno.cwd(),
      findThreadCwd: (id): string | undefined => live?.threads.findCwd(id),
      reloadThreads: async (): Promise<void> => {
        await live?.extensions.renewThreads();
        await live?.threads.reloadMcp();
      },
      ...options.config,
    }),
    env.get("OTEL_DENO") === "true"
      ? createTracer({ env: (name) => env.get(name), version: PRODUCT_VERSION })
      : undefined,
  ]);
  const access = await readRules(options.access ?? {});
  const concealment = new Concealment(home, options.secrets);
  const { exec: _exec, idleUnloadMs: _idle, ...bounds } = options.limits ?? {};
  const limits = { ...defaultLimits, ...bounds };
  const peers = new Peers();
  const name = readHostName();
  let requests = 0;
  const nextRequestId = () => requests++;
  const opening = new Lazy(async (): Promise<LiveRooms> => {
    const { openRooms } = await import("./_open_rooms.ts");
    live = await openRooms({
      rooms,
      options,
      home,
      env,
      name,
      configuration,
      ...access !== undefined && { access },
      concealment,
      peers,
      reception,
      nextRequestId,
      log,
    });
    return live;
  });
  const reception: Reception = new Reception(
    {
      home,
      limits,
      name,
      platform: readPlatform(env),
      maxMessageBytes: (origin) =>
        origin === "stdio" ? MAX_LINE_BYTES : MAX_MESSAGE_BYTES,
      maxReadFileBytes: MAX_READ_BYTES,
    },
    async () => (await opening.get()).greeting,
    env.get("CODEX_INTERNAL_ORIGINATOR_OVERRIDE"),
  );
  return new LiveServer({
    get table() {
      return live?.table ?? new Map();
    },
    queue: new KeyedQueue(),
    limits,
    log: log.child("rpc"),
    tracer,
    handshake: (params, origin) => reception.welcome(params, origin),
    nextRequestId,
  }, { peers, concealment, rooms: opening });
}

/** What the rules mean; undefined if there are none. They may be wrong. */
async function readRules(rules: AccessRules): Promise<Access | undefined> {
  if (Object.keys(rules).length === 0) return undefined;
  const { Access } = await import("../access/mod.ts");
  return await Access.create(rules);
}

function readHostName(): string {
  try {
    return Deno.hostname();
  } catch {
    return "localhost"; // without --allow-sys=hostname
  }
}
