import { toThreadId } from "../protocol/mod.ts";
import type { Logger } from "../telemetry/mod.ts";
import type { Agenda } from "./agenda.ts";
import { IdleWatch, type WatchClock } from "./idle_watch.ts";
import type { Thread } from "./thread.ts";

/** As long as the reference keeps a thread that nobody follows. */
const IDLE_UNLOAD_MS = 60_000;

/** What a {@linkcode Roster} is made of. */
export interface RosterOptions {
  /** How long a thread stays that nobody follows and in which nothing happens. */
  readonly idleUnloadMs?: number | undefined;
  /** Time, for tests. Default: that of the machine. */
  readonly clock?: WatchClock | undefined;
  readonly log: Logger;
  /** Called when a thread was let go of because nobody was there. */
  readonly onLeft: (threadId: string) => void;
  /** Called when an agent was let go of because the thread above it was. */
  readonly onEndedBelow: (threadId: string) => void;
}

/** Which threads are loaded, and how they come and go. */
export class Roster implements AsyncDisposable {
  readonly #log: Logger;
  readonly #onLeft: (threadId: string) => void;
  readonly #onEndedBelow: (threadId: string) => void;
  readonly #watch: IdleWatch;
  readonly #loaded = new Map<string, Thread>();
  readonly #agendas = new Map<string, Agenda>();
  readonly #opening = new Map<string, Promise<Thread>>();
  /** Threads that are being let go of because nobody was there. */
  readonly #closing = new Map<string, Promise<void>>();

  constructor(
    { idleUnloadMs, clock, log, onLeft, onEndedBelow }: RosterOptions,
  ) {
    this.#log = log;
    this.#onLeft = onLeft;
    this.#onEndedBelow = onEndedBelow;
    this.#watch = new IdleWatch(
      idleUnloadMs ?? IDLE_UNLOAD_MS,
      (id) => this.#considerUnloading(id),
      clock,
    );
  }

  /** Ids of the threads, oldest first. */
  get ids(): string[] {
    return [...this.#loaded.keys()];
  }

  /** The threads, oldest first. */
  all(): IteratorObject<Thread> {
    return this.#loaded.values();
  }

  /**
   * A thread that is loaded; it is not left alone for now.
   *
   * @throws {RpcError} if that can't be an id.
   */
  find(threadId: string): Thread | undefined {
    const thread = this.#loaded.get(toThreadId(threadId));
    if (thread !== undefined) this.#watch.touch(thread.threadId);
    return thread;
  }

  /** What a loaded thread does by itself. */
  agendaOf({ threadId }: Thread): Agenda | undefined {
    return this.#agendas.get(threadId);
  }

  /** Takes in a thread: from here on it is found by its id. */
  add(thread: Thread, agenda: Agenda): void {
    const { threadId } = thread;
    this.#loaded.set(threadId, thread);
    this.#agendas.set(threadId, agenda);
    this.#watch.touch(threadId);
  }

  /** Something happened in a thread: the time it is left alone begins anew. */
  touch(threadId: string): void {
    this.#watch.touch(threadId);
  }

  /** Opens a thread once, however many ask for it at the same time. */
  async open(id: string, load: () => Promise<Thread>): Promise<Thread> {
    const loaded = this.#loaded.get(id);
    if (loaded !== undefined) return loaded;
    const opening = this.#opening.get(id) ??
      this.closed(id).then(load).finally(() => this.#opening.delete(id));
    this.#opening.set(id, opening);
    return await opening;
  }

  /**
   * Ends a thread and lets go of it, then of the agents below it, newest first:
   * nobody finds them from here on.
   *
   * @param ended Called between the one and the others.
   */
  async unload(thread: Thread, ended: () => void = () => {}): Promise<void> {
    const { threadId } = thread;
    this.#loaded.delete(threadId);
    const closed = thread[Symbol.asyncDispose]();
    const closing = closed.catch(() => {}); // whoever opens it waits for that
    this.#closing.set(threadId, closing);
    try {
      await closed;
    } finally {
      this.#watch.forget(threadId);
      this.#agendas.delete(threadId);
      if (this.#closing.get(threadId) === closing) {
        this.#closing.delete(threadId);
      }
      ended();
      for (const agent of this.#below(threadId).toReversed()) {
        await this.unload(agent);
        this.#onEndedBelow(agent.threadId);
      }
    }
  }

  /** Agents that a thread has started, oldest first. */
  #below(threadId: string): Thread[] {
    return this.all().filter(({ view }) => view.parentThreadId === threadId)
      .toArray();
  }

  /** Whether nobody would miss a thread, nor the agents below it. */
  #isLeftAlone(thread: Thread): boolean {
    return thread.isLeftAlone &&
      this.#below(thread.threadId).every((one) => this.#isLeftAlone(one));
  }

  /** Resolves when a thread that was left alone has let go of its files. */
  async closed(id: string): Promise<void> {
    await this.#closing.get(id);
  }

  /** Lets go of a thread if nobody would miss it. */
  #considerUnloading(id: string): void {
    const thread = this.#loaded.get(id);
    if (thread === undefined || !this.#isLeftAlone(thread)) return;
    // An agent is there as long as the thread above it.
    const { parentThreadId } = thread.view;
    if (parentThreadId !== null && this.#loaded.has(parentThreadId)) return;
    const closing = this.unload(thread).catch((error) => {
      this.#log.error("a thread could not be closed", {
        threadId: id,
        error: String(error),
      });
    }).then(() => {
      this.#closing.delete(id);
      this.#onLeft(id);
    });
    this.#closing.set(id, closing);
  }

  /** Ends all threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      ...this.#loaded.values().map((one) => this.unload(one)),
      ...this.#closing.values(),
    ]);
    this.#watch[Symbol.dispose]();
  }
}
