import type { RateLimitSnapshot } from "../protocol/mod.ts";
import { cutOff } from "./_failed_response.ts";
import { PieceReader } from "./_piece_reader.ts";
import { EventTooLongError, SseReader } from "./_sse_reader.ts";
import { toEvent } from "./_to_event.ts";
import { ModelError, type ModelEvent } from "./model.ts";

/** What ends an attempt to get a stream. */
export interface Ending {
  readonly signal: AbortSignal;
  /** Ends it by itself. */
  readonly abort: (reason: unknown) => void;
}

/** A stream that has begun. */
export interface Opened {
  readonly body: ReadableStream<Uint8Array>;
  /** What its headers say of limits. */
  readonly limits: readonly RateLimitSnapshot[];
  /** Takes out of a text what must not be told. */
  readonly conceal: (text: string) => string;
}

/** What {@linkcode ResponseStream} needs. */
export interface ResponseStreamOptions {
  /** Gets the stream; called once, when the first event is asked for. */
  readonly open: (ending: Ending) => Promise<Opened>;
  /** Ends all of it. */
  readonly signal: AbortSignal;
  /** Milliseconds of silence after which it counts as broken. */
  readonly idleTimeoutMs: number;
}

/** Milliseconds that a stream which said everything has for its end. */
const graceMs = 200;

/** A provider that says nothing for too long. */
export function tooSilent(): ModelError {
  return cutOff("idle timeout waiting for SSE");
}

type Step = IteratorResult<ModelEvent, undefined>;
const over: Step = { done: true, value: undefined };

/**
 * The events of one answer. What arrives in one piece is parsed at once, and
 * handed out without waiting in between.
 */
export class ResponseStream implements AsyncIterableIterator<ModelEvent> {
  readonly #options: ResponseStreamOptions;
  readonly #abort = new AbortController();
  readonly #sse: SseReader;
  #events: ModelEvent[] = [];
  #next = 0;
  #reader: PieceReader | undefined;
  #hasBegun = false;
  #isOver = false;
  #isComplete = false;
  #failure: { readonly reason: unknown } | undefined;
  #conceal: Opened["conceal"] = (text) => text;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silentSinceMs = 0;

  constructor(options: ResponseStreamOptions) {
    this.#options = options;
    this.#sse = new SseReader((data) => this.#take(data));
    // The signal of the request does not always end a read that waits for more
    // of its answer (seen under load), so the body is let go of here.
    this.#abort.signal.addEventListener("abort", () => {
      this.#reader?.cancel().catch(() => {}); // it is gone anyway
    }, { once: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step> {
    const event = this.#events[this.#next];
    if (event !== undefined) {
      this.#next++;
      return Promise.resolve({ done: false, value: event });
    }
    return this.#advance();
  }

  return(): Promise<Step> {
    void this.#end();
    return Promise.resolve(over);
  }

  async #advance(): Promise<Step> {
    this.#events = [];
    this.#next = 0;
    try {
      if (!this.#hasBegun) await this.#begin();
      while (this.#events.length === 0) {
        if (this.#failure !== undefined) throw this.#failure.reason;
        if (this.#isOver || this.#isComplete) {
          await this.#end();
          return over;
        }
        await this.#read();
      }
    } catch (error) {
      void this.#end();
      throw this.#abort.signal.aborted && this.#isAborted(error)
        ? this.#abort.signal.reason
        : error;
    }
    return this.next();
  }

  async #begin(): Promise<void> {
    this.#hasBegun = true;
    const { signal, open } = this.#options;
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener("abort", this.#onAbort, { once: true });
    this.#abort.signal.throwIfAborted();
    const { body, limits, conceal } = await open({
      signal: this.#abort.signal,
      abort: (reason) => this.#abort.abort(reason),
    });
    this.#reader = new PieceReader(body);
    this.#conceal = conceal;
    if (this.#isOver) return await this.#reader.cancel();
    this.#abort.signal.throwIfAborted();
    this.#silentSinceMs = performance.now();
    this.#listen(this.#options.idleTimeoutMs);
    for (const rateLimits of limits) {
      this.#events.push({ type: "rateLimits", rateLimits });
    }
  }

  async #read(): Promise<void> {
    let piece: Uint8Array | undefined;
    try {
      piece = await this.#reader?.read();
    } catch (error) {
      this.#abort.signal.throwIfAborted();
      throw cutOff(
        "Transport error: network error: error decoding response body",
        error,
      );
    }
    if (this.#isOver) return;
    // A body that was let go of ends as if it had been read to its end.
    this.#abort.signal.throwIfAborted();
    if (piece === undefined) {
      this.#isOver = true;
      this.#fail(cutOff("stream closed before response.completed"));
      return;
    }
    this.#silentSinceMs = performance.now();
    try {
      this.#sse.push(piece);
    } catch (error) {
      this.#fail(
        error instanceof EventTooLongError ? cutOff(error.message) : error,
      );
    }
  }

  #take(data: string): void {
    if (this.#isComplete || this.#failure !== undefined) return;
    const event = toEvent(data);
    if (event === undefined) return;
    this.#events.push(event);
    if (event.type === "completed") this.#isComplete = true;
  }

  /** What came before is handed out first. */
  #fail(reason: unknown): void {
    this.#failure ??= {
      reason: reason instanceof ModelError
        ? new ModelError(this.#conceal(reason.message), reason)
        : reason,
    };
  }

  /** Watches the silence with one timer, however much is said. */
  #listen(ms: number): void {
    this.#timer = setTimeout(() => {
      const silentMs = performance.now() - this.#silentSinceMs;
      const leftMs = this.#options.idleTimeoutMs - silentMs;
      if (leftMs > 0) return this.#listen(leftMs);
      this.#abort.abort(tooSilent());
    }, Math.min(ms, 2 ** 31 - 1));
  }

  readonly #onAbort = (): void =>
    this.#abort.abort(this.#options.signal.reason);

  #isAborted(error: unknown): boolean {
    return !(error instanceof ModelError) ||
      error === this.#abort.signal.reason;
  }

  /** Lets go of everything; resolves when the connection is free again. */
  async #end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    const wasOver = this.#isOver;
    this.#isOver = true;
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined || wasOver) {
      if (!wasOver) this.#abort.abort();
      return;
    }
    if (this.#isComplete) await this.#finish(reader);
    else {
      this.#abort.abort();
      await reader.cancel().catch(() => {}); // it is gone anyway
    }
  }

  /** Reads the little that may follow, so that the connection is used again. */
  async #finish(reader: PieceReader): Promise<void> {
    const timer = setTimeout(() => {
      reader.cancel().catch(() => {}); // it is gone anyway
    }, graceMs);
    try {
      while (await reader.read() !== undefined);
    } catch {
      // Nothing that follows is of interest.
    } finally {
      clearTimeout(timer);
    }
  }
}
