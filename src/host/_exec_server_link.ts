import type { Channel } from "../transport/mod.ts";
import { isRecord, readText } from "./_exec_server_json.ts";
import { ExecServerError } from "./exec_server_error.ts";

/** How long an answer of an exec server is waited for. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Who waits for an answer. */
type Waiter = PromiseWithResolvers<unknown>;

/** Hears what an exec server tells unasked, such as output of programs. */
export type NewsListener = (method: string, params: unknown) => void;

/** How an exec server is asked. */
export interface AskOptions {
  /** Milliseconds that its answer is waited for. Default: 10,000. */
  readonly timeoutMs?: number;
}

/** How an exec server is greeted. */
export interface GreetOptions {
  /** The session to go on with; null for a new one. */
  readonly sessionId: string | null;
  readonly onNews: NewsListener;
}

/**
 * A connection to an exec server that has been greeted: its requests and their
 * answers, one JSON object per message, and its news.
 */
export class ExecServerLink implements AsyncDisposable {
  readonly #channel: Channel;
  readonly #onNews: NewsListener;
  readonly #waiting = new Map<number, Waiter>();
  readonly #reading: Promise<void>;
  #greeting: unknown;
  /** The channel takes one message at a time. */
  #sent: Promise<void> = Promise.resolve();
  #sessionId = "";
  #lastId = 0;

  private constructor(channel: Channel, onNews: NewsListener) {
    this.#channel = channel;
    this.#onNews = onNews;
    this.#reading = this.#read();
  }

  /**
   * Greets the server at the other end of a channel, which is closed if that
   * fails.
   *
   * @throws {ExecServerError} if the server doesn't greet back.
   */
  static async greet(
    channel: Channel,
    { sessionId, onNews }: GreetOptions,
  ): Promise<ExecServerLink> {
    const link = new ExecServerLink(channel, onNews);
    try {
      await link.#greet(sessionId);
      return link;
    } catch (error) {
      await link[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The session, by which it can be gone on with over another connection. */
  get sessionId(): string {
    return this.#sessionId;
  }

  /** What the server said when it was greeted. */
  get greeting(): unknown {
    return this.#greeting;
  }

  /** Settles when the connection is gone. */
  get gone(): Promise<void> {
    return this.#reading;
  }

  /**
   * Asks the server.
   *
   * @throws {ExecServerError} if it refuses, is silent for too long, or goes
   * away.
   */
  ask(
    method: string,
    params: unknown = null,
    { timeoutMs = ANSWER_TIMEOUT_MS }: AskOptions = {},
  ): Promise<unknown> {
    const what = `exec-server response to ${method}`;
    return this.#ask(method, params, what, timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#channel.terminate();
    await this.#reading;
  }

  async #greet(sessionId: string | null): Promise<void> {
    const hello = await this.#ask(
      "initialize",
      { clientName: "gangway-environment", resumeSessionId: sessionId },
      "exec-server initialize handshake",
      ANSWER_TIMEOUT_MS,
    );
    this.#greeting = hello;
    this.#sessionId = readText(hello, "sessionId");
    if (sessionId !== null && sessionId !== this.#sessionId) {
      throw new ExecServerError(
        "exec-server protocol error: exec-server initialized an unexpected " +
          `session ${this.#sessionId}`,
      );
    }
    await this.#send({ method: "initialized", params: {} });
  }

  async #ask(
    method: string,
    params: unknown,
    what: string,
    timeoutMs: number,
  ): Promise<unknown> {
    const id = ++this.#lastId;
    const waiter: Waiter = Promise.withResolvers();
    this.#waiting.set(id, waiter);
    const timer = setTimeout(() => {
      const seconds = timeoutMs / 1000;
      waiter.reject(
        new ExecServerError(`timed out waiting for ${what} after ${seconds}s`),
      );
    }, timeoutMs);
    try {
      const sent = this.#send({ id, method, params });
      return (await Promise.all([waiter.promise, sent]))[0];
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  #send(message: unknown): Promise<void> {
    const frame = JSON.stringify(message);
    const sent = this.#sent.then(async () => {
      try {
        await this.#channel.send([frame]);
      } catch {
        throw closed();
      }
    });
    this.#sent = sent.catch(() => {});
    return sent;
  }

  /** Hands answers out until the connection is gone, or can't be understood. */
  async #read(): Promise<void> {
    try {
      for await (const frame of this.#channel.frames) {
        if (typeof frame !== "string" || !this.#settle(frame)) break;
      }
    } catch {
      // How a connection ends is told by the channel.
    }
    this.#channel.terminate();
    for (const waiter of this.#waiting.values()) waiter.reject(closed());
    await this.#channel.closed;
  }

  /** Whether the frame could be understood. */
  #settle(frame: string): boolean {
    let message: unknown;
    try {
      message = JSON.parse(frame);
    } catch {
      return false;
    }
    if (!isRecord(message)) return false;
    const { id, method, params, result, error } = message;
    if (typeof method === "string") {
      if (id === undefined) this.#onNews(method, params);
      return true;
    }
    const waiter = typeof id === "number" ? this.#waiting.get(id) : undefined;
    if (error === undefined) waiter?.resolve(result);
    else waiter?.reject(toRefusal(error));
    return true;
  }
}

function closed(): ExecServerError {
  return new ExecServerError("exec-server transport closed");
}

function toRefusal(error: unknown): ExecServerError {
  const { code, message } = isRecord(error) ? error : {};
  return new ExecServerError(
    `exec-server rejected request (${String(code)}): ${String(message)}`,
    typeof code === "number" ? { code, reason: String(message) } : undefined,
  );
}
