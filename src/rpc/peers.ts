import type {
  Announcement,
  NotificationName,
  ServerNotifications,
} from "../protocol/mod.ts";
import type { Connection } from "./connection.ts";

/** All live connections of a server. */
export class Peers {
  readonly #connections = new Set<Connection>();

  /** Number of live connections. */
  get size(): number {
    return this.#connections.size;
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

  /** Lets every connection answer what it has read and close with a reason. */
  close(code: number, reason: string): void {
    for (const connection of this.#connections) connection.close(code, reason);
  }
}
