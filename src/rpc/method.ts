import type {
  Announcement,
  GangwayClientCapability,
  MethodName,
  NotificationName,
  ParamsOf,
  ResultOf,
  ServerMethodName,
  ServerNotifications,
  ServerRequests,
} from "../protocol/mod.ts";
import type { Claim } from "./keyed_queue.ts";

/** How a request waits for others before it starts. */
export interface Scope<Params> {
  /** Whether only requests of the same connection are waited for, or all. */
  readonly reach: "connection" | "server";
  /** What the request holds while it runs; computed when it is read. */
  claims(params: Params): readonly Claim[];
}

/** Never waits for anything. */
export const concurrent: Scope<unknown> = {
  reach: "connection",
  claims: () => [],
};

/** Lets requests of one connection that name the same thing run in order. */
export function ordered<Params>(
  claims: (params: Params) => readonly Claim[],
): Scope<Params> {
  return { reach: "connection", claims };
}

/** What stands around a result in the same message; plain ASCII both. */
export interface Surroundings {
  /** Comes right before the JSON text of the result. */
  readonly head: string;
  /** Comes right behind it. */
  readonly tail: string;
}

/**
 * A result that writes its own message: as bytes, or as pieces that are pulled
 * while the peer takes them, so that a large one never stands in memory whole.
 */
export class EncodedResult {
  constructor(
    /**
     * Gives `head`, the JSON text of the result and `tail`, all in UTF-8.
     * Called once, or never if the peer is gone.
     */
    readonly encode: (
      around: Surroundings,
    ) => Uint8Array<ArrayBuffer> | AsyncIterable<Uint8Array<ArrayBuffer>>,
    /**
     * Gives back what the result holds. Called once it was written, or will
     * never be, perhaps without a single piece having been pulled.
     */
    readonly release: () => void = () => {},
  ) {}
}

/**
 * Parameters that write their own message, for notifications that are large and
 * many: what they say is checked by no compiler, but it costs neither an object
 * nor a search for what has to be escaped.
 */
export class EncodedParams {
  constructor(
    /**
     * Gives `head`, the JSON text of the parameters and `tail`, all in UTF-8.
     * Called at once, or never if nobody is there to take it. The bytes have to
     * stay as they are until the notification was written.
     */
    readonly encode: (around: Surroundings) => Uint8Array<ArrayBuffer>,
  ) {}
}

/** Who is at the other end of a connection, as `initialize` told. */
export interface Client {
  /** Number of the connection within this server, for logs. */
  readonly connectionId: number;
  /** `clientInfo.name`. */
  readonly name: string;
  /** `clientInfo.version`. */
  readonly version: string;
  /** Whether it asked for experimental methods and fields. */
  readonly experimentalApi: boolean;
  /** What it said in `capabilities.gangway`, if it asked for the additions. */
  readonly gangway: GangwayClientCapability | undefined;
}

/** How a notification may be treated while it waits for a slow reader. */
export interface NotifyOptions<Params> {
  /**
   * Lets this notification join an earlier one of the same key that still
   * waits; `join` gives the parameters of both together.
   */
  merge?: {
    key: string;
    join(earlier: Params, later: Params): Params;
  };
  /**
   * The caller awaits the returned promise before it produces more, so that
   * what waits here is bounded at its source and does not count as a reason to
   * cut the reader.
   */
  paced?: boolean;
}

/** All that a handler sees of the world. */
export interface Context {
  /** Aborted when the client cancels the request or is gone. */
  readonly signal: AbortSignal;
  /** Who asked. */
  readonly client: Client;
  /**
   * Sends a notification to the client that asked. Resolves once it was
   * written, or at once if the client is gone or does not want it. With
   * {@linkcode EncodedParams} it is paced, whatever the options say.
   */
  notify<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N] | EncodedParams,
    options?: NotifyOptions<ServerNotifications[N]>,
  ): Promise<void>;
  /**
   * Asks the client that asked. While the answer is awaited, the request does
   * not count against the connection's requests in flight.
   *
   * @throws {RpcError} what the client answered.
   */
  ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    options?: { signal?: AbortSignal },
  ): Promise<ServerRequests[M]["result"]>;
  /**
   * Waits for what may take hours, such as the end of a program. Meanwhile the
   * request counts neither as in flight nor with the bytes of its message, so
   * that any number of such requests can't keep the connection from being read:
   * the caller bounds how many there are. In all else it is a request as any
   * other: it can be cancelled, and a connection that ends waits for its reply
   * once the things of {@linkcode Context.session} are disposed.
   *
   * @throws {unknown} what the promise is rejected with.
   */
  parked<T>(work: PromiseLike<T>): Promise<T>;
  /** Cancels another request of the same connection; fine if there is none. */
  cancelRequest(id: string | number): void;
  /** Work that starts right behind the reply, such as its notifications. */
  afterReply(work: () => void | Promise<void>): void;
  /**
   * The one thing of its kind that belongs to this connection: made by
   * `create` at the first call, disposed when the connection ends.
   */
  session<T extends Disposable | AsyncDisposable>(
    create: SessionFactory<T>,
  ): T;
}

