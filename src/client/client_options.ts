import type {
  ClientInfo,
  InitializeCapabilities,
  MethodName,
  ParamsOf,
} from "../protocol/mod.ts";

/** How a client introduces itself. */
export interface ClientOptions {
  /** Who is calling. Default: this client's name and version. */
  readonly clientInfo?: ClientInfo;
  /**
   * What to ask for: `experimentalApi`, `optOutNotificationMethods`,
   * `gangway: {}` for Gangway's additions, and the rest of the protocol's.
   */
  readonly capabilities?: InitializeCapabilities;
  /** Gives up connecting; an open connection is not touched. */
  readonly signal?: AbortSignal | undefined;
}

/** What a single request may be told. */
export interface RequestOptions {
  /** Cancels the request. */
  readonly signal?: AbortSignal | undefined;
}

/** What a consumer of notifications may be told. */
export interface SubscribeOptions {
  /** Ends the subscription; the loop throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Notifications that may wait for the consumer. Default: 10,000. */
  readonly maxQueued?: number;
  /**
   * What happens when that many wait. `"cut"` ends this subscription. `"pause"`
   * reads nothing more from the server until the consumer has taken one: what
   * the server paces, such as the output of commands, is held up at its source.
   * Replies and other subscriptions of the connection wait as well, so a
   * consumer must not wait for them. Default: `"cut"`.
   */
  readonly whenFull?: "cut" | "pause";
}

/** Parameters, where the method takes any, and options of a request. */
export type RequestArguments<M extends MethodName> = undefined extends
  ParamsOf<M> ? [params?: ParamsOf<M>, options?: RequestOptions]
  : [params: ParamsOf<M>, options?: RequestOptions];
