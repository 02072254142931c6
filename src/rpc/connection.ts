import {
  type Announcement,
  aroundParams,
  decodeParams,
  encodeFailure,
  encodeNotification,
  encodeRequest,
  encodeResponse,
  gate,
  type InitializeParams,
  type NotificationName,
  type RequestId,
  type RequestMessage,
  RpcError,
  type ServerMethodName,
  type ServerNotifications,
  type ServerRequests,
  stripGangway,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Channel } from "../transport/channel.ts";
import { Belongings } from "./_belongings.ts";
import { closeCodes, troubles } from "./_close_codes.ts";
import { flush } from "./_flush.ts";
import { Dispatch } from "./dispatch.ts";
import {
  type Client,
  EncodedParams,
  type NotifyOptions,
  type Session,
} from "./method.ts";
import { Inbox } from "./inbox.ts";
import { Outbox, type OutboxNotification } from "./outbox.ts";
import { Questions } from "./questions.ts";
import type { Switchboard } from "./switchboard.ts";

/**
 * One peer from its first frame to its last: decodes, dispatches, answers. Each
 * request gets exactly one reply, or the connection ends with a reason.
 */
export class Connection implements Session {
  /** Number of the connection within its server. */
  readonly id: number;
  readonly #channel: Channel;
  readonly #board: Switchboard;
  readonly #inbox: Inbox;
  readonly #outbox: Outbox;
  readonly #log: Logger;
  readonly #dispatch: Dispatch;
  readonly #questions = new Questions();
  readonly #belongings: Belongings;
  #optedOut: ReadonlySet<string> = new Set();
  /** Until what follows the handshake is sent. */
  #greeting: Promise<void> | undefined;
  #client: Client | undefined;
  readonly #stop = Promise.withResolvers<void>();
  #farewell: { code: number; reason: string } | undefined;
  /** Nothing can be sent any more. */
  #ended = false;
  #wakeReader: (() => void) | undefined;

