import { assertNoNul } from "./_assert_no_nul.ts";
import { Buffers } from "./_buffers.ts";
import { Descriptor } from "./_descriptor.ts";
import { Errno } from "./_errno.ts";
import { findProgram } from "./_find_program.ts";
import { Libc, toCString } from "./_libc.ts";
import {
  type ChildEnds,
  NativeChild,
  type Surroundings,
} from "./_native_child.ts";
import { inodeOf, openFile, OpenMode, openPipe } from "./_pipe.ts";
import { posixSpawn } from "./_posix_spawn.ts";
import { discard, openProcess } from "./_process.ts";
import { Reactor } from "./_reactor.ts";
import { Safeguard } from "./_safeguard.ts";
import { toAbsolute } from "./_search_path.ts";
import { SessionSweep } from "./_session_sweep.ts";
import { SystemFailure } from "./_system_failure.ts";
import { openOtherEnd, openTerminal, terminalPath } from "./_terminal.ts";
import { notGranted, SpawnError } from "./spawn_error.ts";
import type {
  Child,
  LaunchOrder,
  LaunchResult,
  Spawner,
  SpawnOptions,
  TerminalSize,
} from "./spawner.ts";

/** What may be over in a moment. */
const PASSING: readonly number[] = [Errno.ENOMEM, Errno.ENFILE, Errno.EMFILE];
/**
 * Waits before a program is tried again that somebody has open for writing: a
 * file that was written a moment ago is still open in the children that were
 * started meanwhile, up to where each becomes a program.
 */
const BUSY_WAITS_MS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const X_OK = 1;
/** Gives its standard input to its new session as terminal, and runs a program. */
const SETSID = "/usr/bin/setsid";

/**
 * Starts programs on Linux with the C library of glibc, through FFI: one
 * system call for a child, one wait for all of them.
 */
export class NativeSpawner implements Spawner {
  readonly noTerminal = undefined;
  readonly takesLauncher = true;
  readonly #libc: Libc;
  readonly #reactor: Reactor;
  readonly #around: Surroundings & { readonly safeguard: Safeguard };
  readonly #children = new Set<NativeChild>();
  readonly #starting = new Set<Promise<unknown>>();
  #disposal: Promise<void> | undefined;

