import { Descriptor } from "./_descriptor.ts";
import { Errno } from "./_errno.ts";
import type { Libc } from "./_libc.ts";
import { openFile, OpenMode, openPipe } from "./_pipe.ts";
import { posixSpawn } from "./_posix_spawn.ts";
import { openProcess, peekExit, reap } from "./_process.ts";
import type { Reactor } from "./_reactor.ts";
import { WARDEN_SCRIPT } from "./_warden_script.ts";
import { noWarden } from "./spawn_error.ts";

const SHELL = "/bin/sh";
const SIGKILL = 9;
const ENCODER = new TextEncoder();

/** The shell that outlives us, and the pipe whose end tells it that we died. */
interface Warden {
  readonly pid: number;
  readonly pipe: Descriptor;
  /** Entries that the pipe had no room for. */
  readonly backlog: string[];
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
  /** Outputs of programs that are being started. */
  readonly #announced = new Set<string>();
  #warden: Warden | undefined;
  /** Resolves when no entry waits for room. */
  #flushed: Promise<void> = Promise.resolve();
  readonly #burials = new Set<Promise<void>>();

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
    if (this.#warden !== undefined) return;
    this.#warden = this.#start();
    for (const pid of this.#pids) this.#tell(`+ ${pid}\n`);
    for (const output of this.#announced) this.#tell(`? ${output}\n`);
  }

  /**
   * Says what a program is going to write to, right before it is started: if
   * this process dies in that instant, its number is never told.
   */
  announce(output: string): void {
    this.#announced.add(output);
    this.#tell(`? ${output}\n`);
  }

  /** The program was not started. */
  withdraw(output: string): void {
    this.#announced.delete(output);
    this.#tell(`/ ${output}\n`);
  }

  /** Enters the session of a program that was announced, at once. */
  add(pid: number, output: string): void {
    this.#pids.add(pid);
    this.#announced.delete(output);
    this.#tell(`+ ${pid}\n/ ${output}\n`);
  }

  /** Strikes a session out: nothing is left of it. */
  remove(pid: number): void {
    if (this.#pids.delete(pid)) this.#tell(`- ${pid}\n`);
  }

  /** Ends the warden; it kills what still stands in its books first. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#pids.size > 0) await this.#flushed;
    const warden = this.#warden;
    this.#warden = undefined;
    if (warden !== undefined) {
      // With nothing to do, it need not be able to see that.
      if (this.#pids.size === 0) this.#libc.call.kill(warden.pid, SIGKILL);
      this.#bury(warden);
    }
    await Promise.all(this.#burials);
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
    if ("errno" in result) throw noWarden(result.errno);
    unused.move();
    return { pid: result.pid, pipe, backlog: [] };
  }

  #tell(entry: string): void {
    const warden = this.#warden;
    if (warden === undefined) return;
    // Behind others it leaves with them.
    if (warden.backlog.push(entry) === 1 && !this.#flush(warden)) {
      this.#flushed = this.#flushLater(warden);
    }
  }

  /** Writes what there is room for; false if that is not all. */
  #flush(warden: Warden): boolean {
    const { pipe, backlog } = warden;
    while (backlog.length > 0) {
      // Entries are shorter than what pipes take as a whole or not at all.
      const count = pipe.write(ENCODER.encode(backlog[0]));
      if (count > 0) backlog.shift();
      else if (count === -Errno.EAGAIN) return false;
      else if (count !== -Errno.EINTR) {
        this.#replace(warden);
        return true;
      }
    }
    return true;
  }

  async #flushLater(warden: Warden): Promise<void> {
    do {
      const hasRoom = await warden.pipe.writable();
      if (warden !== this.#warden) return;
      if (!hasRoom) {
        // A full pipe without a reader never has room again.
        this.#flushed = Promise.resolve();
        this.#replace(warden);
        return await this.#flushed;
      }
    } while (!this.#flush(warden));
  }

  #replace(dead: Warden): void {
    this.#bury(dead);
    this.#warden = undefined;
    try {
      this.prepare();
    } catch {
      // The next program is not started before there is one.
    }
  }

  #bury(warden: Warden): void {
    warden.pipe[Symbol.dispose]();
    const burial = this.#awaitEnd(warden.pid)
      .finally(() => this.#burials.delete(burial));
    this.#burials.add(burial);
  }

  /** Waits for the end of a warden, and takes its remains. */
  async #awaitEnd(pid: number): Promise<void> {
    const libc = this.#libc;
    try {
      using process = new Descriptor(
        libc,
        this.#reactor,
        openProcess(libc, pid),
      );
      while (peekExit(libc, pid) === undefined && await process.readable());
    } catch {
      // No descriptor to wait with: then it stays until we end.
    }
    reap(libc, pid);
  }
}
