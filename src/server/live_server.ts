import { Connection, type Peers, type Switchboard } from "../rpc/mod.ts";
import type { Sandbox } from "../sandbox/mod.ts";
import {
  type Channel,
  createMemoryChannelPair,
  type Listener,
} from "../transport/mod.ts";
import type { Concealment } from "./_concealment.ts";
import type { LazyAccounts } from "./_lazy_accounts.ts";
import type { LazyExtensions } from "./_lazy_extensions.ts";
import type { LazyHost } from "./_lazy_host.ts";
import type { LazyPrograms } from "./_lazy_programs.ts";
import type { LazyThreads } from "./_lazy_threads.ts";
import type { AppServer } from "./app_server.ts";

/** What a server gives back when it is closed, or tells as it goes. */
export interface LiveRooms {
  readonly peers: Peers;
  readonly accounts: LazyAccounts;
  readonly threads: LazyThreads;
  readonly extensions: LazyExtensions;
  readonly host: LazyHost;
  readonly programs: LazyPrograms;
  readonly sandbox: Sandbox;
  /** Knows the sockets that it listens on. */
  readonly concealment: Concealment;
}

/** A server with all that it is made of. */
export class LiveServer implements AppServer {
  readonly #board: Switchboard;
  readonly #rooms: LiveRooms;
  readonly #peers: Peers;
  readonly #running = new Set<Promise<void>>();
  readonly #listeners = new Set<Listener>();
  #connections = 0;
  #closing: Promise<void> | undefined;

  constructor(board: Switchboard, rooms: LiveRooms) {
    this.#board = board;
    this.#rooms = rooms;
    this.#peers = rooms.peers;
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
    if (socket !== undefined) this.#rooms.concealment.add(socket);
    try {
      for await (const channel of listener.channels) this.serve(channel);
    } finally {
      this.#listeners.delete(listener);
      if (socket !== undefined) this.#rooms.concealment.delete(socket);
    }
  }

  connect(): Channel {
    const [ours, theirs] = createMemoryChannelPair();
    this.serve(ours);
    return theirs;
  }

  drain(): Promise<void> {
    return this.#rooms.threads.drain();
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
    await this.#rooms.threads[Symbol.asyncDispose]();
    await this.#rooms.host[Symbol.asyncDispose]();
    await this.#rooms.extensions[Symbol.asyncDispose]();
    await this.#rooms.accounts[Symbol.asyncDispose]();
    await this.#rooms.programs[Symbol.asyncDispose]();
    await this.#rooms.sandbox[Symbol.asyncDispose]();
    await Promise.all(listeners.map((one) => one[Symbol.asyncDispose]()));
  }
}

/** Websocket close code "Going Away" (RFC 6455, section 7.4.1). */
const GOING_AWAY = [1001, "the server is shutting down"] as const;
