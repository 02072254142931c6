import type { Logger } from "../telemetry/mod.ts";
import { RequestEncoder } from "./_encode_request.ts";
import { cutOff } from "./_failed_response.ts";
import { conceal } from "./_conceal.ts";
import { toHttpFailure } from "./_http_failure.ts";
import { readRateLimits } from "./_rate_limits.ts";
import { readBody } from "./_read_body.ts";
import {
  type Ending,
  type Opened,
  ResponseStream,
  tooSilent,
} from "./_response_stream.ts";
import type { Clock } from "./clock.ts";
import type { Credentials } from "./credentials.ts";
import {
  type Model,
  ModelError,
  type ModelEvent,
  type ModelRequest,
} from "./model.ts";
import type { Fetch } from "./fetch.ts";
import type { Provider } from "./provider.ts";

/** What {@linkcode ResponsesModel} needs. */
export interface ResponsesModelOptions {
  readonly provider: Provider;
  /** `reasoning.context` of requests to a model; null: they have none. */
  readonly reasoningContext: (slug: string) => string | null;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly env: { get(name: string): string | undefined };
  readonly log: Logger;
  readonly userAgent: string;
  readonly originator: string;
  readonly version?: string;
  readonly fetch?: Fetch;
}

/** Milliseconds before the n-th repetition: doubled each time, and spread. */
function toBackoffMs(repetition: number): number {
  return 200 * 2 ** Math.min(repetition - 1, 8) * (0.9 + Math.random() * 0.2);
}

/** Asks a provider over HTTP, by its Responses API. */
export class ResponsesModel implements Model {
  readonly maxStreamRetries: number;
  readonly #options: ResponsesModelOptions;
  readonly #encoder = new RequestEncoder();
  readonly #fetch: Fetch;

  constructor(options: ResponsesModelOptions) {
    this.#options = options;
    this.maxStreamRetries = options.provider.streamMaxRetries;
    this.#fetch = options.fetch ?? ((url, init) => fetch(url, init));
  }

