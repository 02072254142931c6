import type { Descriptor } from "./_descriptor.ts";
import { Errno } from "./_errno.ts";
import type { Input } from "./spawner.ts";

/** What is typed where a pipe would be closed: a newline and ^D. */
const END_OF_TYPING = new Uint8Array([0x0a, 0x04]);

/** What goes into a pipe or a terminal. */
export class DescriptorInput implements Input {
  readonly #target: Descriptor;
  readonly #isTerminal: boolean;
  #isClosed = false;
  /** The write before the next one; never rejects. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    target: Descriptor,
    { isTerminal }: { readonly isTerminal: boolean },
  ) {
    this.#target = target;
    this.#isTerminal = isTerminal;
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#isClosed) return Promise.reject(brokenPipe());
    return this.#queue(() => this.#writeAll(bytes));
  }

  close(): Promise<void> {
    if (this.#isClosed) return this.#queue(() => {});
    this.#isClosed = true;
    return this.#queue(async () => {
      if (!this.#isTerminal) return this.#target[Symbol.dispose]();
      // Nobody left to read the end of it is as good as having read it.
      await this.#writeAll(END_OF_TYPING).catch(() => {});
    });
  }

  #queue(step: () => void | Promise<void>): Promise<void> {
    const done = this.#last.then(step);
    this.#last = done.catch(() => {});
    return done;
  }

  async #writeAll(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      if (!this.#target.isOpen) throw brokenPipe();
      const count = this.#target.write(rest);
      if (count > 0) rest = rest.subarray(count);
      else if (count === 0 || count === -Errno.EAGAIN) {
        if (!await this.#target.writable()) throw brokenPipe();
      } else if (count !== -Errno.EINTR) throw brokenPipe();
    }
  }
}

function brokenPipe(): Error {
  return new Deno.errors.BrokenPipe("Cannot write: nobody can read it");
}
