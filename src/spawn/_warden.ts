import { WARDEN_SCRIPT } from "./_warden_script.ts";

const SHELL = "/bin/sh";
const ENCODER = new TextEncoder();

/**
 * A session that is younger than this has its processes among the latest: no
 * system starts as many as it has numbers for in so short a time.
 */
const NEAR_MS = 2_000;

interface Shell {
  readonly process: Deno.ChildProcess;
  readonly books: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
}

/**
 * The warden of a server without FFI: sees to it that no session of ours
 * outlives this process, however that ends. One that was killed is replaced at
 * the next entry.
 */
export class Warden implements AsyncDisposable {
  readonly #setsid: string | undefined;
  /** Sessions in its books, and when they were entered. */
  readonly #sessions = new Map<number, number>();
  #shell: Shell | undefined;

  /** @param setsid Path of setsid(1), where there is one. */
  constructor(setsid: string | undefined) {
    this.#setsid = setsid;
  }

  /**
   * Makes sure that there is a warden, before there is anything to guard.
   *
   * @throws if no shell can be started.
   */
  prepare(): void {
    if (this.#shell === undefined) void this.#begin();
  }

  /**
   * Enters the session that a process leads or is about to lead. Resolves when
   * it stands in the pipe, so that nothing that happens to this process from
   * then on can save it.
   */
  async add(pid: number): Promise<void> {
    this.#sessions.set(pid, Date.now());
    await this.#tell(`+ ${pid}\n`);
  }

  /** Kills what lives of a session, in whatever groups, in a moment. */
  kill(pid: number): void {
    const since = this.#sessions.get(pid);
    if (since === undefined) return;
    const age = Date.now() - since;
    const isNear = age >= 0 && age < NEAR_MS;
    void this.#tell(isNear ? `! ${pid} near\n` : `! ${pid}\n`);
  }

  /** Strikes a session out. */
  remove(pid: number): void {
    if (this.#sessions.delete(pid)) void this.#tell(`- ${pid}\n`);
  }

  /** Ends the warden; it kills what still stands in its books first. */
  async [Symbol.asyncDispose](): Promise<void> {
    const shell = this.#shell;
    this.#shell = undefined;
    this.#sessions.clear();
    if (shell === undefined) return;
    shell.process.ref();
    await shell.books.close().catch(ignore);
    await shell.process.status.catch(ignore);
  }

  async #tell(entry: string): Promise<void> {
    const shell = this.#shell;
    try {
      await shell?.books.write(ENCODER.encode(entry));
    } catch {
      await this.#replace(shell);
    }
  }

  async #replace(dead: Shell | undefined): Promise<void> {
    if (this.#shell !== dead) return;
    this.#shell = undefined;
    try {
      await this.#begin();
    } catch {
      // The next program is not started before there is one.
    }
  }

  /** Starts one, at once, and gives it the books. */
  #begin(): Promise<void> {
    this.#shell = this.#start();
    const pids = [...this.#sessions.keys()];
    return this.#tell(pids.map((pid) => `+ ${pid}\n`).join(""));
  }

  #start(): Shell {
    const command: [string, ...string[]] = [SHELL, "-c", WARDEN_SCRIPT];
    const [file, ...args] = this.#setsid === undefined
      ? command
      : [this.#setsid, "--", ...command] as const;
    const process = new Deno.Command(file, {
      args,
      cwd: "/",
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin" },
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      detached: this.#setsid === undefined,
    }).spawn();
    // It neither holds this process up nor, thereby, is killed at its end.
    process.unref();
    const books = process.stdin.getWriter();
    books.closed.catch(ignore);
    books.ready.catch(ignore);
    return { process, books };
  }
}

function ignore(): void {}
