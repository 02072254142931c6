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
const EVENT_SERIAL = EVENT_FD + 4;
/**
 * Events taken in one call, and reads that may follow each other, before the
 * rest of the program has a turn: each may be of 64 KiB, which takes terminals
 * a millisecond.
 */
const PER_TURN = 8;
/** Turns of the first few programs, after which there is much to do. */
const FEW_TURNS = 16;

/** Those who wait for one descriptor. */
interface Waiters {
  /** Tells it from others that had the same number before. */
  readonly serial: number;
  readable: PromiseWithResolvers<boolean> | undefined;
  writable: PromiseWithResolvers<boolean> | undefined;
}

type Kind = "readable" | "writable";

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
  #serial = 0;
  #waiting = 0;
  #reads = 0;
  /** Those who want to read and whose turn has not come. */
  readonly #queue: (() => void)[] = [];
  #running: Promise<void> | undefined;
  /** How often something was ready. */
  #turns = 0;
  #isBlocked = false;
  // Buffers live as long as this: a call on another thread uses them. More
  // than 64 bytes, so that they don't lie on the movable heap.
  readonly #events = new DataView(new ArrayBuffer(EVENT_BYTES * PER_TURN));
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
    this.#control(EPOLL_CTL_ADD, this.#bell, EPOLLIN, 0);
    made.move();
  }

  /**
   * Takes a descriptor in.
   *
   * @throws {SystemFailure} if the system can't watch more.
   */
  watch(fd: number): void {
    const serial = this.#serial = (this.#serial + 1) | 0;
    this.#control(EPOLL_CTL_ADD, fd, EPOLLONESHOT, serial);
    this.#watched.set(fd, { serial, readable: undefined, writable: undefined });
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

  /**
   * Waits until a write would not block; false if it was forgotten, or if there
   * is no room and never will be: a terminal that was hung up with its input
   * full goes on to say that one should wait.
   */
  writable(fd: number): Promise<boolean> {
    return this.#wait(fd, "writable");
  }

  /**
   * To be called before a read: now and then it gives the rest of the program
   * a turn, which reads that never have to wait would not.
   */
  breathe(): Promise<void> | undefined {
    if (this.#queue.length === 0 && this.#reads < PER_TURN) {
      this.#reads++;
      return undefined;
    }
    return new Promise((resolve) => {
      if (this.#queue.push(resolve) === 1) setImmediate(() => this.#admit());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const fd of [...this.#watched.keys()]) this.forget(fd);
    await this.#running;
    this.#libc.call.close(this.#bell);
    this.#libc.call.close(this.#epoll);
  }

  #wait(fd: number, kind: Kind): Promise<boolean> {
    const waiters = this.#watched.get(fd);
    if (waiters === undefined) return Promise.resolve(false);
    const waiter = Promise.withResolvers<boolean>();
    waiters[kind] = waiter;
    this.#waiting++;
    this.#arm(fd, waiters);
    this.#running ??= this.#run();
    return waiter.promise;
  }

  #settle(waiters: Waiters, kind: Kind, isReady: boolean): void {
    const waiter = waiters[kind];
    if (waiter === undefined) return;
    waiters[kind] = undefined;
    this.#waiting--;
    waiter.resolve(isReady);
  }

  #arm(fd: number, { serial, readable, writable }: Waiters): void {
    const events = (readable ? EPOLLIN : 0) | (writable ? EPOLLOUT : 0);
    this.#control(EPOLL_CTL_MOD, fd, events | EPOLLONESHOT, serial);
  }

  #control(
    operation: number,
    fd: number,
    events: number,
    serial: number,
  ): void {
    this.#event.setUint32(0, events, true);
    this.#event.setInt32(EVENT_FD, fd, true);
    this.#event.setInt32(EVENT_SERIAL, serial, true);
    const { call } = this.#libc;
    if (call.epollControl(this.#epoll, operation, fd, this.#event) !== 0) {
      throw new SystemFailure(this.#libc.errno);
    }
  }

  async #run(): Promise<void> {
    const { call } = this.#libc;
    while (this.#waiting > 0) {
      let count = call.epollPeek(this.#epoll, this.#events, PER_TURN, 0);
      if (count === 0) {
        this.#isBlocked = true;
        count = await call.epollWait(this.#epoll, this.#events, PER_TURN, -1);
        this.#isBlocked = false;
      }
      for (let index = 0; index < count; index++) this.#dispatch(index);
      // Those who were woken go first: they may want to wait again. Until there
      // is much to do that is left to the system, which takes longer, but does
      // not have the runtime load its Node.js layer (10 ms) for a few programs.
      await (this.#turns++ < FEW_TURNS
        ? undefined
        : new Promise((resolve) => setImmediate(resolve)));
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
    const serial = this.#events.getInt32(at + EVENT_SERIAL, true);
    const waiters = this.#watched.get(fd);
    // The number may have passed on to another file since.
    if (waiters?.serial !== serial) return;
    const isOver = (events & (EPOLLHUP | EPOLLERR)) !== 0;
    if (isOver || events & EPOLLIN) this.#settle(waiters, "readable", true);
    const hasRoom = (events & EPOLLOUT) !== 0;
    if (isOver || hasRoom) this.#settle(waiters, "writable", hasRoom);
    if (waiters.readable || waiters.writable) this.#arm(fd, waiters);
  }

  #ring(): void {
    this.#count[0] = 1n;
    this.#libc.call.write(this.#bell, this.#count, 8n);
  }

  #admit(): void {
    const admitted = this.#queue.splice(0, PER_TURN);
    this.#reads = admitted.length;
    if (this.#queue.length > 0) setImmediate(() => this.#admit());
    for (const resolve of admitted) resolve();
  }
}
