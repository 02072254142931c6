import type { Launcher, LaunchOrder, LaunchResult } from "../spawn/mod.ts";
import type { Restriction } from "./_restriction.ts";

/** What the thread is told: first its restriction, then orders. */
export type ToThread =
  | { readonly restriction: Restriction }
  | { readonly id: number; readonly order: LaunchOrder };

/** What the thread answers. */
export type FromThread =
  | { readonly ready: true }
  | { readonly refused: string }
  | { readonly id: number; readonly result: LaunchResult };

/** The number of an error that says nothing more. */
const EIO = 5;

/** A restricted thread, seen from the others. */
export class LandlockLauncher implements Launcher, Disposable {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (result: LaunchResult) => void>();
  #last = 0;
  #ended = false;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromThread>) => {
      if (!("id" in data)) return;
      this.#waiting.get(data.id)?.(data.result);
      this.#waiting.delete(data.id);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this[Symbol.dispose]();
    };
  }

  /**
   * Starts a thread and restricts it.
   *
   * @throws {Error} if the system refuses.
   */
  static start(restriction: Restriction): Promise<LandlockLauncher> {
    const worker = new Worker(
      new URL("./landlock_thread.ts", import.meta.url),
      { type: "module", name: "landlock" },
    );
    const { promise, resolve, reject } = Promise.withResolvers<
      LandlockLauncher
    >();
    const fail = (reason: string): void => {
      worker.terminate();
      reject(new Error(reason));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message);
    };
    worker.onmessage = ({ data }: MessageEvent<FromThread>) => {
      if ("refused" in data) return fail(data.refused);
      if ("ready" in data) resolve(new LandlockLauncher(worker));
    };
    worker.postMessage({ restriction } satisfies ToThread);
    return promise;
  }

  /** Whether it can launch no more. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Whether an order has not been answered. */
  get isBusy(): boolean {
    return this.#waiting.size > 0;
  }

  launch(order: LaunchOrder): Promise<LaunchResult> {
    if (this.#ended) return Promise.resolve({ errno: EIO });
    const id = ++this.#last;
    const { promise, resolve } = Promise.withResolvers<LaunchResult>();
    this.#waiting.set(id, resolve);
    this.#worker.postMessage({ id, order } satisfies ToThread);
    return promise;
  }

  /** Ends the thread; its children live on. */
  [Symbol.dispose](): void {
    this.#ended = true;
    this.#worker.terminate();
    for (const resolve of this.#waiting.values()) resolve({ errno: EIO });
    this.#waiting.clear();
  }
}
