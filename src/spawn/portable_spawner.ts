import { assertNoNul } from "./_assert_no_nul.ts";
import { PortableChild, type PortableEnds } from "./_portable_child.ts";
import { PipeInput, PipeOutput } from "./_portable_pipes.ts";
import { PortableTerminal } from "./_portable_terminal.ts";
import { TerminalLibrary } from "./_portable_terminal_library.ts";
import { Warden } from "./_warden.ts";
import { assertDirectory, findProgram, toErrno } from "./find_program.ts";
import {
  notGranted,
  noWarden,
  SpawnError,
  TerminalUnavailable,
} from "./spawn_error.ts";
import type { Child, Spawner, SpawnOptions, TerminalSize } from "./spawner.ts";

/**
 * Starts programs by `Deno.Command`: wherever Deno runs, FFI being needed for
 * terminals only. What is less than the port promises:
 *
 * - Deno reaps a program as soon as it has ended, so its number is taken only
 *   as long as somebody else of its group or session lives. Between the end of
 *   a program that left nobody behind and its disposal, the system would have
 *   to come once around all its process numbers for a signal to hit a stranger.
 * - Groups of its session other than its own are killed by the warden, a moment
 *   after `signal(9)` and the disposal; where there is no /proc, not at all.
 * - Programs inherit the signals that this process was started to ignore, and
 *   descriptors that its parent left open in it.
 * - A binary that the system does not know is noticed only by the shell's
 *   complaint and exit code. Scripts are looked at before.
 * - An input that is held by a program that escaped its session is closed when
 *   that program reads or ends, not at the disposal.
 * - A program that ends by a real-time signal leaves a few bytes in Deno.
 */
export function createPortableSpawner(): Spawner {
  return new PortableSpawner();
}

/** More can't be opened by the redirections that every shell knows. */
const MAX_FILES = 7;

class PortableSpawner implements Spawner {
  readonly takesLauncher = false;
  readonly #children = new Set<PortableChild>();
  readonly #setsid = findSetsid();
  readonly #warden = new Warden(this.#setsid);
  #library: TerminalLibrary | TerminalUnavailable | undefined;
  #isDisposed = false;

  /** Besides FFI, `node:tty` wants the unrestricted rights to read and write. */
  get noTerminal(): string | undefined {
    const library = this.#terminals();
    return library instanceof TerminalLibrary ? undefined : library.message;
  }

  async spawn(options: SpawnOptions): Promise<Child> {
    this.#assertAlive();
    assertNoNul(options);
    if (options.launcher !== undefined) {
      throw new TypeError("Cannot start it by a launcher: not supported here");
    }
    assertStartable(options);
    const child = options.terminal === undefined
      ? this.#startOnPipes(options)
      : await this.#startOnTerminal(options, options.terminal);
    await this.#warden.add(child.pid);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    await Promise.all(
      [...this.#children].map((child) => child[Symbol.asyncDispose]()),
    );
    await this.#warden[Symbol.asyncDispose]();
    if (this.#library instanceof TerminalLibrary) {
      this.#library[Symbol.dispose]();
      this.#library = undefined;
    }
  }

