import { Descriptor } from "./_descriptor.ts";
import { Errno } from "./_errno.ts";
import type { Libc } from "./_libc.ts";
import { openFile, OpenMode, openPipe } from "./_pipe.ts";
import { posixSpawn } from "./_posix_spawn.ts";
import { openProcess, peekExit, reap } from "./_process.ts";
import type { Reactor } from "./_reactor.ts";
import { WARDEN_SCRIPT } from "./_warden_script.ts";
import { SpawnError } from "./spawn_error.ts";

const SHELL = "/bin/sh";
const ENCODER = new TextEncoder();

/** The shell that outlives us, and the pipe whose end tells it that we died. */
interface Warden {
  readonly pid: number;
  readonly pipe: Descriptor;
}

/**
 * Sees to it that no session of ours outlives this process, however it ends:
 * keeps a warden, and its books. One that was killed is replaced at the next
 * entry.
 */
export class Safeguard implements AsyncDisposable {
  readonly #libc: Libc;
  readonly #reactor: Reactor;
  readonly #pids = new Set<number>();
  #warden: Warden | undefined;
  /** Entries that the pipe had no room for. */
  #backlog: string[] = [];
  #flushing: Promise<void> | undefined;

  constructor(libc: Libc, reactor: Reactor) {
    this.#libc = libc;
    this.#reactor = reactor;
  }

  /**
   * Makes sure that there is a warden, before there is anything to guard.
   *
   * @throws {SpawnError | SystemFailure} if none can be started.
   */
  prepare(): void {
    this.#warden ??= this.#start();
  }

  /** Enters a session, at once. */
  add(pid: number): void {
    this.#pids.add(pid);
    this.#tell(`+ ${pid}\n`);
  }

  /** Strikes a session out: nothing is left of it. */
  remove(pid: number): void {
    if (this.#pids.delete(pid)) this.#tell(`- ${pid}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const warden = this.#warden;
    this.#warden = undefined;
    if (warden === undefined) return;
    warden.pipe[Symbol.dispose]();
    await this.#flushing;
    await this.#bury(warden.pid);
  }

  #start(): Warden {
    const libc = this.#libc;
    using opened = new DisposableStack();
    const { reading, writing } = openPipe(libc);
    opened.defer(() => libc.call.close(reading));
    const pipe = new Descriptor(libc, this.#reactor, writing);
    using unused = new DisposableStack();
    unused.use(pipe);
    const nowhere = openFile(libc, "/dev/null", OpenMode.readWrite);
    opened.defer(() => libc.call.close(nowhere));
    const result = posixSpawn(libc, {
      file: SHELL,
      argv: [SHELL, "-c", WARDEN_SCRIPT],
      env: ["PATH=/usr/bin:/bin"],
      cwd: "/",
      descriptors: [reading, nowhere, nowhere],
    });
    if ("errno" in result) throw new SpawnError(result.errno, SHELL);
    unused.move();
    return { pid: result.pid, pipe };
  }

  #tell(entry: string): void {
    if (this.#warden === undefined) return;
    if (this.#backlog.length > 0) {
      this.#backlog.push(entry);
      return;
    }
    const result = this.#write(this.#warden, entry);
    if (result === "full") {
      this.#backlog.push(entry);
      this.#flushing ??= this.#flush(this.#warden);
    } else if (result === "dead") this.#replace(this.#warden);
  }

  /** Entries are shorter than what pipes take as a whole or not at all. */
  #write({ pipe }: Warden, entry: string): "written" | "full" | "dead" {
    for (;;) {
      const count = pipe.write(ENCODER.encode(entry));
      if (count > 0) return "written";
      if (count === -Errno.EAGAIN) return "full";
      if (count !== -Errno.EINTR) return "dead";
    }
  }

  async #flush(warden: Warden): Promise<void> {
    while (this.#backlog.length > 0 && await warden.pipe.writable()) {
      const result = this.#write(warden, this.#backlog[0]!);
      if (result === "written") this.#backlog.shift();
      else if (result === "dead") this.#replace(warden);
    }
    this.#flushing = undefined;
  }

  #replace(dead: Warden): void {
    dead.pipe[Symbol.dispose]();
    void this.#bury(dead.pid);
    this.#backlog = [];
    this.#warden = undefined;
    try {
      this.#warden = this.#start();
    } catch {
      // The next program is not started before there is one.
      return;
    }
    for (const pid of this.#pids) this.#tell(`+ ${pid}\n`);
  }

  /** Waits for the end of a warden, and takes its remains. */
  async #bury(pid: number): Promise<void> {
    const libc = this.#libc;
    try {
      using process = new Descriptor(
        libc,
        this.#reactor,
        openProcess(libc, pid),
      );
      while (peekExit(libc, pid) === undefined && process.isOpen) {
        await process.readable();
      }
    } catch {
      // No descriptor to wait with: then it stays until we end.
    }
    reap(libc, pid);
  }
}
