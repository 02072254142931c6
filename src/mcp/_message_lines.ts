/** Most bytes of one message of a server. */
export const MAX_MESSAGE_BYTES: number = 32 * 1024 * 1024;

/** Lines of bytes, put together from pieces. */
export class MessageLines {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** @param maxBytes Most bytes of a line. */
  constructor(maxBytes: number = MAX_MESSAGE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /**
   * The lines that end in these bytes, as text.
   *
   * @throws {RangeError} if one is too long.
   */
  *take(bytes: Uint8Array): Generator<string> {
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(10, from);
      const piece = bytes.subarray(from, end < 0 ? bytes.length : end);
      this.#bytes += piece.length;
      if (this.#bytes > this.#maxBytes) {
        throw new RangeError(`A message of more than ${this.#maxBytes} bytes`);
      }
      if (end < 0) {
        // The bytes are only lent.
        if (piece.length > 0) this.#pieces.push(piece.slice());
        return;
      }
      const line = this.#pieces.length === 0
        ? piece
        : this.#join(piece, this.#bytes);
      this.#pieces = [];
      this.#bytes = 0;
      from = end + 1;
      yield new TextDecoder().decode(line);
    }
  }

  #join(last: Uint8Array, bytes: number): Uint8Array {
    const line = new Uint8Array(bytes);
    let at = 0;
    for (const piece of [...this.#pieces, last]) {
      line.set(piece, at);
      at += piece.length;
    }
    return line;
  }
}
