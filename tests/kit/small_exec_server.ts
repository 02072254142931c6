import { FakeExecServer, type Message } from "./fake_exec_server.ts";
import { SmallExecError } from "./small_exec_error.ts";
import { SmallExecFiles } from "./small_exec_files.ts";

type Params = Record<string, unknown>;
type Send = (message: object) => void;
type Tell = (method: string, news: object) => void;

/**
 * An exec server that does what it is asked: runs programs and changes files on
 * this machine, keeps sessions while connections come and go, and numbers its
 * news. Terminals are pipes.
 */
export class SmallExecServer implements AsyncDisposable {
  /** Whether connections are refused now. */
  isClosed = false;
  readonly #server: FakeExecServer;
  readonly #files = new SmallExecFiles();
  #sessions = new Map<string, Session>();

  constructor() {
    const sessions = new WeakMap<WebSocket, Session>();
    this.#server = new FakeExecServer((message, socket) => {
      const send: Send = (one) => {
        if (socket.readyState === WebSocket.OPEN) {
          socket.send(JSON.stringify(one));
        }
      };
      const { id, method } = message;
      if (id === undefined) return undefined;
      const params = (message.params ?? {}) as Params;
      if (method === "initialize") {
        const session = this.#open(params["resumeSessionId"]);
        session.send = send;
        sessions.set(socket, session);
        const environmentInfo = {
          shell: { name: "bash", path: "/bin/bash" },
          userHomeDir: "file:///home/somebody",
        };
        return { result: { sessionId: session.id, environmentInfo } };
      }
      this.#do(method, params, sessions.get(socket)!).then(
        (result) => send({ id, result }),
        (error) => {
          const code = error instanceof SmallExecError ? error.code : -32603;
          send({ id, error: { code, message: error.message } });
        },
      );
      return undefined;
    }, () => this.isClosed);
  }

  get url(): string {
    return this.#server.url;
  }

  /** How many connections were refused. */
  get refused(): number {
    return this.#server.refused;
  }

  /** All that was asked for, in order. */
  get heard(): readonly Message[] {
    return this.#server.heard;
  }

  /** The parameters of all requests of a method. */
  asked(method: string): Params[] {
    return this.heard.filter((one) => one.method === method)
      .map(({ params }) => params as Params);
  }

  /** Whether no program runs any more. */
  get hasEnded(): boolean {
    return [...this.#sessions.values()].every(({ hasEnded }) => hasEnded);
  }

  /** Breaks all connections; programs go on. */
  hangUp(): void {
    this.#server.hangUp();
  }

  /** Forgets all sessions, as one that was started anew. */
  async forget(): Promise<void> {
    const all = [...this.#sessions.values()];
    this.#sessions = new Map();
    await Promise.all(all.map((one) => one[Symbol.asyncDispose]()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await this.forget();
  }

  #open(id: unknown): Session {
    const known = this.#sessions.get(String(id));
    if (known !== undefined) return known;
    const session = new Session();
    this.#sessions.set(session.id, session);
    return session;
  }

  async #do(
    method: string,
    params: Params,
    session: Session,
  ): Promise<unknown> {
    if (method.startsWith("fs/")) return await this.#files.do(method, params);
    switch (method) {
      case "environment/info":
        return { shell: { name: "bash", path: "/bin/bash" }, cwd: null };
      case "environment/status":
        return { status: "ready" };
      case "process/start":
        return session.start(params);
      case "process/read":
        return session.find(params).read(Number(params["afterSeq"]));
      case "process/write":
        return await session.find(params).write(String(params["chunk"]));
      case "process/terminate":
        return { running: session.terminate(String(params["processId"])) };
    }
    throw new SmallExecError(-32601, `\`${method}\` is not known`);
  }
}

/** What a client has here, over whichever connection. */
class Session implements AsyncDisposable {
  readonly id = crypto.randomUUID();
  send: Send = () => {};
  readonly #programs = new Map<string, SmallProgram>();

  get hasEnded(): boolean {
    return [...this.#programs.values()].every(({ isClosed }) => isClosed);
  }

  start(params: Params): object {
    const processId = String(params["processId"]);
    const program = new SmallProgram(params, (method, news) => {
      this.send({ method, params: { processId, ...news } });
    });
    this.#programs.set(processId, program);
    return { processId, sandboxType: "none" };
  }

  find({ processId }: Params): SmallProgram {
    const program = this.#programs.get(String(processId));
    if (program !== undefined) return program;
    throw new SmallExecError(-32600, `unknown process id ${processId}`);
  }

  terminate(processId: string): boolean {
    return this.#programs.get(processId)?.terminate() ?? false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of this.#programs.values()) one.terminate();
    await Promise.all(this.#programs.values().map((one) => one.over));
  }
}

/** A program, and all that is told of it. */
class SmallProgram {
  /** Whether nothing more is told. */
  isClosed = false;
  /** Resolves when nothing more is told. */
  readonly over: Promise<void>;
  readonly #child: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #tell: Tell;
  readonly #chunks: { seq: number; stream: string; chunk: string }[] = [];
  #exitCode: number | undefined;
  #seq = 0;

  constructor(params: Params, tell: Tell) {
    this.#tell = tell;
    const [program, ...args] = params["argv"] as [string, ...string[]];
    const cwd = decodeURIComponent(new URL(String(params["cwd"])).pathname);
    try {
      Deno.statSync(cwd);
    } catch {
      throw new SmallExecError(
        -32603,
        "No such file or directory (os error 2)",
      );
    }
    const hasTerminal = params["tty"] === true;
    this.#child = new Deno.Command(program, {
      args,
      cwd,
      env: params["env"] as Record<string, string>,
      stdin: hasTerminal ? "piped" : "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    if (hasTerminal) this.#stdin = this.#child.stdin.getWriter();
    this.over = this.#follow(hasTerminal);
  }

  read(afterSeq: number): object {
    return {
      chunks: this.#chunks.filter(({ seq }) => seq > afterSeq),
      nextSeq: this.#seq + 1,
      exited: this.#exitCode !== undefined,
      exitCode: this.#exitCode ?? null,
      closed: this.isClosed,
      failure: null,
      sandboxDenied: false,
    };
  }

  async write(chunk: string): Promise<object> {
    if (this.#stdin === undefined) return { status: "stdinClosed" };
    await this.#stdin.write(Uint8Array.fromBase64(chunk));
    return { status: "accepted" };
  }

  terminate(): boolean {
    if (this.#exitCode !== undefined) return false;
    this.#child.kill("SIGKILL");
    return true;
  }

  async #follow(hasTerminal: boolean): Promise<void> {
    const outputs = [
      this.#pump(this.#child.stdout, hasTerminal ? "pty" : "stdout"),
      this.#pump(this.#child.stderr, hasTerminal ? "pty" : "stderr"),
    ];
    const { code } = await this.#child.status;
    this.#exitCode = code;
    this.#note("exited", { exitCode: code, sandboxDenied: false });
    await this.#stdin?.close().catch(() => {});
    await Promise.all(outputs);
    this.isClosed = true;
    this.#note("closed", {});
  }

  async #pump(
    output: ReadableStream<Uint8Array<ArrayBuffer>>,
    stream: string,
  ): Promise<void> {
    for await (const bytes of output) {
      const chunk = bytes.toBase64();
      const seq = this.#note("output", { stream, chunk });
      this.#chunks.push({ seq, stream, chunk });
    }
  }

  #note(kind: string, news: object): number {
    const seq = ++this.#seq;
    this.#tell(`process/${kind}`, { seq, ...news });
    return seq;
  }
}
