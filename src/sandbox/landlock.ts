import type { Launcher, LaunchOrder, LaunchResult } from "../spawn/mod.ts";
import {
  type Backend,
  type Confinable,
  type Confined,
  type Confinement,
  SandboxUnavailable,
} from "./confinement.ts";
import { LandlockLauncher } from "./_landlock_launcher.ts";
import { toLandlockRules } from "./_landlock_rules.ts";
import { LEAST_ABI, Restrainer, type Restriction } from "./_restriction.ts";

/** How many confinements have a thread waiting; each takes some 10 MB. */
const MOST_THREADS = 8;

/** EAGAIN: no thread can be had at the moment. */
const EAGAIN = 11;

/** Options of {@linkcode createLandlock}. */
export interface LandlockOptions {
  /** How many threads may wait for the next command. Default: 8. */
  readonly mostThreads?: number;
}

/**
 * Confines commands by Landlock and a filter of system calls, without any
 * program: a thread of this process gives up its rights and starts them. One
 * thread for each confinement, kept for the next command.
 *
 * What it can't do is refused: exceptions below a writable path. What works
 * less well than without it:
 *
 * - Unix sockets can't be had but in pairs, since who listens at the other end
 *   can't be judged; neither can System V IPC, POSIX message queues and
 *   `/dev/shm`, and no terminal can be opened by name.
 * - Unless everything may be written, modes, owners and extended attributes of
 *   files can't be changed anywhere, and times only of opened files.
 * - Beside what is hidden, nothing that appears while a command runs can be
 *   read, and the directories above it can't be listed.
 * - Names and attributes of files, where links lead, and the command lines of
 *   processes are seen. Commands under one confinement reach each other.
 *
 * @throws {SandboxUnavailable} if it does not work on this machine.
 */
export function createLandlock(options: LandlockOptions = {}): Backend {
  const reason = findObstacle();
  if (reason !== undefined) throw new SandboxUnavailable(reason);
  return new Landlock(options);
}

/** Why Landlock can't work on this machine; nothing if it can. */
function findObstacle(): string | undefined {
  if (Deno.build.os !== "linux") return "Landlock is a part of Linux";
  using restrainer = Restrainer.open();
  if (restrainer === undefined) {
    return "Landlock needs the permission to call the C library (glibc)";
  }
  const abi = restrainer.landlockAbi;
  if (abi === 0) return "The kernel has no Landlock, or it is switched off";
  if (abi >= LEAST_ABI) return undefined;
  return `Landlock of version ${abi} lets signals and abstract sockets out; ` +
    `version ${LEAST_ABI} (Linux 6.12) is needed`;
}

class Landlock implements Backend {
  readonly name = "landlock";
  readonly #threads = new Map<string, Thread>();
  readonly #mostThreads: number;
  #isDisposed = false;

  constructor({ mostThreads = MOST_THREADS }: LandlockOptions) {
    this.#mostThreads = mostThreads;
  }

  async confine(what: Confinable, limits: Confinement): Promise<Confined> {
    const restriction = toRestriction(limits);
    await this.#thread(restriction);
    const launcher: Launcher = {
      launch: (order) => this.#launch(restriction, order),
    };
    return { command: what.command, env: what.env, launcher };
  }

  async #launch(
    restriction: Restriction,
    order: LaunchOrder,
  ): Promise<LaunchResult> {
    for (;;) {
      const thread = await this.#thread(restriction).catch(() => undefined);
      if (thread === undefined) return { errno: EAGAIN };
      // It may have had to give way to others in between.
      if (thread.hasEnded) continue;
      const result = await thread.launch(order);
      this.#shrink();
      return result;
    }
  }

  /** The thread for a restriction, which becomes the last to be given up. */
  #thread(restriction: Restriction): Promise<LandlockLauncher> {
    const key = JSON.stringify(restriction);
    const known = this.#threads.get(key);
    if (known !== undefined && !known.launcher?.hasEnded) {
      this.#threads.delete(key);
      this.#threads.set(key, known);
      return known.started;
    }
    const thread: Thread = { started: this.#start(restriction) };
    this.#threads.set(key, thread);
    thread.started.then((launcher) => {
      thread.launcher = launcher;
      this.#shrink();
    }, () => {
      if (this.#threads.get(key) === thread) this.#threads.delete(key);
    });
    return thread.started;
  }

  async #start(restriction: Restriction): Promise<LandlockLauncher> {
    if (this.#isDisposed) throw new SandboxUnavailable("The server is ending");
    try {
      return await LandlockLauncher.start(restriction);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SandboxUnavailable(reason, { cause: error });
    }
  }

  /** Ends those that were not needed for longest. */
  #shrink(): void {
    for (const [key, { launcher }] of this.#threads) {
      if (this.#threads.size <= this.#mostThreads) return;
      if (launcher === undefined || launcher.isBusy) continue;
      this.#threads.delete(key);
      launcher[Symbol.dispose]();
    }
  }

  /** Ends the threads; what they started lives on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    const threads = Array.from(this.#threads.values(), (it) => it.started);
    for (const result of await Promise.allSettled(threads)) {
      if (result.status === "fulfilled") result.value[Symbol.dispose]();
    }
    this.#threads.clear();
  }
}

/** A thread that starts, or has. */
interface Thread {
  readonly started: Promise<LandlockLauncher>;
  launcher?: LandlockLauncher;
}

function toRestriction(limits: Confinement): Restriction {
  const { writes, network } = limits;
  const some = writes.length === 0 ? "fixed" : "times";
  const attributes = writes === "all" ? "free" : some;
  return { rules: toLandlockRules(limits), network, attributes };
}
