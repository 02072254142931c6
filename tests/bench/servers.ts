import type { Options, Side } from "./args.ts";
import { delay } from "./delay.ts";
import { killTree } from "./process_tree.ts";

/** A running server that listens on a websocket. */
export interface SocketServer {
  readonly hostname: string;
  readonly port: number;
  readonly child: Deno.ChildProcess;
}

/** Starts the servers under test and ends those that are left. */
export class Servers {
  readonly #command: Options["command"];
  readonly #running = new Set<Deno.ChildProcess>();

  constructor({ command }: Pick<Options, "command">) {
    this.#command = command;
  }

  /** A server on stdio; its stdout is the caller's to read. */
  startStdio(side: Side, home?: string): Deno.ChildProcess {
    const command = inHome(this.#command[side], home).replace("{listen}", "");
    return this.#spawn(command, { stdin: "piped", stderr: "null" });
  }

  /**
   * A server on a free port, which it must print as `ws://IP:PORT`.
   *
   * @param home Its `CODEX_HOME`, in place of the one that its command names.
   * @throws {Error} when it ends or 20 s pass without that.
   */
  async startSocket(side: Side, home?: string): Promise<SocketServer> {
    const listen = "--listen ws://127.0.0.1:0";
    const command = inHome(this.#command[side], home);
    const child = this.#spawn(
      command.includes("{listen}")
        ? command.replace("{listen}", listen)
        : `${command} ${listen}`,
      { stdin: "null", stderr: "piped" },
    );
    const { hostname, port } = new URL(await printedAddress(child));
    return { hostname, port: Number(port), child };
  }

  async stop(child: Deno.ChildProcess): Promise<void> {
    this.#running.delete(child);
    await killTree(child.pid, "SIGTERM");
    const isGone = await Promise.race([
      child.status.then(() => true),
      delay(2000).then(() => false),
    ]);
    if (isGone) return;
    await killTree(child.pid, "SIGKILL");
    await child.status;
  }

  async stopAll(): Promise<void> {
    for (const child of [...this.#running]) await this.stop(child);
  }

  #spawn(
    command: string,
    { stdin, stderr }: { stdin: "piped" | "null"; stderr: "piped" | "null" },
  ): Deno.ChildProcess {
    // exec keeps the shell out of the process tree; env(1) takes VAR=value.
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", `exec env ${command}`],
      stdin,
      stdout: "piped",
      stderr,
    }).spawn();
    this.#running.add(child);
    return child;
  }
}

function inHome(command: string, home: string | undefined): string {
  if (home === undefined) return command;
  const rest = command.replace(/(^|\s)CODEX_HOME=\S+/, "").trim();
  // env(1) may be there already; it may also stand in front of itself.
  return `CODEX_HOME=${home} ${/^\w+=/.test(rest) ? rest : `env ${rest}`}`;
}

const ADDRESS = /ws:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+/;
const ADDRESS_LIMIT_MS = 20_000;

async function printedAddress(child: Deno.ChildProcess): Promise<string> {
  const found = Promise.withResolvers<string>();
  const printed: string[] = [];
  const read = async (stream: ReadableStream<Uint8Array>) => {
    let text = "";
    // Read on to the end: a full pipe would stop the server.
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      if (text.length > 65536) continue;
      text += chunk;
      const address = text.match(ADDRESS)?.[0];
      if (address !== undefined) found.resolve(address);
    }
    printed.push(text);
  };
  const ended = Promise.all([read(child.stdout), read(child.stderr)]);
  ended.then(
    () => found.reject(new Error(`no ws:// address printed: ${printed}`)),
    found.reject,
  );
  const timer = setTimeout(
    () => found.reject(new Error("no ws:// address printed within 20 s")),
    ADDRESS_LIMIT_MS,
  );
  try {
    return await found.promise;
  } finally {
    clearTimeout(timer);
  }
}
