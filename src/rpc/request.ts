import {
  type NotificationName,
  RpcError,
  type ServerMethodName,
  type ServerNotifications,
  type ServerRequests,
} from "../protocol/mod.ts";
import type { Belongings } from "./_belongings.ts";
import type { Place } from "./load.ts";
import type {
  Client,
  Context,
  EncodedParams,
  NotifyOptions,
  Session,
  SessionFactory,
} from "./method.ts";

/** What a request has of its connection. */
export interface RequestGround {
  readonly session: Session;
  /** The things that live with the connection. */
  readonly belongings: Belongings;
  /** As {@linkcode Context.cancelRequest}. */
  cancelRequest(id: string | number): void;
  /** There may be room for another request. */
  onRoom(): void;
}

/** One request that is worked on: what its handler sees of the world. */
export class Request implements Context {
  readonly #ground: RequestGround;
  readonly client: Client;
  /** What it takes up of the connection. */
  readonly place: Place;
  readonly #afterReply: (() => void | Promise<void>)[] = [];
  #controller: AbortController | undefined;
  #reason: unknown;

  constructor(ground: RequestGround, client: Client, place: Place) {
    this.#ground = ground;
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
  ): Promise<void> => this.#ground.session.notify(method, params, options);

  readonly ask = <M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    options?: { signal?: AbortSignal },
  ): Promise<ServerRequests[M]["result"]> => {
    const signals = [this.signal, options?.signal].filter((one) => !!one);
    // Were its place not free meanwhile, requests that wait for answers could
    // keep those very answers from being read.
    return this.parked(this.#ground.session.ask(method, params, {
      signal: AbortSignal.any(signals),
    }));
  };

  readonly parked = async <T>(work: PromiseLike<T>): Promise<T> => {
    this.place.stepOut();
    this.#ground.onRoom();
    try {
      return await work;
    } finally {
      this.place.stepIn();
    }
  };

  readonly cancelRequest = (id: string | number): void =>
    this.#ground.cancelRequest(id);

  readonly afterReply = (work: () => void | Promise<void>): void => {
    this.#afterReply.push(work);
  };

  readonly session = <T extends Disposable | AsyncDisposable>(
    create: SessionFactory<T>,
  ): T => this.#ground.belongings.of(create);

  /** Aborts the handler's signal. The first reason stays. */
  cancel(reason: unknown = RpcError.cancelled()): void {
    this.#reason ??= reason;
    this.#controller?.abort(this.#reason);
  }

  /** @throws {RpcError} if its client wants it no more, though it is there. */
  refuseIfCancelled(): void {
    if (this.#reason instanceof RpcError) throw this.#reason;
  }

  /** Takes the work that waits for the reply. */
  takeAfterReply(): (() => void | Promise<void>)[] {
    return this.#afterReply.splice(0);
  }
}
