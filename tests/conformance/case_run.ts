import type { Case, Environment, Headers } from "./case.ts";
import {
  type Address,
  type Connection,
  dial,
  StdioConnection,
} from "./connections.ts";
import { check, Failure } from "./failure.ts";
import { exchange, headerLines, type HttpReply } from "./http_exchange.ts";
import { isObject, type Json, type JsonObject, show } from "./json.ts";
import { environment, ServerProcess } from "./server_process.ts";
import { WsConnection } from "./ws_client.ts";

/** What a run needs to know besides its case. */
export interface RunOptions {
  /** Program and first arguments of the server under test. */
  readonly command: readonly string[];
  /** Leave error messages, HTTP bodies and stderr texts open. */
  readonly lenient: boolean;
  /** Directory below which each case gets fresh ones. */
  readonly root: string;
  /** Limit for a case that names none. */
  readonly timeoutMs: number;
  /**
   * How many times as long as a case says something may take that has to come.
   * Default: 1.
   */
  readonly patience?: number;
}

/** Fresh directories of one run. */
export interface RunPaths {
  /** Working directory, `${TMP}`. */
  readonly work: string;
  /** CODEX_HOME of the server, `${HOME}`. */
  readonly home: string;
  /** Place for sockets, `${RUN}`. */
  readonly run: string;
}

interface ProcessOptions {
  readonly args: readonly string[];
  readonly stdin: "piped" | "null";
  readonly gatherStdout: boolean;
  readonly env?: Environment | undefined;
  readonly cwd?: string | undefined;
}

/** The processes, connections and variables of one case while it runs. */
export class CaseRun {
  readonly variables = new Map<string, Json>();
  readonly connections = new Map<string, Connection>();
  readonly processes = new Map<string, ServerProcess>();
  readonly lenient: boolean;
  /** Aborts when the case has taken too long. */
  readonly signal: AbortSignal;
  readonly #patience: number;
  readonly #case: Case;
  readonly #command: readonly string[];
  readonly #paths: RunPaths;

  constructor(
    oneCase: Case,
    options: RunOptions,
    paths: RunPaths,
    signal: AbortSignal,
  ) {
    this.#case = oneCase;
    this.#command = options.command;
    this.lenient = options.lenient;
    this.#patience = options.patience ?? 1;
    this.#paths = paths;
    this.signal = signal;
  }

  /** Where the case's own server listens. */
  get address(): Address {
    return this.#case.transport === "unix"
      ? { path: String(this.variables.get("SOCK")) }
      : {
        hostname: "127.0.0.1",
        port: Number(this.variables.get("PORT")),
      };
  }

  /** How long something is waited for that may take `ms` as a case says. */
  toLimitMs(ms: number): number {
    return ms * this.#patience;
  }

  connection(name = "main"): Connection {
    const found = this.connections.get(name);
    if (found === undefined) throw new Failure(`no connection "${name}"`);
    return found;
  }

  websocket(name?: string): WsConnection {
    const found = this.connection(name);
    if (found instanceof WsConnection) return found;
    throw new Failure(`connection "${name ?? "main"}" is no websocket`);
  }

  process(name = "server"): ServerProcess {
    const found = this.processes.get(name);
    if (found === undefined) throw new Failure(`no process "${name}"`);
    return found;
  }

