import { RpcError } from "../protocol/mod.ts";
import type { Follower, Listener } from "./follower.ts";
import type { KeptProgram } from "./kept_program.ts";
import type { ExecLimits } from "./limits.ts";
import type { KeepAlive, Order } from "./order.ts";
import type { Program } from "./program.ts";
import { processWords, type Words } from "./_words.ts";

/** Where the programs of all connections are started and kept. */
export interface ProgramSource {
  readonly limits: Pick<ExecLimits, "maxProcessesPerConnection">;
  /**
   * Starts a program.
   *
   * @param onOver Called once, when it is over.
   * @throws {RpcError} if too many run.
   */
  start(order: Order, name: string, onOver: () => void): Program;
  /**
   * Starts one that may outlive its connection.
   *
   * @throws {RpcError} if too many run, or are kept.
   */
  keep(order: Order, name: string, keepAlive: KeepAlive): KeptProgram;
  /** The one that a secret opens. */
  findKept(secret: string): KeptProgram | undefined;
}

/**
 * The programs of one connection. They end with it, but for those that may
 * outlive it.
 */
export class Registry implements AsyncDisposable {
  readonly #programs: ProgramSource;
  readonly #running = new Set<Program>();
  readonly #named = {
    command: new Map<string, Program>(),
    process: new Map<string, Program>(),
  };
  /** At those that may outlive the connection, by name. */
  readonly #followers = new Map<string, Follower<KeptProgram>>();
  /** Pieces of output on their way from those that it has left. */
  readonly #unsent = new Set<Promise<void>>();
  #isDisposed = false;

  /** @param programs Where programs are started. */
  constructor(programs: ProgramSource) {
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
    if (name !== undefined) this.#checkFree(name, words);
    this.#checkRoom();
    const program = this.#programs.start(order, name ?? "", () => {
      this.#running.delete(program);
      if (name !== undefined) named.delete(name);
    });
    this.#running.add(program);
    if (name !== undefined) named.set(name, program);
    return program;
  }

  /**
   * Starts a program that may outlive the connection, and follows it.
   *
   * @param name Free again when it is not followed any more.
   * @throws {RpcError} as {@linkcode Registry.start}, or if too many are kept.
   */
  keep(
    order: Order,
    name: string,
    { listener, ...keepAlive }: KeepAlive & { readonly listener: Listener },
  ): Follower<KeptProgram> {
    this.#checkFree(name, processWords);
    this.#checkRoom();
    const kept = this.#programs.keep(order, name, keepAlive);
    return this.#follow(kept, name, { cursor: 0, listener });
  }

  /**
   * Follows a program that may outlive its connection, from wherever it is
   * followed now: this connection, under this name too, or another.
   *
   * @throws {RpcError} if the secret opens nothing, the name is another
   * program's, the cursor is not reached yet, or too many programs run. Then
   * nothing has changed.
   */
  attach(
    secret: string,
    name: string,
    from: { readonly cursor: number; readonly listener: Listener },
  ): Follower<KeptProgram> {
    const kept = this.#programs.findKept(secret);
    if (kept === undefined) {
      throw RpcError.invalidRequest("no process for this attachSecret");
    }
    if (this.#followers.get(name)?.kept !== kept) {
      this.#checkFree(name, processWords);
    }
    const isHere = this.#followers.values().some((one) => one.kept === kept);
    this.#checkRoom(isHere ? 1 : 0);
    return this.#follow(kept, name, from);
  }

  /**
   * Follows a program no more.
   *
   * @returns Up to where its output was sent.
   * @throws {RpcError} if there is none of that name, or it can't be left.
   */
  detach(name: string): number {
    this.find(name, processWords);
    const follower = this.#followers.get(name);
    if (follower === undefined) {
      throw RpcError.invalidRequest(
        `process ${JSON.stringify(name)} was not spawned with keepAlive`,
      );
    }
    follower.kept.leave(follower);
    return follower.cursor;
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

  /** Leaves those that may outlive it, and kills all others. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    await Promise.all([
      ...Array.from(
        this.#followers.values(),
        (one) => one.kept.disconnect(one),
      ),
      ...Array.from(this.#running, (one) => one[Symbol.asyncDispose]()),
    ]);
  }

  #follow(
    kept: KeptProgram,
    name: string,
    from: { readonly cursor: number; readonly listener: Listener },
  ): Follower<KeptProgram> {
    const named = this.#named.process;
    const follower = kept.attach({
      ...from,
      name,
      onGone: (unsent) => {
        this.#followers.delete(name);
        named.delete(name);
        if (unsent === undefined) return;
        this.#unsent.add(unsent);
        unsent.then(() => this.#unsent.delete(unsent));
      },
    });
    this.#followers.set(name, follower);
    named.set(name, kept.program);
    return follower;
  }

  #checkFree(name: string, words: Words): void {
    if (this.#named[words.noun].has(name)) {
      throw RpcError.invalidRequest(words.duplicate(name));
    }
  }

  /**
   * What is on its way takes a place too: a client that reads nothing could
   * have any number of pieces by coming and going.
   */
  #checkRoom(freed = 0): void {
    if (this.#isDisposed) throw new Error("The client is gone");
    const most = this.#programs.limits.maxProcessesPerConnection;
    const taken = this.#running.size + this.#followers.size + this.#unsent.size;
    if (taken - freed >= most) {
      throw RpcError.overloaded(
        `too many processes: ${most} of this connection run already`,
      );
    }
  }
}
