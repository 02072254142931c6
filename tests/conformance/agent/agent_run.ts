import { join } from "node:path";
import { type Connection, dial, StdioConnection } from "../connections.ts";
import { check, Failure } from "../failure.ts";
import { freePort } from "../free_port.ts";
import { exchange, headerLines } from "../http_exchange.ts";
import type { Message } from "../inbox.ts";
import { isObject, type Json, type JsonObject, show } from "../json.ts";
import { substitute } from "../placeholders.ts";
import { environment, ServerProcess } from "../server_process.ts";
import { WsConnection } from "../ws_client.ts";
import type { AgentCase, Save } from "./case.ts";
import type { ModelServer } from "./model_server/model_server.ts";
import { resolvePointer } from "./pointer.ts";

/** A connection whose messages stay; steps read on from the cursor. */
export interface Conversation {
  readonly connection: Connection;
  /** Index of the first message that no step has passed. */
  cursor: number;
}

/** The server, connections and variables of one agent case while it runs. */
export class AgentRun {
  readonly variables = new Map<string, Json>();
  readonly conversations = new Map<string, Conversation>();
  readonly model: ModelServer;
  /** Aborts when the case has taken too long. */
  readonly signal: AbortSignal;
  readonly #patience: number;
  readonly #case: AgentCase;
  readonly #command: readonly string[];
  readonly #directory: string;
  readonly #opened: Connection[] = [];
  #server: ServerProcess | undefined;
  #port = 0;

  constructor(options: {
    readonly oneCase: AgentCase;
    readonly command: readonly string[];
    readonly directory: string;
    readonly model: ModelServer;
    readonly signal: AbortSignal;
    readonly patience: number;
  }) {
    this.#case = options.oneCase;
    this.#command = options.command;
    this.#directory = options.directory;
    this.model = options.model;
    this.signal = options.signal;
    this.#patience = options.patience;
  }

