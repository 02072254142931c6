/** A mock of what a model provider answers: one message per request. */
export class ScriptedProvider implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #answers: Record<string, unknown>[][];

  /** @param answers Output items of the responses, one after the other. */
  constructor(answers: Record<string, unknown>[][]) {
    this.#answers = [...answers];
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
  }

  get port(): number {
    return this.#server.addr.port;
  }

  async #answer(request: Request): Promise<Response> {
    await request.body?.cancel();
    if (!new URL(request.url).pathname.endsWith("/responses")) {
      return Response.json({ models: [], data: [] });
    }
    const usage = {
      input_tokens: 10,
      output_tokens: 5,
      total_tokens: 15,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens_details: { reasoning_tokens: 0 },
    };
    const events = [
      { type: "response.created", response: { id: "r" } },
      ...(this.#answers.shift() ?? []).map((item, output_index) => ({
        type: "response.output_item.done",
        output_index,
        item,
      })),
      { type: "response.completed", response: { id: "r", output: [], usage } },
    ];
    return new Response(
      events.map((event) =>
        `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
      ).join(""),
      { headers: { "content-type": "text/event-stream" } },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** A message of the model. */
export function modelMessage(
  id: string,
  text: string,
): Record<string, unknown> {
  return {
    type: "message",
    id,
    role: "assistant",
    content: [{ type: "output_text", text, annotations: [] }],
  };
}

interface Frame {
  readonly id?: number;
  readonly method?: string;
  // deno-lint-ignore no-explicit-any -- whatever the other side says
  readonly params?: any;
  // deno-lint-ignore no-explicit-any
  readonly result?: any;
  readonly error?: { readonly message: string };
}

/** The reference over stdio. */
export class ReferenceServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #frames: Frame[] = [];
  #arrived = Promise.withResolvers<void>();
  readonly #reading: Promise<void>;
  #lastId = 0;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Starts one in a home whose provider is a mock. */
  static async start(
    binary: string,
    home: string,
    provider: ScriptedProvider,
  ): Promise<ReferenceServer> {
    await Deno.writeTextFile(
      `${home}/config.toml`,
      `model = "mock-model"
model_provider = "mock"
approval_policy = "never"
sandbox_mode = "danger-full-access"
[model_providers.mock]
name = "Mock"
base_url = "http://127.0.0.1:${provider.port}/v1"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
`,
    );
    const server = new ReferenceServer(
      new Deno.Command(binary, {
        args: ["app-server"],
        cwd: home,
        env: { CODEX_HOME: home },
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn(),
    );
    await server.call("initialize", {
      clientInfo: { name: "test", version: "1" },
      capabilities: { experimentalApi: true },
    });
    await server.#send({ method: "initialized" });
    return server;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Calls a method. */
  async call(method: string, params: unknown): Promise<Frame> {
    const id = ++this.#lastId;
    await this.#send({ id, method, params });
    return await this.#find((frame) => frame.id === id && !frame.method);
  }

  /** Plays a turn to its end. */
  async play(threadId: string, text: string): Promise<void> {
    const from = this.#frames.length;
    await this.call("turn/start", {
      threadId,
      input: [{ type: "text", text, text_elements: [] }],
    });
    await this.#find((frame) => frame.method === "turn/completed", from);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#child.status;
    await this.#reading;
  }

  async #send(frame: Record<string, unknown>): Promise<void> {
    await this.#writer.write(
      new TextEncoder().encode(`${JSON.stringify(frame)}\n`),
    );
  }

  async #find(
    isIt: (frame: Frame) => boolean,
    from = 0,
  ): Promise<Frame> {
    for (;;) {
      const found = this.#frames.slice(from).find(isIt);
      if (found) return found;
      await this.#arrived.promise;
    }
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (
      const piece of this.#child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      this.#frames.push(...lines.map((line) => JSON.parse(line)));
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    }
  }
}