  /** Starts the server under test with `args` and keeps it as `name`. */
  start(name: string, options: ProcessOptions): ServerProcess {
    const started = new ServerProcess({
      command: this.#command,
      args: options.args,
      cwd: options.cwd ?? this.#paths.work,
      env: environment(this.#paths.home, options.env),
      stdin: options.stdin,
      gatherStdout: options.gatherStdout,
    });
    this.processes.set(name, started);
    return started;
  }

  /** Starts the server with JSON lines on its pipes, as connection `name`. */
  startPiped(
    processName: string,
    connectionName: string,
    options: Omit<ProcessOptions, "stdin" | "gatherStdout">,
  ): void {
    const { child } = this.start(processName, {
      ...options,
      stdin: "piped",
      gatherStdout: false,
    });
    this.connections.set(connectionName, new StdioConnection(child));
  }

  /** Waits until something accepts connections at the server's address. */
  async waitListening(server: ServerProcess): Promise<void> {
    const limitMs = this.toLimitMs(LISTEN_LIMIT_MS);
    const deadline = performance.now() + limitMs;
    while (!await this.#isListening()) {
      if (server.status !== undefined) {
        const { code } = server.status;
        const tail = server.stderr.slice(-300);
        throw new Failure(
          `server exited with ${code} before it listened: ${tail}`,
        );
      }
      if (performance.now() > deadline) {
        throw new Failure(`server did not listen within ${limitMs} ms`);
      }
      await server.wait(15, this.signal);
    }
  }

  /** Asks for a websocket; on a 101 the connection is kept as `name`. */
  async upgrade(
    name: string,
    options: { path?: string; headers?: Headers; limitMs?: number } = {},
  ): Promise<HttpReply> {
    const key = crypto.getRandomValues(new Uint8Array(16)).toBase64();
    const headers = {
      Host: "localhost",
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": key,
      ...options.headers,
    };
    const reply = await exchange(
      this.address,
      `GET ${options.path ?? "/"} HTTP/1.1\r\n${headerLines(headers)}\r\n`,
      {
        limitMs: options.limitMs ?? this.toLimitMs(4000),
        signal: this.signal,
      },
    );
    if (reply.status !== 101) {
      reply.conn.close();
      return reply;
    }
    this.connections.set(name, new WsConnection(reply.conn, reply.rest));
    check(
      await acceptOf(headers["Sec-WebSocket-Key"]),
      reply.headers["sec-websocket-accept"],
      "sec-websocket-accept",
    );
    return reply;
  }

  /** Initializes a connection the way a well-behaved client does. */
  async initialize(
    connectionName: string | undefined,
    options: { capabilities?: JsonObject | null },
  ): Promise<void> {
    const connection = this.connection(connectionName);
    const params: JsonObject = {
      clientInfo: { name: "replay", title: "Replay", version: "1.0.0" },
    };
    if (options.capabilities !== null) {
      params.capabilities = { experimentalApi: true, ...options.capabilities };
    }
    const response = await this.request(
      connection,
      { method: "initialize", params },
      this.toLimitMs(8000),
    );
    if (response.result === undefined) {
      throw new Failure(`initialize failed: ${show(response)}`);
    }
    await connection.sendText(JSON.stringify({ method: "initialized" }));
  }

  /** Sends a request, with an id when it has none, and awaits its response. */
  async request(
    connection: Connection,
    message: JsonObject,
    limitMs: number,
  ): Promise<JsonObject> {
    const id = message.id ?? connection.takeId();
    await connection.sendText(JSON.stringify({ ...message, id }));
    const response = await connection.inbox.takeMessage(
      ({ json }) => isObject(json) && json.id === id && !("method" in json),
      limitMs,
      this.signal,
    );
    if (isObject(response?.json)) return response.json;
    const ending = connection.inbox.closed;
    const stderr = this.processes.get("server")?.stderr.slice(-200) ?? "";
    throw new Failure(
      `no response to ${show(message.method)} within ${limitMs} ms` +
        (ending === undefined ? "" : `, connection: ${ending}`) +
        (stderr === "" ? "" : `, stderr: ${stderr}`),
    );
  }

  async #isListening(): Promise<boolean> {
    try {
      (await dial(this.address)).close();
      return true;
    } catch {
      return false;
    }
  }

  /** `want` without what `--lenient` leaves open: its message. */
  relaxed(want: Json): Json {
    if (!this.lenient || !isObject(want)) return want;
    const { message: _, ...rest } = want;
    return rest;
  }

  /** Ends whatever the case started. */
  async end(): Promise<void> {
    for (const connection of this.connections.values()) {
      await connection.close();
    }
    const patienceMs = this.#case.transport === "stdio" ? 400 : 0;
    await Promise.all(
      [...this.processes.values()].map((one) => one.stop(patienceMs)),
    );
    for (const connection of this.connections.values()) {
      if (connection instanceof StdioConnection) await connection.dispose();
    }
  }
}

const LISTEN_LIMIT_MS = 7000;

/** The accept header that answers `key` (RFC 6455, section 4.2.2). */
async function acceptOf(key: string): Promise<string> {
  const text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const hash = await crypto.subtle.digest(
    "SHA-1",
    new TextEncoder().encode(text),
  );
  return new Uint8Array(hash).toBase64();
}
