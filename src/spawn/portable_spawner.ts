import { PortableChild, type PortableEnds } from "./_portable_child.ts";
import { PipeInput, PipeOutput } from "./_portable_pipes.ts";
import {
  assertDirectory,
  findProgramFile,
  toErrno,
} from "./_portable_program.ts";
import { Warden } from "./_warden.ts";
import { SpawnError, TerminalUnavailable } from "./spawn_error.ts";
import type { Child, Spawner, SpawnOptions } from "./spawner.ts";

/**
 * Starts programs by `Deno.Command`: wherever Deno runs, without FFI.
 *
 * Deno reaps a program as soon as it has ended, so the port's promise that its
 * number is not free for others before the child is disposed holds only as long
 * as somebody else of its group or session lives. Between the end of a program
 * that left nobody behind and its disposal, the system would have to come once
 * around all its process numbers for a signal to hit a stranger.
 */
export function createPortableSpawner(): Spawner {
  return new PortableSpawner();
}

/** More can't be opened by the redirections that every shell knows. */
const MAX_FILES = 7;

class PortableSpawner implements Spawner {
  readonly noTerminal: string | undefined = "not offered here";
  readonly takesLauncher = false;
  readonly #children = new Set<PortableChild>();
  readonly #setsid = findSetsid();
  readonly #warden = new Warden(this.#setsid);

  async spawn(options: SpawnOptions): Promise<Child> {
    assertNoNul(options);
    if (options.launcher !== undefined) {
      throw new TypeError("Programs are started by this process alone here");
    }
    if (options.terminal !== undefined) {
      throw new TerminalUnavailable(this.noTerminal);
    }
    const process = this.#start(options);
    const ends: PortableEnds = {
      stdout: new PipeOutput(process.stdout),
      stderr: new PipeOutput(process.stderr),
      stdin: options.stdin === "piped"
        ? new PipeInput(process.stdin)
        : undefined,
    };
    const child = new PortableChild(process, ends, this.#warden);
    this.#children.add(child);
    child.disposed.then(() => this.#children.delete(child));
    await this.#warden.add(child.pid);
    return child;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [...this.#children].map((child) => child[Symbol.asyncDispose]()),
    );
    await this.#warden[Symbol.asyncDispose]();
  }

  #start(options: SpawnOptions): Deno.ChildProcess {
    const [program] = options.command;
    assertDirectory(options.cwd);
    findProgramFile({
      program,
      cwd: options.cwd,
      searchPath: options.env["PATH"],
    });
    const [file, ...args] = this.#trampolined(options);
    try {
      this.#warden.prepare();
      return new Deno.Command(file, {
        args,
        cwd: options.cwd,
        clearEnv: true,
        env: options.env,
        stdin: options.stdin,
        stdout: "piped",
        stderr: "piped",
        detached: this.#setsid === undefined,
      }).spawn();
    } catch (error) {
      throw new SpawnError(toErrno(error), program);
    }
  }

  /** What is run in place of the command, to become the command in the end. */
  #trampolined(
    { command, files = [] }: SpawnOptions,
  ): readonly [string, ...string[]] {
    for (const file of files) assertReadable(file);
    const opened: readonly [string, ...string[]] = files.length === 0
      ? command
      : [
        "/bin/sh",
        "-c",
        toOpenScript(files.length),
        "sh",
        ...files,
        ...command,
      ];
    return this.#setsid === undefined
      ? opened
      : [this.#setsid, "--", ...opened];
  }
}

/**
 * A script that opens its first arguments as descriptors 3, 4, … and becomes
 * the rest of them.
 */
function toOpenScript(count: number): string {
  if (count > MAX_FILES) {
    throw new RangeError(`At most ${MAX_FILES} files can be opened for it`);
  }
  const redirections = Array.from(
    { length: count },
    (_, index) => `${index + 3}<"$${index + 1}"`,
  );
  return `exec ${redirections.join(" ")}; shift ${count}; exec "$@"`;
}

function assertReadable(file: string): void {
  try {
    Deno.openSync(file).close();
  } catch (error) {
    throw new SpawnError(toErrno(error), file);
  }
}

function assertNoNul({ command, cwd, env, files = [] }: SpawnOptions): void {
  const texts = [...command, cwd, ...Object.entries(env).flat(), ...files];
  if (texts.some((text) => text.includes("\0"))) {
    throw new TypeError("A NUL byte can't be passed to a program");
  }
}

/**
 * A program that makes itself leader of a session and then becomes another.
 * Deno's `detached` does the same by forking, which takes the longer the more
 * memory this process has: 18 ms at 500 MiB where this takes 1.3 ms always.
 */
function findSetsid(): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  for (const path of ["/usr/bin/setsid", "/bin/setsid"]) {
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch {
      // Perhaps the next one.
    }
  }
  return undefined;
}
