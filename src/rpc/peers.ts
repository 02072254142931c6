import type {
  Announcement,
  NotificationName,
  ServerMethodName,
  ServerNotifications,
  ServerRequests,
} from "../protocol/mod.ts";
import type { Connection } from "./connection.ts";

/** All live connections of a server. */
export class Peers {
  readonly #connections = new Set<Connection>();

  /** Number of live connections. */
  get size(): number {
    return this.#connections.size;
  }

  /** How many requests of all of them have not been answered. */
  get requestsInFlight(): number {
    let sum = 0;
    for (const { requestsInFlight } of this.#connections) {
      sum += requestsInFlight;
    }
    return sum;
  }

  /** Takes a connection in for as long as it runs. */
  async run(connection: Connection): Promise<void> {
    this.#connections.add(connection);
    try {
      await connection.run();
    } finally {
      this.#connections.delete(connection);
    }
  }

  /** Sends a notification to every client that has done its handshake. */
  broadcast<N extends NotificationName>(
    method: N,
    params: ServerNotifications[N],
  ): void {
    for (const connection of this.#connections) {
      connection.notify(method, params);
    }
  }

  /** Sends what was made for all of them, but some. */
  announce(announcement: Announcement, except?: ReadonlySet<unknown>): void {
    for (const connection of this.#connections) {
      if (!except?.has(connection)) connection.announce(announcement);
    }
  }

  /**
   * Asks every client that has done its handshake. The first result counts, and
   * the others are not waited for.
   *
   * @throws {RpcError} what was answered in its place, if none gave one.
   * @throws {Error} if nobody is there, or nobody stayed.
   * @throws {unknown} the signal's reason.
   */
  async ask<M extends ServerMethodName>(
    method: M,
    params: ServerRequests[M]["params"],
    { signal, id }: { readonly signal: AbortSignal; readonly id: number },
  ): Promise<ServerRequests[M]["result"]> {
    const answered = new AbortController();
    const either = AbortSignal.any([signal, answered.signal]);
    const answers = [...this.#connections]
      .filter((connection) => connection.isInitialized)
      .map((one) => one.ask(method, params, { signal: either, id }));
    if (answers.length === 0) throw new Error("No client is there");
    try {
      return await Promise.any(answers);
    } catch (error) {
      signal.throwIfAborted();
      const { errors } = error as AggregateError;
      throw errors.find(({ name }) => name === "RpcError") ?? errors[0];
    } finally {
      answered.abort();
    }
  }

  /** Lets every connection answer what it has read and close with a reason. */
  close(code: number, reason: string): void {
    for (const connection of this.#connections) connection.close(code, reason);
  }
}
