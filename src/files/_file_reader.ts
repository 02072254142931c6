/**
 * Bytes of a file that are read and encoded at a time: a multiple of three, so
 * that the base64 of pieces put together is the base64 of the whole. Measured:
 * a client reads one piece while the next is encoded, so smaller pieces are
 * faster until the cost of each shows, below 512 KiB.
 */
const PIECE_BYTES = 3 * 256 * 1024;

/** What stands around the base64 text, plain ASCII. */
export interface Frame {
  /** Comes right before it. */
  readonly before: string;
  /** Comes right behind it. */
  readonly after: string;
}

/**
 * An opened range of a file on its way to a client. Whoever holds it either
 * iterates {@linkcode FileReader.encode} or disposes it.
 */
export class FileReader implements Disposable {
  /** Bytes of the range. */
  readonly length: number;
  readonly #file: Deno.FsFile;
  #isOpen = true;
  #isReading = false;

  /** @param file Stands at the first byte; belongs to the reader from now on. */
  constructor(file: Deno.FsFile, length: number) {
    this.#file = file;
    this.length = length;
  }

  /** Closes the file, unless it is being read: then the reading does. */
  [Symbol.dispose](): void {
    if (!this.#isReading) this.#close();
  }

  /**
   * Yields the frame with the base64 of the range inside. It ends early where
   * the file does, and is whole in any case. A chunk is good until the next
   * one is asked for. The file is closed when the iteration ends, however.
   */
  async *encode(frame: Frame): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    this.#isReading = true;
    let reading = Promise.resolve(0);
    try {
      if (!this.#isOpen) throw new Error("The file is closed already");
      const raw = new Uint8Array(Math.min(this.length, PIECE_BYTES));
      const { before, after } = frame;
      const out = new Uint8Array(
        before.length + toBase64Length(raw.length) + after.length,
      );
      let left = this.length;
      let end = write(before, out, 0);
      reading = fill(this.#file, raw.subarray(0, left));
      while (true) {
        const read = await reading;
        left -= read;
        end = write(raw.subarray(0, read).toBase64(), out, end);
        const isLast = left === 0 || read < raw.length;
        if (isLast) end = write(after, out, end);
        // `raw` is free again: read on while the chunk is being sent.
        else reading = fill(this.#file, raw.subarray(0, left));
        yield out.subarray(0, end);
        if (isLast) return;
        end = 0;
      }
    } finally {
      await reading.catch(() => {});
      this.#close();
    }
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.close();
  }
}

/** The frame with the base64 of all bytes inside. */
export function encodeWhole(
  { before, after }: Frame,
  bytes: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(
    before.length + toBase64Length(bytes.length) + after.length,
  );
  const end = write(bytes.toBase64(), out, write(before, out, 0));
  write(after, out, end);
  return out;
}

/** Reads until the buffer is full or the file ends; gives the bytes read. */
export async function fill(
  file: Deno.FsFile,
  buffer: Uint8Array,
): Promise<number> {
  let end = 0;
  while (end < buffer.length) {
    const read = await file.read(buffer.subarray(end));
    if (read === null || read === 0) break;
    end += read;
  }
  return end;
}

function toBase64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

function write(text: string, out: Uint8Array, at: number): number {
  return at + encoder.encodeInto(text, out.subarray(at)).written;
}

const encoder = new TextEncoder();
