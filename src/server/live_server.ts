import { Connection, type Peers, type Switchboard } from "../rpc/mod.ts";
import {
  type Channel,
  createMemoryChannelPair,
  type Listener,
} from "../transport/mod.ts";
import type { Concealment } from "./_concealment.ts";
import type { Lazy } from "./_lazy.ts";
import type { LiveRooms } from "./_open_rooms.ts";
import type { AppServer } from "./app_server.ts";

/** What a server is made of beside the switchboard. */
export interface Premises {
  readonly peers: Peers;
  /** Knows the sockets that it listens on. */
  readonly concealment: Concealment;
  /** All that answers requests; opened for the first client. */
  readonly rooms: Lazy<LiveRooms>;
}

/** A server with all that it is made of. */
export class LiveServer implements AppServer {
  readonly #board: Switchboard;
  readonly #premises: Premises;
  readonly #peers: Peers;
  readonly #running = new Set<Promise<void>>();
  readonly #listeners = new Set<Listener>();
  #connections = 0;
  #closing: Promise<void> | undefined;

  constructor(board: Switchboard, premises: Premises) {
    this.#board = board;
    this.#premises = premises;
    this.#peers = premises.peers;
  }

  get connections(): number {
    return this.#peers.size;
  }

  serve(channel: Channel): Promise<void> {
    const connection = new Connection(
      ++this.#connections,
      channel,
      this.#board,
    );
    const run = this.#peers.run(connection).catch((error) => {
      this.#board.log.error("a connection failed", { error: String(error) });
      channel.terminate();
    });
    this.#running.add(run);
    run.finally(() => this.#running.delete(run));
    if (this.#closing !== undefined) connection.close(...GOING_AWAY);
    return run;
  }

  async listen(listener: Listener): Promise<void> {
    this.#listeners.add(listener);
    const socket = /^unix:\/\/(.*)$/s.exec(listener.address)?.[1];
    if (socket !== undefined) this.#premises.concealment.add(socket);
    // There is time before the first client; it will be told of a failure.
    this.#premises.rooms.get().catch(() => {});
    try {
      for await (const channel of listener.channels) this.serve(channel);
    } finally {
      this.#listeners.delete(listener);
      if (socket !== undefined) this.#premises.concealment.delete(socket);
    }
  }

  connect(): Channel {
    const [ours, theirs] = createMemoryChannelPair();
    this.serve(ours);
    return theirs;
  }

  async drain(): Promise<void> {
    await (await this.#premises.rooms.made())?.threads.drain();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const listeners = [...this.#listeners];
    await Promise.all(listeners.map((one) => one.close()));
    this.#peers.close(...GOING_AWAY);
    await Promise.all(this.#running);
    const rooms = await this.#premises.rooms.made();
    await rooms?.threads[Symbol.asyncDispose]();
    await rooms?.host[Symbol.asyncDispose]();
    await rooms?.extensions[Symbol.asyncDispose]();
    await rooms?.accounts[Symbol.asyncDispose]();
    await rooms?.programs[Symbol.asyncDispose]();
    await rooms?.sandbox[Symbol.asyncDispose]();
    await Promise.all(listeners.map((one) => one[Symbol.asyncDispose]()));
  }
}

/** Websocket close code "Going Away" (RFC 6455, section 7.4.1). */
const GOING_AWAY = [1001, "the server is shutting down"] as const;