  constructor(id: number, channel: Channel, board: Switchboard) {
    this.id = id;
    this.#channel = channel;
    this.#board = board;
    this.#outbox = new Outbox(channel, board.limits, () => this.#wake());
    this.#log = board.log.child({
      connection: id,
      transport: channel.origin,
      peer: channel.peer,
    });
    this.#inbox = new Inbox({
      maxValues: board.limits.maxValues,
      log: this.#log,
      onRequest: (message, bytes) => this.#request(message, bytes),
      onAnswer: (id, answer) => this.#settled(id, answer),
      onCancel: (id) => this.#dispatch.cancel(id),
      onRefused: (id, error) => this.#outbox.reply(encodeFailure(id, error)),
    });
    this.#belongings = new Belongings(this, this.#log);
    this.#dispatch = new Dispatch({
      connectionId: id,
      origin: channel.origin,
      session: this,
      belongings: this.#belongings,
      board,
      outbox: this.#outbox,
      log: this.#log,
      onRoom: () => this.#wake(),
    });
  }

  /** Whether the handshake is done. */
  get isInitialized(): boolean {
    return this.#client !== undefined;
  }

  /** How many of its requests have not been answered. */
  get requestsInFlight(): number {
    return this.#dispatch.size;
  }

  /** Who is at the other end. Only there once the handshake is done. */
  get client(): Client {
    return this.#client!;
  }

  /** Kind of transport. */
  get origin(): Channel["origin"] {
    return this.#channel.origin;
  }

  /**
   * Serves the peer until it stops talking, then lets what was started run out,
   * sends the replies that can still be sent and closes the channel.
   */
  async run(): Promise<void> {
    this.#log.debug("connected");
    this.#channel.closed.then(() => this.#hangUp());
    await Promise.race([this.#read(), this.#stop.promise]);
    await this.#finish();
  }

  /**
   * As {@linkcode Context.notify}; not before the handshake is done, and not
   * what the client opted out of.
   */
  notify<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N] | EncodedParams,
    options?: NotifyOptions<ServerNotifications[N]>,
  ): Promise<void> {
    if (
      this.#ended || this.#outbox.isClosed || !this.isInitialized ||
      this.#optedOut.has(method)
    ) return Promise.resolve();
    const emittedAtMs = Date.now();
    if (params instanceof EncodedParams) {
      const bytes = params.encode(aroundParams(method, emittedAtMs));
      return new Promise((resolve) => this.#outbox.stream(bytes, resolve));
    }
    const encode = (content: unknown) =>
      encodeNotification(method, content, emittedAtMs);
    return new Promise((resolve) =>
      this.#outbox.notify({
        text: encode(params),
        encode,
        params,
        ...(options as NotifyOptions<unknown> | undefined),
      }, resolve)
    );
  }

  /** As {@linkcode Session.announce}. */
  announce(announcement: Announcement): void {
    if (
      this.#ended || this.#outbox.isClosed || !this.isInitialized ||
      this.#optedOut.has(announcement.method)
    ) return;
    const isNumbered = this.#client?.gangway !== undefined;
    const { params, merge } = announcement;
    this.#outbox.notify({
      text: announcement.encode(isNumbered),
      encode: (others) => announcement.encodeWith(others, isNumbered),
      params,
      ...(merge && { merge: merge as OutboxNotification["merge"] & object }),
    });
  }

  /**
   * Sends the client a request and waits for its answer.
   *
   * @throws {RpcError} what the client answered.
   * @throws {Error} if the connection ended before it answered.
   */
  ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    options: { signal?: AbortSignal; id?: number } = {},
  ): Promise<ServerRequests[M]["result"]> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#ended) return Promise.reject(new Error("The client is gone"));
    const id = String(options.id ?? this.#board.nextRequestId());
    this.#outbox.request(encodeRequest(id, method, params));
    return this.#questions.add(id, signal) as Promise<
      ServerRequests[M]["result"]
    >;
  }

  /**
   * Stops reading. What was read gets its reply, then the channel is closed
   * with code and reason and {@linkcode Connection.run} resolves.
   */
  close(code: number, reason: string): void {
    this.#farewell ??= { code, reason };
    this.#stop.resolve();
  }

  async #read(): Promise<void> {
    try {
      for await (const frame of this.#channel.frames) {
        if (this.#farewell !== undefined || this.#ended) return;
        this.#inbox.take(frame);
        if (this.#greeting !== undefined) await this.#greeted();
        if (this.#isFull) await this.#room();
      }
    } catch (error) {
      this.#log.warn("reading failed", { error: String(error) });
    }
  }

  #request(message: RequestMessage, bytes: number): void {
    const { id, method } = message;
    try {
      const params = decodeParams(
        method,
        this.#client?.gangway !== undefined
          ? message.params
          : stripGangway(method, message.params),
      );
      if (method === "initialize") {
        return this.#initialize(id, params as InitializeParams);
      }
      const client = this.#client;
      if (client === undefined) {
        throw RpcError.invalidRequest("Not initialized");
      }
      gate(method, params, client);
      this.#dispatch.start(message, params, bytes);
    } catch (error) {
      this.#dispatch.refuse(message, error);
    }
  }

  #initialize(id: RequestId, params: InitializeParams): void {
    if (this.#client !== undefined) {
      throw RpcError.invalidRequest("Already initialized");
    }
    const handshake = this.#board.handshake(params, this.origin);
    this.#client = { connectionId: this.id, ...handshake.client };
    this.#optedOut = new Set(params.capabilities?.optOutNotificationMethods);
    this.#outbox.reply(encodeResponse(id, handshake.result));
    this.#greeting = Promise.try(() => handshake.greet(this))
      .catch((error) => {
        this.#log.error("a client can't be served", { error: String(error) });
        this.close(closeCodes.internalError, "the server can't be set up");
      });
  }

  #settled(id: RequestId, answer: unknown): void {
    if (this.#questions.settle(id, answer)) return;
    this.#log.debug("dropped an answer to nothing that was asked", { id });
  }

  async #greeted(): Promise<void> {
    await this.#greeting;
    this.#greeting = undefined;
  }

  get #isFull(): boolean {
    const { pauseAtQueuedBytes } = this.#board.limits;
    return !this.#ended &&
      (this.#dispatch.isFull || this.#outbox.queuedBytes > pauseAtQueuedBytes);
  }

  #room(): Promise<void> {
    return new Promise((resolve) => this.#wakeReader = resolve);
  }

  #wake(): void {
    if (this.#wakeReader === undefined || this.#isFull) return;
    const wake = this.#wakeReader;
    this.#wakeReader = undefined;
    wake();
  }

  /** Nothing can be sent any more. */
  #hangUp(): void {
    this.#ended = true;
    this.#outbox[Symbol.dispose]();
    const gone = new Error("The client is gone");
    this.#dispatch.cancelAll(gone);
    this.#questions.giveUp(gone);
    this.#wake();
  }

  async #finish(): Promise<void> {
    this.#questions.giveUp(new Error("The client is gone"));
    // What was asked for in time is there, and ends like what was begun before.
    await this.#dispatch.loaded();
    await this.#belongings[Symbol.asyncDispose]();
    const isFlushed = await flush({
      dispatch: this.#dispatch,
      outbox: this.#outbox,
      closed: this.#channel.closed,
      limits: this.#board.limits,
      isLeft: () => this.#farewell !== undefined,
      left: this.#stop.promise,
    });
    if (!isFlushed) {
      this.#log.warn("some replies were not written in time");
    }
    this.#ended = true;
    this.#outbox[Symbol.dispose]();
    const farewell = this.#farewell ?? {
      code: closeCodes.normal,
      reason: "done",
    };
    await this.#channel.close(farewell.code, farewell.reason, GOODBYE_MS);
    const { by, code, reason } = await this.#channel.closed;
    // What an operator wants to know of without asking.
    const isTrouble = by !== "peer" && troubles.has(code ?? 0);
    const level = isTrouble ? "warn" : "debug";
    this.#log[level]("disconnected", { by, code, reason });
  }
}

/**
 * How long a peer may take to answer the close frame. Everything it is to get
 * was handed over by then, so waiting longer would only hold up a shutdown.
 */
const GOODBYE_MS = 500;
