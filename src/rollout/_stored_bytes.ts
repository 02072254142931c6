/** The bytes of a rollout, compressed or not. */
export interface StoredBytes extends AsyncDisposable {
  /** How many there are now. */
  size(): Promise<number>;
  /** Those from `start` up to `end`, or to the end of all. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** Fills a buffer from `start` on; how much of it, 0 at the end. */
  fill(buffer: Uint8Array, start: number): Promise<number>;
}

/** Opens the bytes of a rollout. */
export async function openBytes(path: string): Promise<StoredBytes> {
  return path.endsWith(".zst")
    ? new MemoryBytes(await decompress(path))
    : new FileBytes(await Deno.open(path, { read: true }));
}

/** A rollout that the reference has put away compressed (RFC 8878). */
async function decompress(path: string): Promise<Uint8Array> {
  const { zstdDecompress } = await import("node:zlib");
  const packed = await Deno.readFile(path);
  return await new Promise((resolve, reject) => {
    zstdDecompress(packed, (error, bytes) => {
      if (error) reject(error);
      else resolve(bytes);
    });
  });
}

class FileBytes implements StoredBytes {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  async size(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(end - start);
    const length = await this.fill(bytes, start);
    return bytes.subarray(0, length);
  }

  async fill(buffer: Uint8Array, start: number): Promise<number> {
    await this.#file.seek(start, Deno.SeekMode.Start);
    let length = 0;
    while (length < buffer.length) {
      const count = await this.#file.read(buffer.subarray(length));
      if (count === null) break;
      length += count;
    }
    return length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    return Promise.resolve();
  }
}

class MemoryBytes implements StoredBytes {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  size(): Promise<number> {
    return Promise.resolve(this.#bytes.length);
  }

  read(start: number, end: number): Promise<Uint8Array> {
    return Promise.resolve(this.#bytes.subarray(start, end));
  }

  fill(buffer: Uint8Array, start: number): Promise<number> {
    const piece = this.#bytes.subarray(start, start + buffer.length);
    buffer.set(piece);
    return Promise.resolve(piece.length);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
