/**
 * The typed client: one class over a child process, a websocket, a unix socket
 * or a channel within the process. It stands without the server, and what a
 * kind of target needs is loaded when it is used.
 *
 * @example Read a file through a server that is started for it
 * ```ts ignore
 * import { Client } from "@gangway/app-server/client";
 *
 * await using client = await Client.connect({
 *   spawn: ["gangway", "app-server"],
 * });
 * const { dataBase64 } = await client.request("fs/readFile", {
 *   path: "/etc/hosts",
 * });
 * console.log(atob(dataBase64));
 * ```
 *
 * @module
 */
export { Client } from "./client.ts";
export type {
  ClientOptions,
  RequestArguments,
  RequestOptions,
  SubscribeOptions,
} from "./client_options.ts";
export { ConnectionClosedError } from "./connection_closed_error.ts";
export {
  type ServerRequestContext,
  type ServerRequestHandler,
} from "./server_requests.ts";
export {
  type NotificationOf,
  NotificationOverflowError,
  type Subscription,
} from "./subscription.ts";
export type { SpawnTarget } from "./spawn_target.ts";
export type { ChannelTarget, Target, UrlTarget } from "./target.ts";
export type * from "../protocol/mod.ts";
export { errorCodes, RpcError } from "../protocol/mod.ts";
export {
  type Channel,
  type ChannelEnd,
  DialError,
  type DialRefusal,
  type IncomingFrame,
  type OutgoingFrame,
  type OversizedFrame,
} from "../transport/mod.ts";
