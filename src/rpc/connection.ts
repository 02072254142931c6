import {
  type Announcement,
  aroundParams,
  type CancelRequestParams,
  decode,
  decodeParams,
  encodeFailure,
  encodeNotification,
  encodeRequest,
  encodeResponse,
  errorCodes,
  findRequestId,
  gate,
  type InitializeParams,
  isCrowded,
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
import type {
  Channel,
  OutgoingFrame,
  OversizedFrame,
} from "../transport/channel.ts";
import { type Claim, KeyedQueue } from "./keyed_queue.ts";
import { Load } from "./load.ts";
import {
  type BoundRow,
  type Client,
  EncodedParams,
  EncodedResult,
  type NotifyOptions,
  type Session,
  type SessionFactory,
} from "./method.ts";
import { Outbox, type OutboxNotification } from "./outbox.ts";
import { Questions } from "./questions.ts";
import { Request } from "./request.ts";
import type { Switchboard } from "./switchboard.ts";
import { toRpcError } from "./to_rpc_error.ts";

/**
 * One peer from its first frame to its last: decodes, dispatches, answers. Each
 * request gets exactly one reply, or the connection ends with a reason.
 */
export class Connection implements Session {
  /** Number of the connection within its server. */
  readonly id: number;
  readonly #channel: Channel;
  readonly #board: Switchboard;
  readonly #outbox: Outbox;
  readonly #log: Logger;
  readonly #queue = new KeyedQueue();
  readonly #requests = new Map<RequestId, Request>();
  readonly #questions = new Questions();
  readonly #sessions = new Map<unknown, Disposable | AsyncDisposable>();
  #optedOut: ReadonlySet<string> = new Set();
  #client: Client | undefined;
  readonly #load: Load;
  #running = 0;
  readonly #stop = Promise.withResolvers<void>();
  #farewell: { code: number; reason: string } | undefined;
  /** The things of the connection are closed, or being closed. */
  #isEnding = false;
  /** Nothing can be sent any more. */
  #ended = false;
  #wakeReader: (() => void) | undefined;
  #wakeEnd: (() => void) | undefined;

  constructor(id: number, channel: Channel, board: Switchboard) {
    this.id = id;
    this.#channel = channel;
    this.#board = board;
    this.#outbox = new Outbox(channel, board.limits, () => this.#wake());
    this.#load = new Load(board.limits);
    this.#log = board.log.child({
      connection: id,
      transport: channel.origin,
      peer: channel.peer,
    });
  }

  /** Whether the handshake is done. */
  get isInitialized(): boolean {
    return this.#client !== undefined;
  }

  /** How many of its requests have not been answered. */
  get requestsInFlight(): number {
    return this.#requests.size;
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

  /** As {@linkcode Context.parked}. */
  async park<T>({ place }: Request, work: PromiseLike<T>): Promise<T> {
    place.stepOut();
    this.#wake();
    try {
      return await work;
    } finally {
      place.stepIn();
    }
  }

  /** As {@linkcode Context.session}. */
  session<T extends Disposable | AsyncDisposable>(
    create: SessionFactory<T>,
  ): T {
    let thing = this.#sessions.get(create);
    if (thing === undefined) {
      thing = create(this);
      this.#sessions.set(create, thing);
      // Whoever comes too late has no one to close it later.
      if (this.#isEnding) dispose(thing).catch(() => {});
    }
    return thing as T;
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
        if (typeof frame === "string") this.#receive(frame);
        else this.#refuse(frame);
        if (this.#isFull) await this.#room();
      }
    } catch (error) {
      this.#log.warn("reading failed", { error: String(error) });
    }
  }

  #receive(frame: string): void {
    const { maxValues } = this.#board.limits;
    if (isCrowded(frame, maxValues)) {
      const text =
        `Invalid request: the message holds more than ${maxValues} values`;
      const head = frame.slice(0, END_LENGTH);
      return this.#reject(text, head, frame.slice(-END_LENGTH));
    }
    const message = decode(frame);
    switch (message.kind) {
      case "request":
        return this.#request(message, frame.length);
      case "response":
        return this.#settled(message.id, message.result);
      case "failure": {
        const { code, message: text, data } = message.error;
        return this.#settled(message.id, new RpcError(code, text, { data }));
      }
      case "notification":
        if (message.method === "$/cancelRequest") {
          this.#cancel(message.params, frame);
        }
        return;
      case "garbage":
        this.#log.error("dropped a message that can't be read", {
          reason: message.reason,
          // Nothing else of it: whatever is broken may still hold a secret.
          method: METHOD_NAME.exec(frame)?.[1],
          length: frame.length,
        });
    }
  }

  #refuse(frame: OversizedFrame): void {
    const { bytes, limit } = frame;
    const text =
      `Invalid request: the message has ${bytes} bytes, at most ${limit} are taken`;
    this.#reject(text, frame.head, frame.tail);
  }

  /** Refuses a message of which no more than its ends are looked at. */
  #reject(text: string, head: string, tail: string): void {
    this.#log.error(text);
    const id = findRequestId(head, tail);
    this.#outbox.reply(
      encodeFailure(id, { code: errorCodes.invalidRequest, message: text }),
    );
  }

  #request(message: RequestMessage, bytes: number): void {
    const { id, method } = message;
    let row: BoundRow;
    let claims: readonly Claim[];
    let params: unknown;
    try {
      params = decodeParams(
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
      const known = this.#board.table.get(method);
      if (known === undefined) {
        throw RpcError.methodNotFound(`${method} is not supported yet`);
      }
      row = known;
      claims = row.claims(params);
    } catch (error) {
      this.#outbox.reply(encodeFailure(id, this.#toFailure(error, message)));
      return;
    }
    this.#running++;
    const request = new Request(this, this.#client!, this.#load.enter(bytes));
    this.#requests.set(id, request);
    const queue = row.reach === "server" ? this.#board.queue : this.#queue;
    const task = () => this.#work(row, params, request, message);
    queue.run(claims, task, () => request.signal).catch((error) => {
      // Cancelled before its turn came.
      this.#fail(request, message, error);
    }).finally(() => {
      if (this.#requests.get(id) === request) this.#requests.delete(id);
      this.#running--;
      if (this.#running === 0) this.#wakeEnd?.();
    });
  }

  #initialize(id: RequestId, params: InitializeParams): void {
    if (this.#client !== undefined) {
      throw RpcError.invalidRequest("Already initialized");
    }
    const handshake = this.#board.handshake(params, this.origin);
    this.#client = { connectionId: this.id, ...handshake.client };
    this.#optedOut = new Set(params.capabilities?.optOutNotificationMethods);
    this.#outbox.reply(encodeResponse(id, handshake.result));
    handshake.greet(this);
  }

  async #work(
    row: BoundRow,
    params: unknown,
    request: Request,
    message: RequestMessage,
  ): Promise<void> {
    const span = this.#board.tracer?.startRequestSpan({
      method: message.method,
      requestId: message.id,
      connectionId: this.id,
      transport: this.#channel.origin,
      clientName: request.client.name,
      clientVersion: request.client.version,
      ...message.trace,
    });
    try {
      const handle = () => row.handle(params, request);
      const result = await (span === undefined ? handle() : span.run(handle));
      if (result instanceof EncodedResult) {
        // Whatever the request holds stays held until its source is read.
        await new Promise<void>((written) => {
          const head = `{"id":${message.id},"result":`;
          const frame = result.encode({ head, tail: "}" });
          this.#reply(frame, request, written);
        }).finally(() => result.release());
      } else this.#reply(encodeResponse(message.id, result), request);
      span?.end({});
    } catch (error) {
      this.#fail(request, message, error);
      const { code } = toRpcError(error);
      span?.end({ errorCode: code, cancelled: code === errorCodes.cancelled });
    }
  }

  #reply(
    frame: OutgoingFrame,
    request: Request,
    written?: () => void,
  ): void {
    // Pieces are made while they are taken: they hold next to nothing.
    if (typeof frame === "string") this.#load.expect(frame.length);
    this.#outbox.reply(frame, () => {
      request.place.leave();
      this.#wake();
      written?.();
    });
    for (const work of request.takeAfterReply()) {
      Promise.try(work).catch((error) =>
        this.#log.error("work after a reply failed", { error: toText(error) })
      );
    }
  }

  #fail(request: Request, message: RequestMessage, error: unknown): void {
    request.takeAfterReply();
    const failure = this.#toFailure(error, message);
    this.#reply(encodeFailure(message.id, failure), request);
  }

  #toFailure(error: unknown, { method, id }: RequestMessage): RpcError {
    const failure = toRpcError(error);
    if (failure !== error) {
      this.#log.error("request failed", { method, id, error: toText(error) });
    } else {
      this.#log.debug("request refused", {
        method,
        id,
        error: failure.message,
      });
    }
    return failure;
  }

  #cancel(params: unknown, frame: string): void {
    const { id } = (params ?? {}) as Partial<CancelRequestParams>;
    if (typeof id === "string" || Number.isSafeInteger(id)) {
      return this.cancelRequest(id!);
    }
    // A number may have lost digits: the text still has them.
    const raw = /"id"\s*:\s*(-?\d+)/.exec(frame)?.[1];
    if (raw !== undefined) this.#requests.get(raw)?.cancel();
  }

  /** As {@linkcode Context.cancelRequest}. */
  cancelRequest(id: string | number): void {
    this.#requests.get(JSON.stringify(id))?.cancel();
  }

  #settled(id: RequestId, answer: unknown): void {
    if (this.#questions.settle(id, answer)) return;
    this.#log.debug("dropped an answer to nothing that was asked", { id });
  }

  get #isFull(): boolean {
    const { pauseAtQueuedBytes } = this.#board.limits;
    return !this.#ended &&
      (this.#load.isFull || this.#outbox.queuedBytes > pauseAtQueuedBytes);
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
    for (const request of this.#requests.values()) request.cancel(gone);
    this.#questions.giveUp(gone);
    this.#wake();
  }

  async #finish(): Promise<void> {
    this.#isEnding = true;
    this.#questions.giveUp(new Error("The client is gone"));
    const things = [...this.#sessions.values()].reverse();
    for (const thing of things) {
      await dispose(thing).catch((error) =>
        this.#log.error("closing failed", { error: toText(error) })
      );
    }
    if (!await this.#flush()) {
      this.#log.warn("some replies were not written in time");
    }
    this.#ended = true;
    this.#outbox[Symbol.dispose]();
    const farewell = this.#farewell ?? { code: 1000, reason: "done" };
    await this.#channel.close(farewell.code, farewell.reason, GOODBYE_MS);
    const { by, code, reason } = await this.#channel.closed;
    // 1009, 1011, 1013: what an operator wants to know of without asking.
    const isTrouble = by !== "peer" && TROUBLE.has(code ?? 0);
    const level = isTrouble ? "warn" : "debug";
    this.#log[level]("disconnected", { by, code, reason });
  }

  /**
   * Waits for the replies that are still to be made and written. A peer that
   * only stopped talking (stdio) is waited for as long as it goes on to take
   * them; one that this side leaves has a fixed time.
   */
  async #flush(): Promise<boolean> {
    const { flushMs, stallMs } = this.#board.limits;
    const flushed = Promise.race([
      this.#lastReply().then(() => this.#outbox.idle()),
      this.#channel.closed,
    ]);
    const told = this.#stop.promise;
    while (this.#farewell === undefined) {
      const leftMs = stallMs - this.#outbox.stalledMs;
      if (leftMs <= 0) return false;
      const isOver = await within(leftMs, Promise.race([flushed, told]));
      if (isOver && this.#farewell === undefined) return true;
    }
    return await within(flushMs, flushed);
  }

  #lastReply(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#wakeEnd = resolve);
  }
}

/**
 * How long a peer may take to answer the close frame. Everything it is to get
 * was handed over by then, so waiting longer would only hold up a shutdown.
 */
const GOODBYE_MS = 500;

/** Close codes for a peer that was cut off, not let go. */
const TROUBLE: ReadonlySet<number> = new Set([1009, 1011, 1013]);

/** How much of a message that is not read is searched for its id. */
const END_LENGTH = 4096;

/** What looks like the name of a method in a message that is none. */
const METHOD_NAME = /"method"\s*:\s*"([\w$/]{1,60})"/;

function toText(error: unknown): string {
  return error instanceof Error ? error.stack ?? String(error) : String(error);
}

async function dispose(thing: Disposable | AsyncDisposable): Promise<void> {
  if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]();
  else thing[Symbol.dispose]();
}

/** Waits for a promise, though not for ever. */
async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), ms);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
