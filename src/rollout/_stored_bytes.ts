/** The bytes of a rollout, compressed or not. */
export interface StoredBytes extends AsyncDisposable {
  /** How many there are now. */
  size(): Promise<number>;
  /** Those from `start` up to `end`, or to the end of all. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** Fills a buffer from `start` on; how much of it, 0 at the end. */
  fill(buffer: Uint8Array, start: number): Promise<number>;
}

const COMPRESSED = ".zst";

/** Opens the bytes of a rollout. */
export async function openBytes(path: string): Promise<StoredBytes> {
  return path.endsWith(COMPRESSED)
    ? new MemoryBytes(await decompress(path))
    : new FileBytes(await Deno.open(path, { read: true }));
}

/**
 * Unpacks a rollout that was put away compressed, so that it can be gone on
 * with; one that was not is left alone.
 *
 * @returns where it is now.
 */
export async function unpack(path: string): Promise<string> {
  if (!path.endsWith(COMPRESSED)) return path;
  const target = path.slice(0, -COMPRESSED.length);
  const temporary = `${target}.${crypto.randomUUID()}.tmp`;
  try {
    const bytes = await decompress(path);
    await Deno.writeFile(temporary, bytes, { createNew: true, mode: 0o600 });
    await Deno.rename(temporary, target);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  await Deno.remove(path);
  return target;
}

/** A rollout as Zstandard (RFC 8878), which the reference makes of old ones. */
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
  /** Where the file stands; most reads go on where the one before ended. */
  #place = 0;

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
    if (start !== this.#place) {
      await this.#file.seek(start, Deno.SeekMode.Start);
      this.#place = start;
    }
    let length = 0;
    while (length < buffer.length) {
      const count = await this.#file.read(buffer.subarray(length));
      if (count === null) break;
      length += count;
      this.#place += count;
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
