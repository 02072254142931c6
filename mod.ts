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
  AppServer,
  type AppServerOptions,
  createAppServer,
  defaultLimits,
  PRODUCT_VERSION,
  PROTOCOL_VERSION,
} from "./src/server/mod.ts";
export type { AccessRules } from "./src/access/mod.ts";
export type { ConnectionLimits } from "./src/rpc/mod.ts";
export type { Logger } from "./src/telemetry/mod.ts";
export {
  type Channel,
  type ChannelEnd,
  createMemoryChannelPair,
  createStdioChannel,
  type IncomingFrame,
  type Listener,
  listenUnix,
  listenWebSocket,
  type OutgoingFrame,
} from "./src/transport/mod.ts";
