import { Config, type ConfigTable } from "../config/mod.ts";
import { silentLogger } from "../telemetry/mod.ts";
import type { Clock } from "./clock.ts";
import type { Model, ModelError, ModelEvent, ModelRequest } from "./model.ts";
import { createModels, type ModelsOptions } from "./models.ts";

/** A request as a server saw it. */
export interface Seen {
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A server that answers with one thing after the other; the last remains. */
export interface ModelServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: Seen[];
}

export type Answer = () => Response | Promise<Response>;

export function serveModel(...answers: Answer[]): ModelServer {
  const seen: Seen[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, onError: toFailure },
    async (request) => {
      const { pathname, search } = new URL(request.url);
      seen.push({
        path: pathname + search,
        headers: request.headers,
        body: await request.text(),
      });
      const answer = answers[Math.min(seen.length, answers.length) - 1];
      return await answer!();
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/v1`,
    seen,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function toFailure(): Response {
  return new Response(null, { status: 500 });
}

/** An answer out of the text of a stream, piece by piece. */
export function sse(...pieces: (string | object)[]): Answer {
  return () =>
    new Response(
      pieces.map((piece) =>
        typeof piece === "string" ? piece : `data: ${JSON.stringify(piece)}\n\n`
      ).join(""),
      { headers: { "content-type": "text/event-stream" } },
    );
}

export function refuse(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): Answer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return () => new Response(text, { status, headers });
}

/** A clock that stands still, and remembers who waited for how long. */
export function stillClock(nowMs = 0): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    now: () => nowMs,
    delay: (ms, { signal }) => {
      waits.push(ms);
      signal.throwIfAborted();
      return Promise.resolve();
    },
  };
}

export const plain: ModelRequest = {
  model: "mock",
  input: [{
    type: "message",
    role: "user",
    content: [{ type: "input_text", text: "hi" }],
  }],
  tools: [],
  parallelToolCalls: true,
  reasoning: { summary: "auto" },
  promptCacheKey: "thread-1",
  clientMetadata: { turn_id: "turn-1" },
  headers: { "thread-id": "thread-1" },
};

export function modelAt(
  url: string,
  settings: ConfigTable = {},
  options: Partial<ModelsOptions> = {},
): Model {
  return createModels({
    config: new Config({
      effective: {
        model_providers: {
          p: {
            base_url: url,
            request_max_retries: 0,
            stream_max_retries: 0,
            ...settings,
          },
        },
      },
    }),
    home: "/nonexistent",
    env: new Map<string, string>(),
    log: silentLogger,
    userAgent: "test/1.0",
    originator: "test",
    ...options,
  }).model("p");
}

/** All that a model said, and what it failed with. */
export async function ask(
  model: Model,
  request: ModelRequest = plain,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ events: ModelEvent[]; failure: ModelError | undefined }> {
  const events: ModelEvent[] = [];
  try {
    for await (const event of model.stream(request, { signal })) {
      events.push(event);
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "ModelError") throw error;
    return { events, failure: error as ModelError };
  }
  return { events, failure: undefined };
}
