/** More than a provider says at once, and little enough for many streams. */
const PIECE_BYTES = 16 * 1024;

/**
 * Reads a stream piece by piece into the same memory: a stream of the network
 * makes 64 KiB for each piece otherwise, and a token needs but a few hundred
 * bytes of them.
 */
export class PieceReader {
  readonly #read: () => Promise<Uint8Array | undefined>;
  readonly #cancel: () => Promise<void>;

  /** Locks the stream. */
  constructor(stream: ReadableStream<Uint8Array>) {
    const reader = toByteReader(stream);
    if (reader === undefined) {
      const plain = stream.getReader();
      this.#read = async () => (await plain.read()).value;
      this.#cancel = () => plain.cancel();
      return;
    }
    let memory = new ArrayBuffer(PIECE_BYTES);
    this.#read = async () => {
      const { value } = await reader.read(new Uint8Array(memory));
      // The memory is handed over and back; without it nothing more comes.
      if (value !== undefined) memory = value.buffer;
      return value !== undefined && value.length > 0 ? value : undefined;
    };
    this.#cancel = () => reader.cancel();
  }

  /**
   * The next piece, good until the next call; undefined at the end. One at a
   * time.
   *
   * @throws {unknown} why the stream broke.
   */
  read(): Promise<Uint8Array | undefined> {
    return this.#read();
  }

  /** Wants nothing more of it. */
  cancel(): Promise<void> {
    return this.#cancel();
  }
}

/** A reader that fills memory; nothing for a stream that brings its own. */
function toByteReader(
  stream: ReadableStream<Uint8Array>,
): ReadableStreamBYOBReader | undefined {
  try {
    return stream.getReader({ mode: "byob" });
  } catch (error) {
    if (error instanceof TypeError && !stream.locked) return undefined;
    throw error;
  }
}