  /** The running server. */
  get server(): ServerProcess {
    if (this.#server === undefined) throw new Failure("no server is running");
    return this.#server;
  }

  /** How long something is waited for that may take `ms` as a case says. */
  toLimitMs(ms: number): number {
    return ms * this.#patience;
  }

  /** A path of the case, below its directory unless it is absolute. */
  path(name: string): string {
    return name.startsWith("/") ? name : join(this.#directory, name);
  }

  conversation(name = "main"): Conversation {
    const found = this.conversations.get(name);
    if (found === undefined) throw new Failure(`no connection "${name}"`);
    return found;
  }

  /** Starts the server; on stdio that opens `main` as well. */
  start(): void {
    const overSocket = this.#case.transport === "ws";
    if (overSocket) this.#port = freePort();
    const listen = overSocket
      ? ["--listen", `ws://127.0.0.1:${this.#port}`]
      : [];
    this.#server = new ServerProcess({
      command: this.#command,
      args: [...listen, ...this.#filled(this.#case.args ?? [])],
      cwd: this.path("w"),
      env: environment(this.path("home"), {
        DENO_DIR: Deno.env.get("DENO_DIR") ??
          join(Deno.env.get("HOME") ?? "/", ".cache/deno"),
        HOME: this.#directory,
        LANG: "C.UTF-8",
        NO_COLOR: "1",
        TERM: "dumb",
        ...this.#filled(this.#case.env ?? {}),
      }),
      stdin: overSocket ? "null" : "piped",
      gatherStdout: overSocket,
    });
    if (!overSocket) this.#add("main", new StdioConnection(this.#server.child));
  }

  /** Ends the server and starts it again on the same home. */
  async restart(): Promise<void> {
    await this.stop();
    this.start();
    await this.initialize(await this.open("main"));
  }

  /** Opens a connection; on stdio there is only `main`, and it is open. */
  async open(name: string): Promise<Conversation> {
    if (this.#case.transport === "stdio") return this.conversation(name);
    const address = { hostname: "127.0.0.1", port: this.#port };
    const deadline = performance.now() + this.toLimitMs(10_000);
    for (;;) {
      const probe = await dial(address).catch(() => undefined);
      probe?.close();
      if (probe !== undefined) break;
      if (performance.now() > deadline || this.server.status !== undefined) {
        throw new Failure(`cannot connect: ${show(this.server.stderr)}`);
      }
      await this.server.wait(20, this.signal);
    }
    const reply = await exchange(
      address,
      `GET / HTTP/1.1\r\n${headerLines(UPGRADE_HEADERS)}\r\n`,
      { limitMs: this.toLimitMs(4000), signal: this.signal },
    );
    if (reply.status !== 101) {
      reply.conn.close();
      throw new Failure(`handshake failed with ${reply.status}`);
    }
    return this.#add(name, new WsConnection(reply.conn, reply.rest));
  }

  /** Initializes a connection the way a well-behaved client does. */
  async initialize(
    conversation: Conversation,
    capabilities: JsonObject = {},
  ): Promise<void> {
    const params = {
      clientInfo: { name: "replay", title: "Replay", version: "1.0.0" },
      capabilities: { experimentalApi: true, ...capabilities },
    };
    const request = { method: "initialize", params };
    await this.request(conversation, request, this.toLimitMs(10_000));
    const { connection } = conversation;
    await connection.sendText(JSON.stringify({ method: "initialized" }));
  }

  /** Sends a request, with an id when it has none, and awaits its response. */
  async request(
    conversation: Conversation,
    message: JsonObject,
    limitMs: number,
  ): Promise<JsonObject> {
    const { connection } = conversation;
    const start = connection.inbox.messages.length;
    const id = message.id ?? connection.takeId();
    await connection.sendText(JSON.stringify({ ...message, id }));
    const response = await this.find(
      conversation,
      start,
      (json) => json.method === undefined && json.id === id,
      limitMs,
    );
    if (response !== undefined) return response.json;
    throw new Failure(
      `no response to ${show(message.method)} within ${limitMs} ms` +
        seenSince(conversation, start),
    );
  }

  /** The first message from `start` on that fits, with its index. */
  async find(
    { connection: { inbox } }: Conversation,
    start: number,
    fits: (json: JsonObject) => boolean,
    limitMs: number,
  ): Promise<{ index: number; json: JsonObject } | undefined> {
    const index = await inbox.findMessage(
      start,
      (message) => fits(objectIn(message)),
      limitMs,
      this.signal,
    );
    const message = index === undefined ? undefined : inbox.messages[index];
    if (index === undefined || message === undefined) return undefined;
    return { index, json: objectIn(message) };
  }

  /** Keeps parts of `value` as variables. */
  save(save: Save | undefined, value: Json | undefined): void {
    for (const [name, pointer] of Object.entries(save ?? {})) {
      const found = resolvePointer(value, pointer);
      check({ $any: 1 }, found, `value to save as "${name}"`);
      this.variables.set(name, found ?? null);
    }
  }

  /** Ends the server and every connection to it. */
  async stop(): Promise<void> {
    for (const connection of this.#opened) await connection.close();
    await this.#server?.stop(this.#case.transport === "stdio" ? 1500 : 0);
    for (const connection of this.#opened.splice(0)) {
      if (connection instanceof StdioConnection) await connection.dispose();
    }
    this.conversations.clear();
  }

  #filled<T>(part: T): T {
    // Cases are read from JSON: their types describe JSON values.
    const value: unknown = substitute(part as Json, this.variables);
    return value as T;
  }

  #add(name: string, connection: Connection): Conversation {
    const conversation = { connection, cursor: 0 };
    this.#opened.push(connection);
    this.conversations.set(name, conversation);
    return conversation;
  }
}

/** For an error text: which messages came. */
export function seenSince(
  { connection: { inbox } }: Conversation,
  start: number,
): string {
  const methods = inbox.messages.slice(start).map((message) =>
    String(objectIn(message).method ?? "response")
  );
  const ending = inbox.closed === undefined ? "" : `, then ${inbox.closed}`;
  return `; came: ${methods.join(" ") || "nothing"}${ending}`;
}

const UPGRADE_HEADERS = {
  Host: "localhost",
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** The message as an object; what is none has no method and no id. */
function objectIn({ json }: Message): JsonObject {
  return isObject(json) ? json : {};
}
