import {
  encodeFailure,
  encodeResponse,
  errorCodes,
  type RequestId,
  type RequestMessage,
  RpcError,
} from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Channel, OutgoingFrame } from "../transport/channel.ts";
import type { Belongings } from "./_belongings.ts";
import { KeyedQueue } from "./keyed_queue.ts";
import { Load } from "./load.ts";
import { type BoundRow, EncodedResult, type Session } from "./method.ts";
import type { Outbox } from "./outbox.ts";
import { Request, type RequestGround } from "./request.ts";
import type { Switchboard } from "./switchboard.ts";
import { toRpcError } from "./to_rpc_error.ts";

/** What a {@linkcode Dispatch} needs of its connection. */
export interface DispatchOptions {
  /** Number of the connection. */
  readonly connectionId: number;
  readonly origin: Channel["origin"];
  readonly session: Session;
  readonly belongings: Belongings;
  readonly board: Switchboard;
  /** Where replies are written. */
  readonly outbox: Outbox;
  readonly log: Logger;
  /** Called when there may be room for another request. */
  readonly onRoom: () => void;
}

/** The requests of one connection, from the row that does the work to the reply. */
export class Dispatch implements RequestGround {
  readonly #options: DispatchOptions;
  readonly #queue = new KeyedQueue();
  readonly #requests = new Map<RequestId, Request>();
  readonly #load: Load;
  #running = 0;
  #wakeEnd: (() => void) | undefined;
  /** Requests that wait for what does their work to be loaded. */
  #loading = 0;
  #wakeLoaded: (() => void) | undefined;

  constructor(options: DispatchOptions) {
    this.#options = options;
    this.#load = new Load(options.board.limits);
  }

  /** How many have not been answered. */
  get size(): number {
    return this.#requests.size;
  }

  /** Whether no more of them should be read. */
  get isFull(): boolean {
    return this.#load.isFull;
  }

  get session(): Session {
    return this.#options.session;
  }

  get belongings(): Belongings {
    return this.#options.belongings;
  }

  onRoom(): void {
    this.#options.onRoom();
  }

  /**
   * Starts a request, or lets it wait for those before it.
   *
   * @param bytes Length of its message.
   * @throws {RpcError} if there is no row for it, or its scope refuses it.
   */
  start(message: RequestMessage, params: unknown, bytes: number): void {
    const { id, method } = message;
    const { board, session } = this.#options;
    const row = board.table.get(method);
    if (row === undefined) {
      throw RpcError.methodNotFound(`${method} is not supported yet`);
    }
    const claims = row.claims(params);
    this.#running++;
    const place = this.#load.enter(bytes);
    const request = new Request(this, session.client, place);
    this.#requests.set(id, request);
    const queue = row.reach === "server" ? board.queue : this.#queue;
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

  /** Answers a request that was not started with an error. */
  refuse(message: RequestMessage, error: unknown): void {
    const failure = this.#toFailure(error, message);
    this.#options.outbox.reply(encodeFailure(message.id, failure));
  }

  cancelRequest(id: string | number): void {
    this.cancel(JSON.stringify(id));
  }

  /** The same, by the id's text in JSON. */
  cancel(id: RequestId): void {
    this.#requests.get(id)?.cancel();
  }

  /** Cancels all of them, for a reason. */
  cancelAll(reason: Error): void {
    for (const request of this.#requests.values()) request.cancel(reason);
  }

  /** Whether all that were started have their reply. */
  get isIdle(): boolean {
    return this.#running === 0;
  }

  /**
   * Resolves when none of them waits to begin because what does its work is
   * still being loaded.
   */
  loaded(): Promise<void> {
    if (this.#loading === 0) return Promise.resolve();
    return new Promise((resolve) => this.#wakeLoaded = resolve);
  }

  /** Resolves when all that were started have their reply. */
  lastReply(): Promise<void> {
    if (this.isIdle) return Promise.resolve();
    return new Promise((resolve) => this.#wakeEnd = resolve);
  }

  async #work(
    row: BoundRow,
    params: unknown,
    request: Request,
    message: RequestMessage,
  ): Promise<void> {
    const { board, connectionId, origin } = this.#options;
    const span = board.tracer?.startRequestSpan({
      method: message.method,
      requestId: message.id,
      connectionId,
      transport: origin,
      clientName: request.client.name,
      clientVersion: request.client.version,
      ...message.trace,
    });
    try {
      const handle = () =>
        row.load === undefined
          ? row.handle(params, request)
          : this.#begin(row, row.load, params, request);
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

  /**
   * Has a row do its work once it is loaded. All requests for such rows wait in
   * the same way, so that they begin in the order they came in.
   */
  async #begin(
    row: BoundRow,
    load: () => Promise<void>,
    params: unknown,
    request: Request,
  ): Promise<unknown> {
    this.#loading++;
    try {
      await load();
      request.refuseIfCancelled();
      return row.handle(params, request);
    } finally {
      this.#loading--;
      if (this.#loading === 0) this.#wakeLoaded?.();
    }
  }

  #reply(
    frame: OutgoingFrame,
    request: Request,
    written?: () => void,
  ): void {
    const { outbox, log, onRoom } = this.#options;
    // Pieces are made while they are taken: they hold next to nothing.
    if (typeof frame === "string") this.#load.expect(frame.length);
    outbox.reply(frame, () => {
      request.place.leave();
      onRoom();
      written?.();
    });
    for (const work of request.takeAfterReply()) {
      Promise.try(work).catch((error) =>
        log.error("work after a reply failed", { error: toText(error) })
      );
    }
  }

  #fail(request: Request, message: RequestMessage, error: unknown): void {
    request.takeAfterReply();
    const failure = this.#toFailure(error, message);
    this.#reply(encodeFailure(message.id, failure), request);
  }

  #toFailure(error: unknown, { method, id }: RequestMessage): RpcError {
    const { log } = this.#options;
    const failure = toRpcError(error);
    if (failure !== error) {
      log.error("request failed", { method, id, error: toText(error) });
    } else log.debug("request refused", { method, id, error: failure.message });
    return failure;
  }
}

function toText(error: unknown): string {
  return error instanceof Error ? error.stack ?? String(error) : String(error);
}
