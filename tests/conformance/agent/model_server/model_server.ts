import { eventually, pause } from "../../deadline.ts";
import { Failure } from "../../failure.ts";
import { isObject, type Json, parseJson } from "../../json.ts";
import { Gates } from "./gates.ts";
import { responseStream } from "./response_stream.ts";
import type { ScriptEntry } from "./script.ts";

/** One request that the model server got. */
export interface ModelRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  /** As JSON where it is. */
  readonly body: Json;
}

/** A plain answer for one path; of a list, the last one stays. */
export interface Route {
  readonly status?: number;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers by `METHOD /path`. */
export type Routes = Readonly<Record<string, Route | readonly Route[]>>;

/** Said when the script has nothing (more) to say. */
const NOTHING_LEFT: ScriptEntry = { items: [{ text: "done" }] };

/**
 * A model provider (Responses API over server-sent events) that says what a
 * script tells it and remembers what it was asked.
 */
export class ModelServer implements AsyncDisposable {
  readonly requests: ModelRequest[] = [];
  /** Answers not yet given. */
  readonly script: ScriptEntry[] = [];
  readonly gates = new Gates();
  readonly #routes: Map<string, Route[]>;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #stopped = new AbortController();
  #answers = 0;

  constructor(routes: Routes = {}) {
    this.#routes = new Map(
      Object.entries(routes).map(([key, route]) => [key, [route].flat()]),
    );
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen() {},
      onError: () => new Response(null, { status: 500 }),
    }, (request) => this.#answer(request));
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /** The requests whose path starts with `path`. */
  requestsTo(path = "/v1/responses"): ModelRequest[] {
    return this.requests.filter((request) => request.path.startsWith(path));
  }

  /**
   * Waits for that many requests.
   *
   * @throws {Failure} when they do not come in `limitMs`.
   */
  async waitRequests(
    count: number,
    path: string | undefined,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    await eventually(
      () => {
        const { length } = this.requestsTo(path);
        if (length >= count) return;
        throw new Failure(`want ${count} model requests, got ${length}`);
      },
      limitMs,
      signal,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort(new Error("model server stopped"));
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const text = await request.text();
    this.requests.push({
      method: request.method,
      path: pathname + search,
      headers: Object.fromEntries(request.headers),
      body: parseJson(text) ?? text,
    });
    const routes = this.#routes.get(`${request.method} ${pathname}`);
    if (routes !== undefined) {
      return plain((routes.length > 1 ? routes.shift() : routes[0]) ?? {});
    }
    if (request.method === "GET" && pathname.endsWith("/models")) {
      return Response.json({ models: [] });
    }
    if (
      request.method === "POST" && /\/responses(\/compact)?$/.test(pathname)
    ) return await this.#speak(this.#take(text));
    return Response.json({ error: { message: "not found" } }, { status: 404 });
  }

  async #speak(entry: ScriptEntry): Promise<Response> {
    const { signal } = this.#stopped;
    if (entry.delay !== undefined) await pause(entry.delay, signal);
    if (entry.json !== undefined) return Response.json(entry.json);
    const { status = 200, body = { error: { message: "scripted" } } } = entry;
    if (status !== 200) return plain({ ...entry, body });
    const number = ++this.#answers;
    return new Response(responseStream(entry, number, this.gates, signal), {
      headers: { "content-type": "text/event-stream", ...entry.headers },
    });
  }

  #take(body: string): ScriptEntry {
    const index = this.script.findIndex(({ when }) =>
      when === undefined || body.includes(when)
    );
    const entry = this.script[index];
    if (entry === undefined) return NOTHING_LEFT;
    if (entry.repeat !== true) this.script.splice(index, 1);
    return entry;
  }
}

function plain({ status = 200, body = {}, headers }: Route): Response {
  return new Response(
    isObject(body) || typeof body !== "string" ? JSON.stringify(body) : body,
    { status, headers: { "content-type": "application/json", ...headers } },
  );
}
