import {
  type ClientInfo,
  type ClientNotifications,
  decode,
  encodeNotification,
  encodeRequest,
  findRequestId,
  type InitializeResponse,
  type Message,
  type MethodName,
  type NotificationName,
  type ResultOf,
  RpcError,
  type ServerMethodName,
  type ServerRequests,
} from "../protocol/mod.ts";
import type { ChannelEnd, IncomingFrame } from "../transport/mod.ts";
import { FrameWriter } from "./_frame_writer.ts";
import type {
  ClientOptions,
  RequestArguments,
  SubscribeOptions,
} from "./client_options.ts";
import { ConnectionClosedError } from "./connection_closed_error.ts";
import {
  ServerRequestDesk,
  type ServerRequestHandler,
} from "./server_requests.ts";
import { SubscriptionQueue } from "./_subscription_queue.ts";
import type { NotificationOf, Subscription } from "./subscription.ts";
import { open, type Opened, type Target } from "./target.ts";

/** What this client calls itself unless told otherwise. */
const DEFAULT_CLIENT_INFO: ClientInfo = {
  name: "gangway-client",
  title: "Gangway client",
  version: "0.1.0",
};
const DEFAULT_MAX_QUEUED = 10_000;

interface Call {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * A connection to an app-server after its handshake.
 *
 * Every request ends: with its result, with the server's {@linkcode RpcError},
 * with the reason of its signal, or with a {@linkcode ConnectionClosedError}
 * when the connection ends first.
 *
 * @example Talk to a server in the same process
 * ```ts
 * import { createAppServer } from "@gangway/app-server";
 * import { Client } from "@gangway/app-server/client";
 *
 * await using server = await createAppServer();
 * await using client = await Client.connect({ channel: server.connect() });
 * const { entries } = await client.request("fs/readDirectory", {
 *   path: Deno.cwd(),
 * });
 * if (entries.length === 0) throw new Error("This directory has files");
 * ```
 *
 * @example Follow the changes of a directory
 * ```ts ignore
 * await using client = await Client.connect({ url: "ws://127.0.0.1:4500" });
 * using changes = client.notifications("fs/changed");
 * await client.request("fs/watch", { watchId: "w", path: "/srv/data" });
 * for await (const { params } of changes) console.log(params.changedPaths);
 * ```
 */
export class Client implements AsyncDisposable {
  /** Settles (never rejects) when the connection has ended. */
  readonly closed: Promise<ChannelEnd>;
  readonly #opened: Opened;
  readonly #writer: FrameWriter;
  readonly #desk = new ServerRequestDesk();
  readonly #calls = new Map<string, Call>();
  readonly #subscriptions = new Map<
    SubscriptionQueue<NotificationOf<NotificationName>>,
    (method: string) => boolean
  >();
  #nextId = 0;
  #initialized: InitializeResponse | undefined;
  #isClosedByUs = false;
  #fault: string | undefined;
  #error: ConnectionClosedError | undefined;

  private constructor(opened: Opened) {
    this.#opened = opened;
    this.#writer = new FrameWriter(opened.channel);
    this.closed = this.#run();
  }

  /**
   * Opens a connection and does the handshake.
   *
   * Whoever subscribes or adds handlers in the same turn in which this resolves
   * misses nothing of what the server sends after its reply.
   *
   * @throws {DialError} if a URL can't be reached or the server refuses.
   * @throws {Deno.errors.NotFound} if there is no such program to spawn.
   * @throws {RpcError} if the server refuses the handshake.
   * @throws {ConnectionClosedError} if it ends before the handshake is done.
   */
  static async connect(
    target: Target,
    options: ClientOptions = {},
  ): Promise<Client> {
    const { signal, clientInfo = DEFAULT_CLIENT_INFO, capabilities } = options;
    const client = new Client(await open(target, signal));
    try {
      client.#initialized = await client.request("initialize", {
        clientInfo,
        ...(capabilities === undefined ? {} : { capabilities }),
      }, { signal });
      client.notify("initialized").catch(() => {}); // then `closed` tells why
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /** What the server answered to `initialize`. */
  get initialized(): InitializeResponse {
    return this.#initialized!;
  }

