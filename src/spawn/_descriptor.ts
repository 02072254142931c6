import type { Libc } from "./_libc.ts";
import type { Reactor } from "./_reactor.ts";
import { SystemFailure } from "./_system_failure.ts";

const F_SETFL = 4;
const O_NONBLOCK = 0o4000;

/**
 * A descriptor of ours that is read or written without blocking, and waited
 * for by the reactor. Its number means nothing once it is disposed.
 */
export class Descriptor implements Disposable {
  /** Number, for calls that are made at once. */
  readonly fd: number;
  readonly #libc: Libc;
  readonly #reactor: Reactor;
  #isOpen = true;

  /**
   * Takes over a descriptor, also when it fails.
   *
   * @throws {SystemFailure} if the system can't watch more.
   */
  constructor(libc: Libc, reactor: Reactor, fd: number) {
    this.fd = fd;
    this.#libc = libc;
    this.#reactor = reactor;
    try {
      if (libc.call.fcntl(fd, F_SETFL, O_NONBLOCK) !== 0) {
        throw new SystemFailure(libc.errno);
      }
      reactor.watch(fd);
    } catch (error) {
      libc.call.close(fd);
      throw error;
    }
  }

  /** Whether the number is still ours. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Reads what there is: a count, or the negative number of an error. */
  read(buffer: Uint8Array<ArrayBuffer>): number {
    const count = this.#libc.call.read(this.fd, buffer, BigInt(buffer.length));
    return count < 0 ? -this.#libc.errno : count;
  }

  /** Writes what fits: a count, or the negative number of an error. */
  write(bytes: Uint8Array<ArrayBuffer>): number {
    const count = this.#libc.call.write(this.fd, bytes, BigInt(bytes.length));
    return count < 0 ? -this.#libc.errno : count;
  }

  /** Waits until there is something to read; false if it was closed. */
  readable(): Promise<boolean> {
    return this.#reactor.readable(this.fd);
  }

  /** Waits until something can be written; false if it never can be. */
  writable(): Promise<boolean> {
    return this.#reactor.writable(this.fd);
  }

  /** Gives others a turn before a read, if it is time. */
  breathe(): Promise<void> | undefined {
    return this.#reactor.breathe();
  }

  /** Closes it; those who wait for it learn that. */
  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#reactor.forget(this.fd);
    this.#libc.call.close(this.fd);
  }
}
