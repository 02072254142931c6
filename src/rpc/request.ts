import {
  type NotificationName,
  RpcError,
  type ServerMethodName,
  type ServerNotifications,
  type ServerRequests,
} from "../protocol/mod.ts";
import type { Connection } from "./connection.ts";
import type { Place } from "./load.ts";
import type {
  Client,
  Context,
  EncodedParams,
  NotifyOptions,
  SessionFactory,
} from "./method.ts";

/** One request that is worked on: what its handler sees of the world. */
export class Request implements Context {
  readonly #connection: Connection;
  readonly client: Client;
  /** What it takes up of the connection. */
  readonly place: Place;
  readonly #afterReply: (() => void | Promise<void>)[] = [];
  #controller: AbortController | undefined;
  #reason: unknown;

  constructor(connection: Connection, client: Client, place: Place) {
    this.#connection = connection;
    this.client = client;
    this.place = place;
  }

  /** Made at the first look: most handlers are done before anyone cancels. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  // Arrow functions, because handlers take them out of the context by name.

  readonly notify = <N extends NotificationName>(
    method: N,
    params: ServerNotifications[N] | EncodedParams,
    options?: NotifyOptions<ServerNotifications[N]>,
  ): Promise<void> => this.#connection.notify(method, params, options);

  readonly ask = <M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    options?: { signal?: AbortSignal },
  ): Promise<ServerRequests[M]["result"]> => {
    const signals = [this.signal, options?.signal].filter((one) => !!one);
    // Were its place not free meanwhile, requests that wait for answers could
    // keep those very answers from being read.
    return this.parked(this.#connection.ask(method, params, {
      signal: AbortSignal.any(signals),
    }));
  };

  readonly parked = <T>(work: PromiseLike<T>): Promise<T> =>
    this.#connection.park(this, work);

  readonly cancelRequest = (id: string | number): void =>
    this.#connection.cancelRequest(id);

  readonly afterReply = (work: () => void | Promise<void>): void => {
    this.#afterReply.push(work);
  };

  readonly session = <T extends Disposable | AsyncDisposable>(
    create: SessionFactory<T>,
  ): T => this.#connection.session(create);

  /** Aborts the handler's signal. The first reason stays. */
  cancel(reason: unknown = RpcError.cancelled()): void {
    this.#reason ??= reason;
    this.#controller?.abort(this.#reason);
  }

  /** Takes the work that waits for the reply. */
  takeAfterReply(): (() => void | Promise<void>)[] {
    return this.#afterReply.splice(0);
  }
}
