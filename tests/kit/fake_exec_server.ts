/** A message of the protocol that exec servers speak. */
export interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: unknown;
}

/** What a fake server says to a message: a result or an error; or nothing. */
export type Answer = (
  message: Message,
  socket: WebSocket,
) => object | undefined;

/** An exec server that says what a test has it say. */
export class FakeExecServer implements AsyncDisposable {
  readonly heard: Message[] = [];
  readonly upgrades: (string | null)[][] = [];
  /** How many were not let in. */
  refused = 0;
  readonly sockets = new Set<WebSocket>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** @param refuses Whether nobody is let in now. Default: everybody is. */
  constructor(answer: Answer, refuses: () => boolean = () => false) {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) => {
        if (refuses()) {
          this.refused++;
          return new Response(null, { status: 503 });
        }
        const names = ["authorization", "x-request-id"];
        this.upgrades.push(names.map((name) => request.headers.get(name)));
        const { socket, response } = Deno.upgradeWebSocket(request);
        this.sockets.add(socket);
        socket.onclose = () => this.sockets.delete(socket);
        socket.onmessage = ({ data }) => {
          const message: Message = JSON.parse(data);
          this.heard.push(message);
          const said = answer(message, socket);
          if (said === undefined || socket.readyState !== 1) return;
          socket.send(JSON.stringify({ id: message.id, ...said }));
        };
        return response;
      },
    );
  }

  get port(): number {
    return this.#server.addr.port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Hangs up on everybody. */
  hangUp(): void {
    for (const socket of this.sockets) socket.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp();
    await this.#server.shutdown();
  }
}

/** What such a server tells of itself. */
export const info = {
  shell: { name: "zsh", path: "/bin/zsh" },
  cwd: "file:///work",
  executorVersion: "1",
};

/**
 * A server that does what it should, except where it is told otherwise. Of
 * programs and files it knows nothing.
 */
export const wellBehaved =
  (other: Answer = () => undefined): Answer => (message, socket) => {
    const said = other(message, socket);
    if (said !== undefined) return said;
    if (message.method === "initialize") {
      const { resumeSessionId } = message.params as {
        resumeSessionId: string | null;
      };
      return { result: { sessionId: resumeSessionId ?? "s1" } };
    }
    if (message.method === "environment/status") {
      return { result: { status: "ready" } };
    }
    if (message.method === "environment/info") return { result: info };
    return message.id === undefined ? undefined : {
      error: { code: -32601, message: `\`${message.method}\` is not known` },
    };
  };
