/**
 * How it is said: the life of a connection, dispatch, order, replies. Knows no
 * domain and no transport; frames come from a channel, work goes to table rows.
 *
 * @module
 */
export { Connection } from "./connection.ts";
export { type Access, type Claim, KeyedQueue } from "./keyed_queue.ts";
export {
  bind,
  bindLazily,
  type BoundRow,
  type BoundTable,
  type Client,
  concurrent,
  type Context,
  EncodedParams,
  EncodedResult,
  type Handlers,
  type NotifyOptions,
  ordered,
  type Row,
  type Scope,
  type Scopes,
  type Session,
  type SessionFactory,
  type Surroundings,
  type Table,
} from "./method.ts";
export { Peers } from "./peers.ts";
export type {
  ConnectionLimits,
  Handshake,
  Switchboard,
} from "./switchboard.ts";
