import type { Access } from "../access/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import type { Sandbox } from "../sandbox/mod.ts";
import type { Child, Spawner } from "../spawn/mod.ts";
import { Budget } from "./_budget.ts";
import { Collected } from "./_collected.ts";
import { readEnvironment } from "./_environment.ts";
import { Deadlines } from "./_deadlines.ts";
import { launch } from "./_launch.ts";
import { mapError } from "./_map_error.ts";
import { Scrollback } from "./_scrollback.ts";
import { KeptProgram } from "./kept_program.ts";
import { defaultExecLimits, type ExecLimits } from "./limits.ts";
import type { KeepAlive, Order } from "./order.ts";
import { Program } from "./program.ts";
import { type ProgramSource, Registry } from "./registry.ts";

/** Where programs are run. */
export interface ProgramsOptions {
  /** Starts them. Called when the first one is asked for. */
  readonly createSpawner: () => Spawner | Promise<Spawner>;
  /** Decides which may be run. */
  readonly access: Pick<Access, "checkRun">;
  /** Decides how they are confined. */
  readonly sandbox: Sandbox;
  /**
   * The environment that their own starts from. Default: this process's, as
   * far as it may be read.
   */
  readonly env?: () => Readonly<Record<string, string>>;
  /** Where relative paths start. Default: where this process runs. */
  readonly cwd?: () => string;
  /** Their bounds. */
  readonly limits?: Partial<ExecLimits> | undefined;
}

/**
 * The programs of a server: counts them, starts them, ends them. What belongs
 * to one connection is in its {@linkcode Registry}.
 */
export class Programs implements ProgramSource, AsyncDisposable {
  /** The bounds that hold. */
  readonly limits: ExecLimits;
  readonly #options: ProgramsOptions;
  readonly #budget: Budget;
  readonly #deadlines = new Deadlines();
  readonly #running = new Set<Program>();
  readonly #kept = new Set<KeptProgram>();
  #spawner: Promise<Spawner> | undefined;
  #isDisposed = false;

  /** Starts nothing yet. */
  constructor(options: ProgramsOptions) {
    this.#options = options;
    this.limits = { ...defaultExecLimits, ...options.limits };
    this.#budget = new Budget(this.limits.maxHeldBytes);
  }

  /** How many run. */
  get size(): number {
    return this.#running.size;
  }

