import type { Channel, Listener } from "../transport/mod.ts";

/**
 * An app-server: serves any number of peers over any kind of channel until it
 * is closed. Disposing it is closing it.
 */
export interface AppServer extends AsyncDisposable {
  /** Number of peers that are connected now. */
  readonly connections: number;
  /** Serves one peer; resolves when its channel is closed. Never rejects. */
  serve(channel: Channel): Promise<void>;
  /** Serves every peer that a listener lets in, until the listener is closed. */
  listen(listener: Listener): Promise<void>;
  /**
   * Opens a connection within the process, without a port.
   *
   * @example Ask a server that lives in the same process
   * ```ts
   * import { createAppServer } from "@gangway/app-server";
   * import { Client } from "@gangway/app-server/client";
   *
   * await using server = await createAppServer();
   * await using client = await Client.connect({ channel: server.connect() });
   * const { isDirectory } = await client.request("fs/getMetadata", {
   *   path: Deno.cwd(),
   * });
   * if (!isDirectory) throw new Error("A working directory is one");
   * ```
   */
  connect(): Channel;
  /**
   * Waits until nothing goes on that a shutdown should wait for. New peers and
   * requests are served meanwhile.
   */
  drain(): Promise<void>;
  /**
   * Takes no more peers, lets every connection answer what it has read, closes
   * it with a reason and gives everything back. Idempotent.
   */
  close(): Promise<void>;
}
