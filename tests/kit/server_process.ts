import { denoDirectory } from "./deno_directory.ts";
import { LinePeer } from "./line_peer.ts";
import type { Peer } from "./peer.ts";
import { until } from "./until.ts";
import { connectTo, WebSocketPeer } from "./websocket_peer.ts";

const CLI = new URL("../../cli.ts", import.meta.url).pathname;

/** How a server is started. */
export interface ServerProcessOptions {
  /** Its CODEX_HOME. */
  readonly home: string;
  /** Where it listens. Default: stdio. */
  readonly listen?: string | undefined;
  /** Further arguments. */
  readonly args?: readonly string[];
  /** Further environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** A program in front that makes room for it, and has to `exec` it. */
  readonly inside?: readonly string[];
  /** Whether stderr stands against nobody who reads. */
  readonly isStderrUnread?: boolean;
}

/** How a process ended. */
export type Exit = Pick<Deno.CommandStatus, "code" | "signal">;

/** A server of this checkout as a process of its own. */
export class ServerProcess implements AsyncDisposable {
  /** Its process id. */
  readonly pid: number;
  /** Where it listens; nowhere on stdio. */
  url = "";
  readonly #child: Deno.ChildProcess;
  readonly #stdio: LinePeer;
  readonly #stderrRead: Promise<void>;
  #stderr = "";

  private constructor(options: ServerProcessOptions) {
    const { home, listen, args = [], env, inside = [] } = options;
    const [program, ...rest] = [
      ...inside,
      Deno.execPath(),
      ...["run", "-A", "--quiet", CLI, "app-server"],
      ...(listen === undefined ? [] : ["--listen", listen]),
      ...args,
    ] as [string, ...string[]];
    this.#child = new Deno.Command(program, {
      args: rest,
      env: {
        NO_COLOR: "1",
        GANGWAY_LOG: "error",
        ...env?.HOME !== undefined && { DENO_DIR: denoDirectory() },
        ...env,
        CODEX_HOME: home,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.pid = this.#child.pid;
    this.#stdio = new LinePeer(this.#child);
    this.#stderrRead = options.isStderrUnread
      ? Promise.resolve()
      : this.#readStderr();
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @throws {Error} if it ends before that.
   */
  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const server = ServerProcess.launch(options);
    try {
      await server.#listening(options);
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts a server without waiting for anything. */
  static launch(options: ServerProcessOptions): ServerProcess {
    return new ServerProcess(options);
  }

  /** Its standard input and output. */
  get stdio(): LinePeer {
    return this.#stdio;
  }

  /** What it wrote to stderr so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Settles when the process has ended and its stderr is read. */
  async exit(): Promise<Exit> {
    const { code, signal } = await this.#child.status;
    await this.#stderrRead;
    return { code, signal };
  }

  /** A new connection to it; on stdio the one there is. */
  async connect(): Promise<Peer> {
    if (this.url === "") return this.#stdio;
    return await WebSocketPeer.connect(this.url);
  }

  /** Sends it a signal; nothing where it has ended by itself. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // Ended already.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.#stdio[Symbol.asyncDispose]();
    await this.exit();
    if (!this.#child.stderr.locked) await this.#child.stderr.cancel();
  }

  async #listening({ listen }: ServerProcessOptions): Promise<void> {
    if (listen === undefined) return;
    let hasEnded = false;
    this.#child.status.then(() => hasEnded = true);
    this.url = await until(`server listens on ${listen}`, async () => {
      if (hasEnded) throw new Error(`The server did not start: ${this.stderr}`);
      return listen.startsWith("unix:")
        ? await accepts(listen)
        : /listening on: (\S+)\n[^]*note: /.exec(this.#stderr)?.[1];
    });
  }

  async #readStderr(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stderr) {
      this.#stderr += decoder.decode(chunk, { stream: true });
    }
  }
}

async function accepts(url: string): Promise<string | undefined> {
  try {
    (await connectTo(url)).close();
    return url;
  } catch {
    return undefined;
  }
}
