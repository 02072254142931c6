/**
 * Gangway as a library: an app-server that speaks the codex app-server
 * protocol, for embedding in a program of yours.
 *
 * ```ts
 * import { createAppServer } from "@gangway/app-server";
 * import { Client } from "@gangway/app-server/client";
 *
 * await using server = await createAppServer();
 * await using client = await Client.connect({ channel: server.connect() });
 * const { isDirectory } = await client.request("fs/getMetadata", { path: "/" });
 * if (!isDirectory) throw new Error("The root is a directory");
 * ```
 *
 * The client is `@gangway/app-server/client`, the contract
 * `@gangway/app-server/protocol`, the command line `@gangway/app-server/cli`.
 *
 * @module
 */
export {
  type AppServer,
  type AppServerLimits,
  type AppServerOptions,
  type ConfigOptions,
  defaultLimits,
  PRODUCT_VERSION,
  PROTOCOL_VERSION,
  type ThreadPolicy,
} from "./src/server/mod.ts";
export { createAppServer } from "./src/server/create_app_server.ts";
export type { AccessRules } from "./src/access/mod.ts";
export { defaultExecLimits, type ExecLimits } from "./src/exec/mod.ts";
export type { ConnectionLimits } from "./src/rpc/mod.ts";
export type { ConfigOverrides } from "./src/config/mod.ts";
export {
  createLogger,
  type Level,
  type LogFields,
  LogFilter,
  type Logger,
  type LoggerOptions,
} from "./src/telemetry/mod.ts";
export {
  type BearerOptions,
  type BearerPolicy,
  type Channel,
  type ChannelEnd,
  createBearerPolicy,
  createLineChannel,
  createMemoryChannelPair,
  createStdioChannel,
  type IncomingFrame,
  type LineChannelOptions,
  type ListenAddress,
  type Listener,
  listenUnix,
  type ListenUnixOptions,
  ListenUrlError,
  listenWebSocket,
  type ListenWebSocketOptions,
  type OutgoingFrame,
  type OversizedFrame,
  parseListenUrl,
  type TransportLog,
  withStartupLock,
} from "./src/transport/mod.ts";