  #assertAlive(): void {
    if (this.#isDisposed) {
      throw new Deno.errors.BadResource("The spawner is disposed");
    }
  }

  #startOnPipes(options: SpawnOptions): PortableChild {
    const { stdin } = options;
    const process = this.#start(options, { stdin, stderr: "piped" });
    return this.#adopt(process, {
      stdout: new PipeOutput(process.stdout),
      stderr: new PipeOutput(process.stderr),
      stdin: stdin === "piped" ? new PipeInput(process.stdin) : undefined,
      terminal: undefined,
    });
  }

  async #startOnTerminal(
    options: SpawnOptions,
    size: TerminalSize,
  ): Promise<PortableChild> {
    // Takes 30 ms when it is first loaded.
    const tty = await import("node:tty");
    this.#assertAlive();
    const library = this.#terminals();
    if (!(library instanceof TerminalLibrary)) throw library;
    const ends = library.openTerminal(size);
    const terminal = new PortableTerminal(library, ends, tty);
    let process: Deno.ChildProcess;
    try {
      const stdio = { stdin: "null", stderr: "null" } as const;
      process = this.#start(options, stdio, ends.path);
    } catch (error) {
      terminal[Symbol.dispose]();
      throw error;
    }
    const child = this.#adopt(process, {
      stdout: terminal,
      stderr: undefined,
      stdin: terminal,
      terminal,
    });
    // Ends when the shell has put the terminal in the place of this pipe.
    await new PipeOutput(process.stdout).read(1);
    terminal.handOver();
    return child;
  }

  #adopt(process: Deno.ChildProcess, ends: PortableEnds): PortableChild {
    const child = new PortableChild(process, ends, this.#warden);
    this.#children.add(child);
    child.disposed.then(() => this.#children.delete(child));
    return child;
  }

  #start(
    options: SpawnOptions,
    stdio: {
      readonly stdin: "null" | "piped";
      readonly stderr: "null" | "piped";
    },
    terminal?: string,
  ): Deno.ChildProcess {
    const opening = toOpening(options.files ?? [], terminal);
    const setsid = this.#setsid === undefined ? [] : [this.#setsid, "--"];
    const [file, ...args] = [...setsid, ...opening, ...options.command];
    try {
      this.#warden.prepare();
    } catch (error) {
      throw error instanceof Deno.errors.NotCapable
        ? notGranted(options.command[0], file!)
        : noWarden(toErrno(error));
    }
    try {
      return new Deno.Command(file!, {
        args,
        cwd: options.cwd,
        clearEnv: true,
        env: options.env,
        ...stdio,
        stdout: "piped",
        detached: this.#setsid === undefined,
      }).spawn();
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) {
        throw notGranted(options.command[0], file!);
      }
      throw new SpawnError(toErrno(error), options.command[0]);
    }
  }

  #terminals(): TerminalLibrary | TerminalUnavailable {
    if (this.#library === undefined) {
      try {
        this.#library = TerminalLibrary.open();
      } catch (error) {
        if (!(error instanceof TerminalUnavailable)) throw error;
        this.#library = error;
      }
    }
    return this.#library;
  }
}

/**
 * A shell that opens the terminal as 0, 1 and 2, files as 3, 4, …, and becomes
 * the command behind it; nothing if there is nothing to open.
 */
function toOpening(
  files: readonly string[],
  terminal: string | undefined,
): readonly string[] {
  if (files.length > MAX_FILES) {
    throw new RangeError(
      `Cannot open ${files.length} files: ${MAX_FILES} at most`,
    );
  }
  const paths = terminal === undefined ? files : [terminal, ...files];
  if (paths.length === 0) return [];
  const first = paths.length - files.length;
  const redirections = files.map((_, index) =>
    `${index + 3}<"$${index + first + 1}"`
  );
  // The leader of a session that opens a terminal gets it as controlling one.
  if (first > 0) redirections.unshift('<>"$1" >&0 2>&0');
  const script = `exec ${redirections.join(" ")}; shift ${paths.length}; ` +
    'exec "$@"';
  return ["/bin/sh", "-c", script, "sh", ...paths];
}

/** Refuses what could not be told apart from an end of the program later. */
function assertStartable(
  { command: [program], cwd, env, files = [] }: SpawnOptions,
): void {
  assertDirectory(cwd);
  const command = findProgram({ program, cwd, searchPath: env["PATH"] });
  // Whoever may run setsid and sh could run everything: what was not granted to
  // this process is not done on such a detour.
  const { state } = Deno.permissions.querySync({ name: "run", command });
  if (state !== "granted") throw notGranted(program, command);
  for (const file of files) {
    try {
      Deno.openSync(file).close();
    } catch (error) {
      throw new SpawnError(toErrno(error), file);
    }
  }
}

/**
 * A program that makes itself leader of a session and then becomes another.
 * Deno's `detached` does the same by forking, which takes the longer the more
 * memory this process has: 18 ms at 500 MiB where this takes 1.3 ms always.
 */
function findSetsid(): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  return ["/usr/bin/setsid", "/bin/setsid"].find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}