  /** The environment that programs start from, before their orders change it. */
  get environment(): Readonly<Record<string, string>> {
    return (this.#options.env ?? readEnvironment)();
  }

  /** Makes the registry of a connection; the function is the key to it. */
  readonly createRegistry = (): Registry => new Registry(this);

  /** Room for the output of a program whose output is told at its end. */
  createCollected(): Collected {
    return new Collected(this.limits.maxReplyBytes, this.#budget);
  }

  /**
   * Starts a program.
   *
   * @param name For refusals.
   * @param onOver Called once, when nothing of it is left.
   * @throws {RpcError} if too many run already.
   */
  start(order: Order, name: string, onOver: () => void): Program {
    const { maxProcesses, maxStdinBytes } = this.limits;
    if (this.#running.size >= maxProcesses) {
      throw RpcError.overloaded(
        `too many processes: ${maxProcesses} of all connections run already`,
      );
    }
    if (this.#isDisposed) throw new Error("The server is shutting down");
    const program: Program = new Program({
      order,
      name,
      start: () => this.#spawn(order),
      maxStdinBytes,
      budget: this.#budget,
      deadlines: this.#deadlines,
      ...order.drainMs !== undefined && { drainMs: order.drainMs },
      onOver: () => {
        this.#running.delete(program);
        onOver();
      },
    });
    this.#running.add(program);
    return program;
  }

  /**
   * Starts a program that may outlive its connection.
   *
   * @param keepAlive What is asked for; it holds within the server's bounds.
   * @throws {RpcError} if too many run already, or too many are kept.
   */
  keep(order: Order, name: string, keepAlive: KeepAlive): KeptProgram {
    const { maxGraceMs, maxScrollbackBytes } = this.limits;
    const graceMs = Math.min(keepAlive.graceMs, maxGraceMs);
    const scrollbackBytes = Math.min(
      keepAlive.scrollbackBytes,
      maxScrollbackBytes,
    );
    const heldBytes = Scrollback.memoryBytes(scrollbackBytes);
    this.#makeRoom(heldBytes);
    const giveBack = () => this.#budget.give(heldBytes);
    let program: Program;
    try {
      program = this.start(order, name, () => {});
    } catch (error) {
      giveBack();
      throw error;
    }
    const kept: KeptProgram = new KeptProgram({
      program,
      graceMs,
      scrollbackBytes,
      deadlines: this.#deadlines,
      onForgotten: () => {
        this.#kept.delete(kept);
        giveBack();
      },
    });
    this.#kept.add(kept);
    return kept;
  }

  /**
   * The program that a secret opens, if there is one. Takes as long for one
   * secret as for another.
   */
  findKept(secret: string): KeptProgram | undefined {
    let found: KeptProgram | undefined;
    for (const one of this.#kept) if (one.secret.matches(secret)) found = one;
    return found;
  }

  /** Kills all that run and gives everything back. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    await Promise.all(
      Array.from(
        [...this.#kept, ...this.#running],
        (one) => one[Symbol.asyncDispose](),
      ),
    );
    const spawner = await this.#spawner?.catch(() => undefined);
    await spawner?.[Symbol.asyncDispose]();
  }

  /** Takes memory for one more to be kept; ended ones that were told give way. */
  #makeRoom(bytes: number): void {
    const { maxKeptProcesses } = this.limits;
    const told = this.#kept.values().filter((one) => one.isTold);
    for (;;) {
      const isFull = this.#kept.size >= maxKeptProcesses;
      if (!isFull && this.#budget.take(bytes)) return;
      const { value: oldest } = told.next();
      if (oldest !== undefined) oldest[Symbol.asyncDispose]();
      else if (isFull) {
        throw RpcError.overloaded(
          `too many processes: ${maxKeptProcesses} that may outlive their ` +
            `connection are kept already`,
        );
      } else {
        throw RpcError.overloaded(
          `no room for keepAlive.scrollbackBytes: all programs together may ` +
            `have ${this.#budget.limitBytes} bytes waiting`,
        );
      }
    }
  }

  async #spawn(order: Order): Promise<Child> {
    const { words, command: [asked, ...args], terminal } = order;
    try {
      refuseNul(order);
      if (asked === "") {
        const way = terminal === undefined ? "pipe" : "PTY";
        throw failure(order, `missing program for ${way} spawn`);
      }
      const cwd = this.#resolve(order.cwd);
      const env = this.#toEnv(order.env);
      const program = await this.#options.access.checkRun(asked, {
        cwd,
        searchPath: env["PATH"],
        variables: order.env,
      });
      const spawner = await this.#prepareSpawner();
      return await launch(order, {
        command: [program, ...args],
        cwd,
        env,
        hasTerminal: terminal !== undefined,
        isAsked: order.graceMs > 0,
      }, { sandbox: this.#options.sandbox, spawner });
    } catch (error) {
      throw mapError(error, words);
    }
  }

  /** What starts programs; after a failure it is tried again. */
  #prepareSpawner(): Promise<Spawner> {
    if (this.#spawner === undefined) {
      const spawner = Promise.try(this.#options.createSpawner);
      this.#spawner = spawner;
      spawner.catch(() => {
        if (this.#spawner === spawner) this.#spawner = undefined;
      });
    }
    return this.#spawner;
  }

  #resolve(path: string): string {
    if (path.startsWith("/")) return path;
    const cwd = (this.#options.cwd ?? Deno.cwd)();
    return path === "" ? cwd : `${cwd}/${path}`;
  }

  #toEnv(changes: Order["env"]): Record<string, string> {
    const env = { ...this.environment };
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) delete env[name];
      else env[name] = value;
    }
    return env;
  }
}

/** Nothing that a program is given can hold a NUL byte. */
function refuseNul(order: Order): void {
  const { command, cwd, env } = order;
  const at = command.findIndex(hasNul);
  const field = at >= 0
    ? `command[${at}]`
    : hasNul(cwd)
    ? "cwd"
    : Object.entries(env).flat().some((text) => text && hasNul(text))
    ? "env"
    : undefined;
  if (field === undefined) return;
  const place = `(at params.${field})`;
  // Two spawners of the reference have two sentences.
  const isOnPipes = field === "env" && order.terminal === undefined;
  const text = isOnPipes
    ? "data provided contains a nul byte"
    : "nul byte found in provided data";
  throw failure(order, `${text} ${place}`);
}

function hasNul(text: string): boolean {
  return text.includes("\0");
}

function failure({ words }: Order, reason: string): RpcError {
  return RpcError.internal(`failed to spawn ${words.noun}: ${reason}`);
}
