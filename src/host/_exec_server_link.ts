import type { Channel } from "../transport/mod.ts";
import { isRecord, readText } from "./_exec_server_json.ts";
import { ExecServerError } from "./exec_server_error.ts";

/** How long an answer of an exec server is waited for. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Who waits for an answer. */
type Waiter = PromiseWithResolvers<unknown>;

/**
 * A connection to an exec server that has been greeted: its requests and their
 * answers, one JSON object per message. What such a server sends unasked, such
 * as the output of programs, is dropped: nothing of ours is started there.
 */
export class ExecServerLink implements AsyncDisposable {
  readonly #channel: Channel;
  readonly #waiting = new Map<number, Waiter>();
  readonly #reading: Promise<void>;
  #sessionId = "";
  #lastId = 0;

  private constructor(channel: Channel) {
    this.#channel = channel;
    this.#reading = this.#read();
  }

  /**
   * Greets the server at the other end of a channel, which is closed if that
   * fails.
   *
   * @param sessionId The session to go on with; null for a new one.
   * @throws {ExecServerError} if the server doesn't greet back.
   */
  static async greet(
    channel: Channel,
    sessionId: string | null,
  ): Promise<ExecServerLink> {
    const link = new ExecServerLink(channel);
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

  /** Settles when the connection is gone. */
  get gone(): Promise<void> {
    return this.#reading;
  }

  /**
   * Asks the server.
   *
   * @throws {ExecServerError} if it refuses, is silent for ten seconds, or goes
   * away.
   */
  ask(method: string): Promise<unknown> {
    return this.#ask(method, null, `exec-server response to ${method}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#channel.terminate();
    await this.#reading;
  }

  async #greet(sessionId: string | null): Promise<void> {
    const hello = await this.#ask("initialize", {
      clientName: "gangway-environment",
      resumeSessionId: sessionId,
    }, "exec-server initialize handshake");
    this.#sessionId = readText(hello, "sessionId");
    if (sessionId !== null && sessionId !== this.#sessionId) {
      throw new ExecServerError(
        "exec-server protocol error: exec-server initialized an unexpected " +
          `session ${this.#sessionId}`,
      );
    }
    await this.#send({ method: "initialized", params: {} });
  }

  async #ask(method: string, params: unknown, what: string): Promise<unknown> {
    const id = ++this.#lastId;
    const waiter: Waiter = Promise.withResolvers();
    this.#waiting.set(id, waiter);
    const timer = setTimeout(() => {
      const seconds = ANSWER_TIMEOUT_MS / 1000;
      waiter.reject(
        new ExecServerError(`timed out waiting for ${what} after ${seconds}s`),
      );
    }, ANSWER_TIMEOUT_MS);
    try {
      const sent = this.#send({ id, method, params });
      return (await Promise.all([waiter.promise, sent]))[0];
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  async #send(message: unknown): Promise<void> {
    try {
      await this.#channel.send([JSON.stringify(message)]);
    } catch {
      throw closed();
    }
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
    const { id, method, result, error } = message;
    if (method !== undefined) return true;
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
  );
}