/** Makes a connection's own thing; the function itself is the key to it. */
export type SessionFactory<T> = (session: Session) => T;

/** What a thing that lives with a connection may do. */
export interface Session {
  /** Who is at the other end. */
  readonly client: Client;
  /** As {@linkcode Context.notify}. */
  readonly notify: Context["notify"];
  /** Sends what others are sent too, unless the client opted out of it. */
  announce(announcement: Announcement): void;
  /**
   * Asks the client, for as long as it takes.
   *
   * @param options.id The request's number, if others are asked the same;
   * as the switchboard numbers them.
   * @throws {RpcError} what the client answered.
   * @throws {Error} if the connection ended before it answered.
   */
  ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    options?: { signal?: AbortSignal; id?: number },
  ): Promise<ServerRequests[M]["result"]>;
}

/** What is decided about one method beside its contract. */
export interface Row<Service, M extends MethodName> {
  /** What it waits for. */
  readonly scope: Scope<ParamsOf<M>>;
  /** Does the work. What it throws is answered as an error. */
  handle(
    service: Service,
    params: ParamsOf<M>,
    context: Context,
  ): ResultOf<M> | EncodedResult | Promise<ResultOf<M> | EncodedResult>;
}

/**
 * The methods of one domain. A missing one, an invented one or a wrong shape
 * does not compile.
 */
export type Table<Service, M extends MethodName> = {
  readonly [K in M]: Row<Service, K>;
};

/** A row with its service filled in. */
export interface BoundRow {
  readonly reach: Scope<unknown>["reach"];
  claims(params: unknown): readonly Claim[];
  /** Loads what does the work, if that is not there from the start. */
  load?(): Promise<void>;
  /** Begins the work at once, and only once that is loaded. */
  handle(params: unknown, context: Context): unknown;
}

/** All rows of a server by method name. */
export type BoundTable = ReadonlyMap<string, BoundRow>;

/** Fills in the service of a table. */
export function bind<Service, M extends MethodName>(
  table: Table<Service, M>,
  service: Service,
): BoundTable {
  const bound = new Map<string, BoundRow>();
  for (const name of Object.keys(table) as M[]) {
    const row = table[name];
    bound.set(name, {
      reach: row.scope.reach,
      claims: (params) => row.scope.claims(params as ParamsOf<M>),
      handle: (params, context) =>
        row.handle(service, params as ParamsOf<M>, context),
    });
  }
  return bound;
}

/** What the rows of a domain do, without what they wait for. */
export type Handlers<Service, M extends MethodName> = {
  readonly [K in M]: Row<Service, K>["handle"];
};

/** What the rows of a domain wait for, without what they do. */
export type Scopes<M extends MethodName> = {
  readonly [K in M]: Scope<ParamsOf<K>>;
};

/**
 * Rows of which only the scopes are there from the start. What does the work is
 * loaded when the first of its methods is called; requests that come meanwhile
 * wait, in order.
 *
 * @param load Gives the same at every call, unless the last one failed.
 */
export function bindLazily<Service, M extends MethodName>(
  scopes: Scopes<M>,
  load: () => Promise<{
    readonly handlers: Handlers<Service, M>;
    readonly service: Service;
  }>,
): BoundTable {
  const bound = new Map<string, BoundRow>();
  let loaded: Awaited<ReturnType<typeof load>> | undefined;
  const open = async (): Promise<void> => {
    loaded = await load();
  };
  for (const name of Object.keys(scopes) as M[]) {
    const scope = scopes[name];
    bound.set(name, {
      reach: scope.reach,
      claims: (params) => scope.claims(params as ParamsOf<M>),
      load: open,
      handle(params, context) {
        const { handlers, service } = loaded!;
        return handlers[name](service, params as ParamsOf<M>, context);
      },
    });
  }
  return bound;
}
