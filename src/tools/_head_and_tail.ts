import { orphanedBytes, unfinishedBytes } from "./_whole_characters.ts";

const MIB = 1024 * 1024;
const FIRST_BYTES = 4096;

/**
 * Keeps the beginning and the end of what a command writes, half of the room
 * each, whatever it writes. To be given whole characters only.
 */
export class HeadAndTail {
  readonly #head: Growing;
  readonly #tail: Ring;
  #bytes = 0;

  /** @param maxBytes Room for both together. Default: 1 MiB. */
  constructor(maxBytes: number = MIB) {
    const tailBytes = Math.floor(maxBytes / 2);
    this.#head = new Growing(maxBytes - tailBytes);
    this.#tail = new Ring(tailBytes);
  }

  /** How much was written, kept or not. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How much of it was not kept. */
  get omittedBytes(): number {
    return this.#bytes - this.#head.length - this.#tail.length;
  }

  /** Takes what was written next. */
  push(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    const taken = this.#head.push(bytes);
    this.#tail.push(bytes.subarray(taken));
  }

  /**
   * What is kept as text, with a line in place of what is missing between. A
   * character that was cut counts as missing.
   */
  text(): string {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const head = this.#head.bytes;
    const tail = this.#tail.bytes;
    if (this.omittedBytes === 0) {
      return decoder.decode(head, { stream: true }) + decoder.decode(tail);
    }
    const behind = unfinishedBytes(head);
    const before = orphanedBytes(tail);
    return decoder.decode(head.subarray(0, head.length - behind)) +
      `\n${omitted(this.omittedBytes + behind + before)}\n` +
      decoder.decode(tail.subarray(before));
  }

  /** Forgets all of it. */
  clear(): void {
    this.#head.clear();
    this.#tail.clear();
    this.#bytes = 0;
  }
}

/** The line that stands for bytes that are missing. */
export function omitted(bytes: number): string {
  return `... ${bytes} bytes omitted ...`;
}

/** Bytes in one piece, up to a bound; doubles its memory when it is full. */
class Growing {
  readonly #maxBytes: number;
  #memory = new Uint8Array(0);
  length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#memory.subarray(0, this.length);
  }

  /** Takes as much as there is room for; gives how much that was. */
  push(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.#maxBytes - this.length);
    const needed = this.length + taken;
    if (needed > this.#memory.length) {
      this.#memory = grown(this.bytes, needed, this.#maxBytes);
    }
    this.#memory.set(bytes.subarray(0, taken), this.length);
    this.length = needed;
    return taken;
  }

  clear(): void {
    this.#memory = new Uint8Array(0);
    this.length = 0;
  }
}

/** The last bytes of many. */
class Ring {
  readonly #maxBytes: number;
  #memory = new Uint8Array(0);
  /** Where the next byte goes; all before it is in use, and once full all. */
  #next = 0;
  #isFull = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#isFull ? this.#maxBytes : this.#next;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    if (!this.#isFull) return this.#memory.subarray(0, this.#next);
    const all = new Uint8Array(this.#maxBytes);
    all.set(this.#memory.subarray(this.#next));
    all.set(this.#memory.subarray(0, this.#next), all.length - this.#next);
    return all;
  }

  push(bytes: Uint8Array): void {
    let rest = bytes.subarray(Math.max(0, bytes.length - this.#maxBytes));
    if (rest.length === 0) return;
    const needed = Math.min(this.#maxBytes, this.#next + rest.length);
    if (needed > this.#memory.length) {
      this.#memory = grown(
        this.#memory.subarray(0, this.#next),
        needed,
        this.#maxBytes,
      );
    }
    while (rest.length > 0) {
      const part = rest.subarray(0, this.#maxBytes - this.#next);
      this.#memory.set(part, this.#next);
      this.#next += part.length;
      rest = rest.subarray(part.length);
      if (this.#next < this.#maxBytes) continue;
      this.#next = 0;
      this.#isFull = true;
    }
  }

  clear(): void {
    this.#memory = new Uint8Array(0);
    this.#next = 0;
    this.#isFull = false;
  }
}

function grown(
  bytes: Uint8Array,
  neededBytes: number,
  maxBytes: number,
): Uint8Array<ArrayBuffer> {
  const size = Math.min(
    maxBytes,
    Math.max(neededBytes, bytes.length * 2, FIRST_BYTES),
  );
  const memory = new Uint8Array(size);
  memory.set(bytes);
  return memory;
}