  stream(
    request: ModelRequest,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncIterable<ModelEvent> {
    return new ResponseStream({
      open: (ending) => this.#open(request, ending),
      signal,
      idleTimeoutMs: this.#options.provider.streamIdleTimeoutMs,
    });
  }

  /** Asks until a stream begins, or a failure is not worth another attempt. */
  async #open(request: ModelRequest, ending: Ending): Promise<Opened> {
    const { provider, clock, credentials, log } = this.#options;
    const body = this.#encoder.encode(request, {
      reasoningContext: this.#options.reasoningContext(request.model),
    });
    let hasRenewed = false;
    for (let repetition = 1;; repetition++) {
      const keys = await credentials.headers(provider, ending);
      const baseUrl = await credentials.baseUrl?.(provider, ending);
      const outcome = await this.#attempt({
        url: toUrl(provider, baseUrl),
        body,
        headers: this.#toHeaders(request, keys),
        secrets: [...Object.values(keys), ...this.#extraHeaders().values()],
      }, ending);
      if ("body" in outcome) return outcome;
      const { failure, isTransient } = outcome;
      if (failure.status === 401 && !hasRenewed) {
        hasRenewed = true;
        const { signal } = ending;
        const refused = { signal, refused: keys };
        if (await credentials.onUnauthorized?.(provider, refused) === true) {
          repetition--;
          continue;
        }
      }
      log.debug("The model did not answer", {
        provider: provider.id,
        attempt: repetition,
        reason: failure.message,
      });
      if (!isTransient || repetition > provider.requestMaxRetries) {
        throw failure;
      }
      const ms = failure.retryAfterMs ?? toBackoffMs(repetition);
      await clock.delay(ms, ending);
    }
  }

  async #attempt(
    { url, headers, secrets, body }: {
      url: { address: string; query: string };
      headers: Headers;
      /** What must not be told of an answer. */
      secrets: readonly string[];
      body: Uint8Array<ArrayBuffer>;
    },
    { signal, abort }: Ending,
  ): Promise<Opened | Outcome> {
    const { provider, clock } = this.#options;
    const timer = setTimeout(
      () => abort(tooSilent()),
      Math.min(provider.streamIdleTimeoutMs, 2 ** 31 - 1),
    );
    try {
      const response = await this.#fetch(`${url.address}${url.query}`, {
        method: "POST",
        headers,
        body,
        // Keys in headers must not follow to wherever an answer points.
        redirect: "manual",
        signal,
      });
      if (response.ok && response.body !== null) {
        return {
          body: response.body,
          limits: readRateLimits(response.headers),
          conceal: (text) => conceal(text, secrets),
        };
      }
      const failure = toHttpFailure({
        status: response.status,
        headers: response.headers,
        body: conceal(await readBody(response), secrets),
        url: url.address,
        nowMs: clock.now(),
      });
      return { failure, isTransient: response.status >= 500 };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TypeError)) throw error;
      return { failure: toLost(error), isTransient: true };
    } finally {
      clearTimeout(timer);
    }
  }

  #toHeaders(
    request: ModelRequest,
    keys: Readonly<Record<string, string>>,
  ): Headers {
    const { provider, userAgent, originator, version } = this.#options;
    const headers = new Headers();
    const set = (name: string, value: string): void => {
      try {
        headers.set(name, value);
      } catch {
        // The value may be a secret: it is not told.
        throw new ModelError(
          `Header "${name}" can't be sent to model provider "${provider.id}": its name or value is not valid`,
          { info: "other" },
        );
      }
    };
    const setAll = (texts: Readonly<Record<string, string>>): void => {
      for (const [name, value] of Object.entries(texts)) set(name, value);
    };
    set("accept", "text/event-stream");
    // Events that are packed come late.
    set("accept-encoding", "identity");
    set("content-type", "application/json");
    set("originator", originator);
    set("user-agent", userAgent);
    set("x-codex-beta-features", "remote_compaction_v2");
    if (provider.id === "openai" && version !== undefined) {
      set("version", version);
    }
    setAll(request.headers);
    setAll(keys);
    for (const [name, value] of this.#extraHeaders()) set(name, value);
    return headers;
  }

  /** Headers that the configuration and the environment add. */
  #extraHeaders(): Map<string, string> {
    const { provider, env } = this.#options;
    const headers = new Map(Object.entries(provider.httpHeaders));
    for (const [name, variable] of Object.entries(provider.envHttpHeaders)) {
      const value = env.get(variable);
      if (value?.trim()) headers.set(name, value);
    }
    return headers;
  }
}

/** Why an attempt failed, and whether the next one may be better at once. */
interface Outcome {
  readonly failure: ModelError;
  readonly isTransient: boolean;
}

function toUrl(
  provider: Provider,
  baseUrl = provider.baseUrl,
): { address: string; query: string } {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw new ModelError(
      `Model provider "${provider.id}" has no valid base_url: "${baseUrl}"`,
      { info: "other" },
    );
  }
  for (const [name, value] of Object.entries(provider.queryParams)) {
    url.searchParams.set(name, value);
  }
  const query = url.search;
  url.search =
    url.hash =
    url.username =
    url.password =
      "";
  return { address: `${url.href.replace(/\/+$/, "")}/responses`, query };
}

/** A request that got no answer at all. */
function toLost(error: TypeError): ModelError {
  // The runtime's words name the address with its query: they stay inside.
  const reason = "error sending request";
  const cause = error.cause instanceof Error ? error.cause.message : "";
  return `${error.message} ${cause}`.includes("(Connect)")
    ? new ModelError(`Connection failed: ${reason}`, {
      info: { httpConnectionFailed: { httpStatusCode: null } },
      isRetryable: true,
      isOffline: true,
    })
    : cutOff(reason);
}
