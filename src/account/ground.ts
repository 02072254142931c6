import type { Config } from "../config/mod.ts";
import type {
  Announcement,
  ServerMethodName,
  ServerRequests,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Fetch } from "./_ask_issuer.ts";

/** All clients of a server. */
export interface Clients {
  /** Tells every client that has introduced itself. */
  announce(announcement: Announcement): void;
  /**
   * Asks every client that has introduced itself; the first result counts.
   *
   * @throws {RpcError} what was answered in its place, if none gave one.
   * @throws {Error} if nobody is there.
   */
  ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    options: { readonly signal: AbortSignal },
  ): Promise<ServerRequests[M]["result"]>;
}

/** What {@linkcode Accounts} stands on. */
export interface AccountGround {
  /** Directory that holds `auth.json`. */
  readonly home: string;
  /** The environment. */
  readonly env: { get(name: string): string | undefined };
  readonly log: Logger;
  /** The configuration as it is now. */
  readonly readConfig: () => Promise<Config>;
  readonly clients: Clients;
  /** Text of the `user-agent` header. */
  readonly userAgent: () => string;
  /** Text of the `originator` header. */
  readonly originator: () => string;
  /** Sends requests. Default: the one of the runtime. */
  readonly fetch?: Fetch;
  /** Where a browser may come back to. Default: 1455, 1457. */
  readonly callbackPorts?: readonly number[] | undefined;
  /** Milliseconds that clients have to bring new tokens. Default: 10 s. */
  readonly refreshTimeoutMs?: number;
}
