import type { Libc } from "./_libc.ts";
import { SystemFailure } from "./_system_failure.ts";

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
const EPOLLIN = 0x001;
const EPOLLOUT = 0x004;
const EPOLLERR = 0x008;
const EPOLLHUP = 0x010;
const EPOLLONESHOT = 0x40000000;
const EFD_NONBLOCK_CLOEXEC = 0o2004000;

/** The structure is packed on x86_64 alone. */
const EVENT_BYTES = Deno.build.arch === "x86_64" ? 12 : 16;
const EVENT_FD = EVENT_BYTES === 12 ? 4 : 8;
/** Events taken in one call. */
const BATCH = 64;
/** Reads that may follow each other before the rest of the program has a turn. */
const READS_PER_TURN = 8;

/** Those who wait for one descriptor. */
interface Waiters {
  readable: PromiseWithResolvers<boolean> | undefined;
  writable: PromiseWithResolvers<boolean> | undefined;
}

/**
 * Waits for all descriptors at once: one epoll(7) in one call, since every
 * call that blocks takes one of the few threads that file operations use too.
 * While nobody waits, nothing runs.
 */
export class Reactor implements AsyncDisposable {
  readonly #libc: Libc;
  readonly #epoll: number;
  /** An eventfd that ends a wait. */
  readonly #bell: number;
  readonly #watched = new Map<number, Waiters>();
  #waiting = 0;
  #reads = 0;
  #running: Promise<void> | undefined;
  #isBlocked = false;
  // Buffers live as long as this: a call on another thread uses them. More
  // than 64 bytes, so that they don't lie on the movable heap.
  readonly #events = new DataView(new ArrayBuffer(EVENT_BYTES * BATCH));
  readonly #event = new DataView(new ArrayBuffer(128));
  readonly #count = new BigUint64Array(new ArrayBuffer(128));

  /** @throws {SystemFailure} if there are no descriptors left. */
  constructor(libc: Libc) {
    this.#libc = libc;
    using made = new DisposableStack();
    this.#epoll = libc.call.epollCreate(EPOLL_CLOEXEC);
    if (this.#epoll < 0) throw new SystemFailure(libc.errno);
    made.defer(() => libc.call.close(this.#epoll));
    this.#bell = libc.call.eventfd(0, EFD_NONBLOCK_CLOEXEC);
    if (this.#bell < 0) throw new SystemFailure(libc.errno);
    made.defer(() => libc.call.close(this.#bell));
    this.#control(EPOLL_CTL_ADD, this.#bell, EPOLLIN);
    made.move();
  }

  /**
   * Takes a descriptor in.
   *
   * @throws {SystemFailure} if the system can't watch more.
   */
  watch(fd: number): void {
    this.#control(EPOLL_CTL_ADD, fd, EPOLLONESHOT);
    this.#watched.set(fd, { readable: undefined, writable: undefined });
  }

  /** Lets a descriptor go; to be called before it is closed. */
  forget(fd: number): void {
    const waiters = this.#watched.get(fd);
    if (waiters === undefined) return;
    this.#watched.delete(fd);
    this.#libc.call.epollControl(this.#epoll, EPOLL_CTL_DEL, fd, this.#event);
    this.#settle(waiters, "readable", false);
    this.#settle(waiters, "writable", false);
    if (this.#waiting === 0 && this.#isBlocked) this.#ring();
  }

  /** Waits until a read would not block; false if it was forgotten. */
  readable(fd: number): Promise<boolean> {
    return this.#wait(fd, "readable");
  }

  /** Waits until a write would not block; false if it was forgotten. */
  writable(fd: number): Promise<boolean> {
    return this.#wait(fd, "writable");
  }

  /**
   * To be called before a read: now and then it gives the rest of the program
   * a turn, which reads that never have to wait would not.
   */
  breathe(): Promise<void> | undefined {
    return ++this.#reads > READS_PER_TURN ? this.#turn() : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const fd of [...this.#watched.keys()]) this.forget(fd);
    await this.#running;
    this.#libc.call.close(this.#bell);
    this.#libc.call.close(this.#epoll);
  }

  #wait(fd: number, kind: keyof Waiters): Promise<boolean> {
    const waiters = this.#watched.get(fd);
    if (waiters === undefined) return Promise.resolve(false);
    const waiter = Promise.withResolvers<boolean>();
    waiters[kind] = waiter;
    this.#waiting++;
    this.#arm(fd, waiters);
    this.#running ??= this.#run();
    return waiter.promise;
  }

  #settle(waiters: Waiters, kind: keyof Waiters, isReady: boolean): void {
    const waiter = waiters[kind];
    if (waiter === undefined) return;
    waiters[kind] = undefined;
    this.#waiting--;
    waiter.resolve(isReady);
  }

  #arm(fd: number, { readable, writable }: Waiters): void {
    const events = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0);
    this.#control(EPOLL_CTL_MOD, fd, events | EPOLLONESHOT);
  }

  #control(operation: number, fd: number, events: number): void {
    this.#event.setUint32(0, events, true);
    this.#event.setInt32(EVENT_FD, fd, true);
    const { call } = this.#libc;
    if (call.epollControl(this.#epoll, operation, fd, this.#event) !== 0) {
      throw new SystemFailure(this.#libc.errno);
    }
  }

  async #run(): Promise<void> {
    const { call } = this.#libc;
    while (this.#waiting > 0) {
      let count = call.epollPeek(this.#epoll, this.#events, BATCH, 0);
      if (count === 0) {
        this.#isBlocked = true;
        count = await call.epollWait(this.#epoll, this.#events, BATCH, -1);
        this.#isBlocked = false;
      }
      for (let index = 0; index < count; index++) this.#dispatch(index);
      // Those who were woken go first: they may want to wait again.
      await this.#turn();
    }
    this.#running = undefined;
  }

  #dispatch(index: number): void {
    const at = index * EVENT_BYTES;
    const events = this.#events.getUint32(at, true);
    const fd = this.#events.getInt32(at + EVENT_FD, true);
    if (fd === this.#bell) {
      this.#libc.call.read(this.#bell, this.#count, 8n);
      return;
    }
    // The number may have passed on to another file since: then its waiter
    // wakes for nothing and waits again.
    const waiters = this.#watched.get(fd);
    if (waiters === undefined) return;
    const isOver = (events & (EPOLLHUP | EPOLLERR)) !== 0;
    if (isOver || events & EPOLLIN) this.#settle(waiters, "readable", true);
    if (isOver || events & EPOLLOUT) this.#settle(waiters, "writable", true);
    if (waiters.readable || waiters.writable) this.#arm(fd, waiters);
  }

  #ring(): void {
    this.#count[0] = 1n;
    this.#libc.call.write(this.#bell, this.#count, 8n);
  }

  #turn(): Promise<void> {
    return new Promise((resolve) =>
      setImmediate(() => {
        this.#reads = 0;
        resolve();
      })
    );
  }
}
