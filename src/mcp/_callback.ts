/** What a browser brings back from a login. */
export interface Homecoming {
  readonly code: string;
  /** Who says that they gave it (RFC 9207); null if nobody does. */
  readonly issuer: string | null;
}

/** Waits for a browser that comes back from a login. */
export class Callback implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #state: string;
  readonly #code = Promise.withResolvers<Homecoming>();

  /**
   * Listens on this machine only.
   *
   * @param port Where; 0 for anywhere.
   * @param state What the browser must bring back.
   */
  constructor(port: number, state: string) {
    this.#state = state;
    this.#code.promise.catch(() => {});
    this.#server = Deno.serve({
      hostname: "127.0.0.1",
      port,
      onListen: () => {},
    }, (request) => this.#answer(new URL(request.url)));
  }

  /** Address that the browser is to come back to. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/callback`;
  }

  /**
   * What it brings: a code.
   *
   * @throws {Error} if it brings something else.
   * @throws {unknown} the signal's reason.
   */
  async wait(signal: AbortSignal): Promise<Homecoming> {
    const abort = () => this.#code.reject(signal.reason);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    try {
      return await this.#code.promise;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  #answer({ pathname, searchParams }: URL): Response {
    if (pathname !== "/callback") return toPage(404, "There is nothing here.");
    // Whoever does not know the state is not the browser that was sent.
    if (searchParams.get("state") !== this.#state) {
      return toPage(400, "This is not the login that was asked for.");
    }
    const error = searchParams.get("error");
    const code = searchParams.get("code");
    if (error === null && code !== null) {
      this.#code.resolve({ code, issuer: searchParams.get("iss") });
      return toPage(200, "You are signed in and can close this page.");
    }
    const why = searchParams.get("error_description");
    const reason = error === null
      ? "OAuth provider returned no code"
      : `OAuth provider returned \`${error}\`${why ? `: ${why}` : ""}`;
    this.#code.reject(new Error(reason));
    return toPage(400, "The login did not work. You can close this page.");
  }
}

function toPage(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "connection": "close",
    },
  });
}