  /**
   * Asks the server. Any number of requests may be under way at a time; their
   * replies come in any order.
   *
   * When the signal is aborted, the request is rejected with its reason at
   * once, the server is told with `$/cancelRequest`, and a reply that comes
   * all the same is ignored.
   *
   * @throws {RpcError} what the server answered.
   * @throws {ConnectionClosedError} if the connection ends before the reply.
   */
  request<M extends MethodName>(
    method: M,
    ...[params, { signal } = {}]: RequestArguments<M>
  ): Promise<ResultOf<M>> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#error !== undefined) return Promise.reject(this.#error);
    const id = this.#nextId++;
    const key = String(id);
    const { promise, resolve, reject } = Promise.withResolvers<ResultOf<M>>();
    const abort = (): void => {
      this.#calls.delete(key);
      reject(signal!.reason);
      this.notify("$/cancelRequest", { id }).catch(() => {});
    };
    const settled = (): void => signal?.removeEventListener("abort", abort);
    this.#calls.set(key, {
      resolve: (result) => (settled(), resolve(result as ResultOf<M>)),
      reject: (error) => (settled(), reject(error)),
    });
    signal?.addEventListener("abort", abort, { once: true });
    // A frame is lost only with the connection, and its end rejects the call.
    this.#writer.send(encodeRequest(key, method, params)).catch(() => {});
    return promise;
  }

  /**
   * Tells the server something that has no reply. Resolves when it was handed
   * to the transport.
   *
   * @throws {ConnectionClosedError} if the connection has ended.
   */
  async notify<N extends keyof ClientNotifications>(
    method: N,
    ...[params]: undefined extends ClientNotifications[N] ? []
      : [params: ClientNotifications[N]]
  ): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    await this.#writer.send(encodeNotification(method, params));
  }

  /**
   * Subscribes to notifications from now on: to those named, or to all. Each
   * subscription gets every one of them, in order, independent of all others.
   *
   * The loop ends when this side closes the connection, and throws a
   * {@linkcode ConnectionClosedError} when it ends otherwise. A consumer that
   * leaves too many unread is cut off, or holds up the connection where
   * `whenFull` says so, see {@linkcode Subscription}.
   */
  notifications<N extends NotificationName = NotificationName>(
    methods?: N | readonly N[],
    {
      signal,
      maxQueued = DEFAULT_MAX_QUEUED,
      whenFull = "cut",
    }: SubscribeOptions = {},
  ): Subscription<NotificationOf<N>> {
    const abort = (): void => subscription.end({ error: signal!.reason });
    const subscription = new SubscriptionQueue<
      NotificationOf<NotificationName>
    >(
      { limit: maxQueued, pauses: whenFull === "pause" },
      () => {
        signal?.removeEventListener("abort", abort);
        this.#subscriptions.delete(subscription);
      },
    );
    const names: ReadonlySet<string> | undefined = methods === undefined
      ? undefined
      : new Set<string>(typeof methods === "string" ? [methods] : methods);
    this.#subscriptions.set(
      subscription,
      (method) => names?.has(method) ?? true,
    );
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
    if (this.#error !== undefined) subscription.end(this.#subscriptionEnd());
    // What it is given is filtered by name, which the compiler can't see.
    return subscription as unknown as Subscription<NotificationOf<N>>;
  }

  /**
   * Answers a kind of request from the server. What the handler throws is
   * answered as an error; a request without a handler is answered with -32601.
   * Disposing what comes back takes the handler away.
   *
   * @throws {TypeError} if the method has a handler already.
   */
  handle<M extends ServerMethodName>(
    method: M,
    handler: ServerRequestHandler<M>,
  ): Disposable {
    return this.#desk.add(
      method,
      (params, context) =>
        handler(params as ServerRequests[M]["params"], context),
    );
  }

  /**
   * Ends the connection in order; requests that wait are rejected. A server
   * that was spawned is waited for, and ended by force if it does not leave.
   * Idempotent.
   */
  async close(): Promise<void> {
    if (this.#error === undefined) {
      this.#isClosedByUs = true;
      for (const subscription of this.#subscriptions.keys()) {
        subscription.letGo();
      }
      await this.#opened.channel.close(1000, "closed by the client");
    }
    await this.closed;
  }

  /** As {@linkcode Client.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<ChannelEnd> {
    const { channel, server } = this.#opened;
    let hasGreeted = false;
    try {
      for await (const frame of channel.frames) {
        this.#take(frame);
        // Without a need to wait, not even a turn is given away.
        const room = this.#room();
        if (room !== undefined) await room;
        if (!hasGreeted && this.#calls.size === 0) {
          hasGreeted = true;
          // Whoever waits for `connect` goes on before more is read.
          await new Promise((resolve) => setTimeout(resolve));
        }
      }
    } catch (error) {
      this.#fault ??= error instanceof Error ? error.message : String(error);
    }
    // On stdio the end of the server's output is not yet the end of the channel.
    await channel.close(1000, "closed by the client");
    const end = await this.#toEnd(await channel.closed);
    this.#error = new ConnectionClosedError(end, server?.stderrTail());
    for (const call of this.#calls.values()) call.reject(this.#error);
    this.#calls.clear();
    this.#desk.cancelAll(this.#error);
    for (const subscription of [...this.#subscriptions.keys()]) {
      subscription.end(this.#subscriptionEnd());
    }
    return end;
  }

  /** Settles when no consumer holds the connection up any more. */
  #room(): Promise<unknown> | undefined {
    let rooms: Promise<unknown> | undefined;
    for (const { room } of this.#subscriptions.keys()) {
      if (room !== undefined) rooms = Promise.all([rooms, room]);
    }
    return rooms;
  }

  async #toEnd(end: ChannelEnd): Promise<ChannelEnd> {
    const exit = await this.#opened.server?.leave();
    if (this.#isClosedByUs) {
      return { by: "us", code: 1000, reason: "closed by the client" };
    }
    if (this.#fault !== undefined) return { by: "error", reason: this.#fault };
    return exit === undefined ? end : { ...end, reason: exit };
  }

  #subscriptionEnd(): { error?: unknown } {
    return this.#isClosedByUs ? {} : { error: this.#error };
  }

  #take(frame: IncomingFrame): void {
    if (typeof frame !== "string") {
      const error = new RangeError(
        `Message of ${frame.bytes} bytes is longer than ${frame.limit} bytes`,
      );
      const id = findRequestId(frame.head, frame.tail);
      if (id === null || !this.#settle(id, error)) this.#break(error.message);
      return;
    }
    const message: Message = decode(frame);
    switch (message.kind) {
      case "response":
        this.#settle(message.id, undefined, message.result);
        break;
      case "failure": {
        const { code, message: text, data } = message.error;
        this.#settle(message.id, new RpcError(code, text, { data }));
        break;
      }
      case "notification":
        this.#deliver(message.method, message.params);
        break;
      case "request":
        this.#desk.answer(message)
          .then((answer) =>
            answer === undefined ? null : this.#writer.send(answer)
          )
          .catch(() => {}); // then `closed` tells why
        break;
      case "garbage":
        this.#break(
          `Server sent something that is no message: ${message.reason}`,
        );
    }
  }

  /** Whether the request was still waited for. */
  #settle(id: string, error?: Error, result?: unknown): boolean {
    const call = this.#calls.get(id);
    if (call === undefined) return false;
    this.#calls.delete(id);
    if (error === undefined) call.resolve(result);
    else call.reject(error);
    return true;
  }

  #deliver(method: string, params: unknown): void {
    if (method === "$/cancelRequest" || method === "serverRequest/resolved") {
      const { id, requestId = id } = Object(params);
      this.#desk.cancel(
        JSON.stringify(requestId),
        new DOMException("The server needs no answer any more", "AbortError"),
      );
    }
    const notification = { method, params } as NotificationOf<NotificationName>;
    for (const [subscription, wants] of this.#subscriptions) {
      if (wants(method)) subscription.put(notification);
    }
  }

  #break(reason: string): void {
    this.#fault ??= reason;
    this.#opened.channel.terminate();
  }
}