  private constructor(libc: Libc, reactor: Reactor) {
    this.#libc = libc;
    this.#reactor = reactor;
    this.#around = {
      libc,
      safeguard: new Safeguard(libc, reactor),
      sweep: new SessionSweep(libc),
      buffers: new Buffers(),
    };
  }

  /**
   * The spawner, where the system has what it takes.
   *
   * @throws {SpawnError} if it has too little left of that just now.
   */
  static create(): NativeSpawner | undefined {
    using made = new DisposableStack();
    const libc = Libc.open();
    if (libc === undefined) return undefined;
    made.use(libc);
    try {
      libc.call.close(openProcess(libc, Deno.pid));
      const spawner = new NativeSpawner(libc, new Reactor(libc));
      made.move();
      return spawner;
    } catch (error) {
      if (!(error instanceof SystemFailure)) throw error;
      const { errno } = error;
      if (PASSING.includes(errno)) throw new SpawnError(errno, "epoll");
      // Kernels before 5.3, and sandboxes that know no pidfd.
      return undefined;
    }
  }

  async spawn(options: SpawnOptions): Promise<Child> {
    this.#assertUsable();
    assertNoNul(options);
    const starting = this.#spawnReady(options);
    this.#starting.add(starting);
    try {
      return await starting;
    } catch (error) {
      if (!(error instanceof SystemFailure)) throw error;
      throw new SpawnError(error.errno, options.command[0]);
    } finally {
      this.#starting.delete(starting);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#disposal ??= this.#dispose();
  }

  async #dispose(): Promise<void> {
    await Promise.allSettled(this.#starting);
    await Promise.all(
      [...this.#children].map((child) => child[Symbol.asyncDispose]()),
    );
    await this.#around.safeguard[Symbol.asyncDispose]();
    await this.#reactor[Symbol.asyncDispose]();
    this.#libc[Symbol.dispose]();
  }

  #assertUsable(): void {
    if (this.#disposal === undefined) return;
    throw new Deno.errors.BadResource("Cannot start it: the spawner is closed");
  }

  /** Starts a program as soon as nobody has it open for writing. */
  async #spawnReady(options: SpawnOptions): Promise<Child> {
    for (const waitMs of BUSY_WAITS_MS) {
      try {
        return await this.#spawn(options);
      } catch (error) {
        const isBusy = error instanceof SpawnError &&
          error.errno === Errno.ETXTBSY;
        if (!isBusy) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      this.#assertUsable();
    }
    return await this.#spawn(options);
  }

  async #spawn(options: SpawnOptions): Promise<Child> {
    const libc = this.#libc;
    const file = this.#find(options);
    this.#around.safeguard.prepare();

    // What the child is given is closed here in any case, our ends if it fails.
    using given = new DisposableStack();
    using ours = new DisposableStack();
    const give = (fd: number) => {
      given.defer(() => libc.call.close(fd));
      return fd;
    };
    const keep = (fd: number) =>
      ours.use(new Descriptor(libc, this.#reactor, fd));

    const { ends, order } = options.terminal === undefined
      ? this.#connectPipes(options, file, give, keep)
      : this.#connectTerminal(options, options.terminal, file, give, keep);
    const output = this.#nameOutput(ends, order);
    this.#around.safeguard.announce(output);
    const launched = this.#launch(order, options);
    // Without a need to wait nobody else gets a turn: what is started here has
    // the descriptors that are given back now, also when they are few.
    const result = launched instanceof Promise ? await launched : launched;
    if ("errno" in result) {
      this.#around.safeguard.withdraw(output);
      const isOther = order.startsSession && result.errno === Errno.ENOENT;
      const missed = isOther ? order.file : file;
      throw this.#refusal(result.errno, missed, options.cwd);
    }
    given.dispose();

    const { pid } = result;
    this.#around.safeguard.add(pid, output);
    try {
      this.#assertUsable();
      const process = keep(openProcess(libc, pid));
      const child = new NativeChild(
        pid,
        { ...ends, process },
        this.#around,
        (gone) => this.#children.delete(gone),
      );
      this.#children.add(child);
      ours.move();
      return child;
    } catch (error) {
      await discard(libc, pid);
      this.#around.safeguard.remove(pid);
      throw error;
    }
  }

  #find({ command: [program], cwd, env }: SpawnOptions): string {
    const found = findProgram(this.#libc, {
      program,
      cwd,
      searchPath: env.PATH,
    });
    if ("errno" in found) throw this.#refusal(found.errno, program, cwd);
    // Calls through FFI go around the permission to run programs: what was not
    // granted to this process is not done on such a detour.
    const command = toAbsolute(found.file, cwd);
    const { state } = Deno.permissions.querySync({ name: "run", command });
    if (state !== "granted") throw notGranted(program, command);
    return found.file;
  }

  #connectPipes(
    options: SpawnOptions,
    file: string,
    give: (fd: number) => number,
    keep: (fd: number) => Descriptor,
  ): { ends: Omit<ChildEnds, "process">; order: LaunchOrder } {
    const libc = this.#libc;
    const outgoing = () => {
      const { reading, writing } = openPipe(libc);
      give(writing);
      return { end: keep(reading), given: writing };
    };
    const incoming = () => {
      const { reading, writing } = openPipe(libc);
      give(reading);
      return { end: keep(writing), given: reading };
    };
    const stdin = options.stdin === "piped" ? incoming() : {
      end: undefined,
      given: give(openFile(libc, "/dev/null", OpenMode.read)),
    };
    const stdout = outgoing();
    const stderr = outgoing();
    return {
      ends: {
        stdout: stdout.end,
        stderr: stderr.end,
        ...stdin.end && { stdin: stdin.end },
      },
      order: {
        ...this.#toOrder(options, file),
        descriptors: [
          stdin.given,
          stdout.given,
          stderr.given,
          ...this.#openFiles(options, give),
        ],
      },
    };
  }

  #connectTerminal(
    options: SpawnOptions,
    size: TerminalSize,
    file: string,
    give: (fd: number) => number,
    keep: (fd: number) => Descriptor,
  ): { ends: Omit<ChildEnds, "process">; order: LaunchOrder } {
    const libc = this.#libc;
    const terminal = keep(openTerminal(libc, size));
    const order = this.#toOrder(options, file);
    const files = this.#openFiles(options, give);
    const ends = { terminal };
    if (options.launcher === undefined) {
      // Keeps a place for the descriptor of the process.
      give(openFile(libc, "/dev/null", OpenMode.read));
      const path = terminalPath(libc, terminal.fd);
      return { ends, order: { ...order, terminal: path, descriptors: files } };
    }
    // Whoever launches may not be allowed to open the terminal: it is opened
    // here. Nothing but the program itself can make it its controlling one.
    const other = give(openOtherEnd(libc, terminal.fd));
    return {
      ends,
      order: {
        ...order,
        file: SETSID,
        argv: [SETSID, "--ctty", "--", file, ...options.command.slice(1)],
        descriptors: [other, other, other, ...files],
        startsSession: true,
      },
    };
  }

  #toOrder(
    { command, env, cwd }: SpawnOptions,
    file: string,
  ): Omit<LaunchOrder, "descriptors"> {
    const variables = Object.entries(env).map(([name, value]) =>
      `${name}=${value}`
    );
    return { file, argv: command, env: variables, cwd };
  }

  #openFiles(
    { files = [] }: SpawnOptions,
    give: (fd: number) => number,
  ): number[] {
    return files.map((path) => {
      try {
        return give(openFile(this.#libc, path, OpenMode.read));
      } catch (error) {
        if (!(error instanceof SystemFailure)) throw error;
        throw new SpawnError(error.errno, path);
      }
    });
  }

  /** What the child writes to, as the warden knows it. */
  #nameOutput(
    { terminal }: Omit<ChildEnds, "process">,
    { descriptors }: LaunchOrder,
  ): string {
    const libc = this.#libc;
    return terminal === undefined
      ? `p${inodeOf(libc, descriptors[1]!)}`
      : `t${terminalPath(libc, terminal.fd).slice("/dev/pts/".length)}`;
  }

  #launch(
    order: LaunchOrder,
    { launcher }: SpawnOptions,
  ): LaunchResult | Promise<LaunchResult> {
    return launcher === undefined
      ? posixSpawn(this.#libc, order)
      : launcher.launch(order);
  }

  /** The directory comes first, but the call does not say what it was. */
  #refusal(errno: number, program: string, cwd: string): SpawnError {
    const { call } = this.#libc;
    if (call.access(toCString(`${cwd}/.`), X_OK) !== 0) {
      return new SpawnError(this.#libc.errno, cwd);
    }
    const hint = program === SETSID
      ? `${SETSID} is needed for terminals of confined commands`
      : undefined;
    return new SpawnError(errno, program, hint);
  }
}
