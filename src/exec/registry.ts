import { RpcError } from "../protocol/mod.ts";
import type { Order } from "./order.ts";
import type { Program } from "./program.ts";
import type { Programs } from "./programs.ts";
import type { Words } from "./_words.ts";

/** The programs of one connection; they end with it. */
export class Registry implements AsyncDisposable {
  readonly #programs: Programs;
  readonly #running = new Set<Program>();
  readonly #named = {
    command: new Map<string, Program>(),
    process: new Map<string, Program>(),
  };
  #isDisposed = false;

  /** @param programs Where programs are started. */
  constructor(programs: Programs) {
    this.#programs = programs;
  }

  /**
   * Starts a program. Its name is taken before anything is waited for, so that
   * requests which follow find it.
   *
   * @param name Free again once the program is over; nothing for none.
   * @throws {RpcError} if the name is taken, or too many programs run.
   */
  start(order: Order, name: string | undefined): Program {
    const { words } = order;
    const named = this.#named[words.noun];
    if (name !== undefined && named.has(name)) {
      throw RpcError.invalidRequest(words.duplicate(name));
    }
    if (this.#isDisposed) throw new Error("The client is gone");
    const most = this.#programs.limits.maxProcessesPerConnection;
    if (this.#running.size >= most) {
      throw RpcError.overloaded(
        `too many processes: ${most} of this connection run already`,
      );
    }
    const program = this.#programs.start(order, name ?? "", () => {
      this.#running.delete(program);
      if (name !== undefined) named.delete(name);
    });
    this.#running.add(program);
    if (name !== undefined) named.set(name, program);
    return program;
  }

  /**
   * The program of that name.
   *
   * @throws {RpcError} if there is none.
   */
  find(name: string, words: Words): Program {
    const program = this.#named[words.noun].get(name);
    if (program === undefined) {
      throw RpcError.invalidRequest(words.unknown(name));
    }
    return program;
  }

  /** Kills them all. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    await Promise.all(
      Array.from(this.#running, (one) => one[Symbol.asyncDispose]()),
    );
  }
}
