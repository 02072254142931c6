/** All parts in one array. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(
    parts.reduce((bytes, part) => bytes + part.length, 0),
  );
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Reads exact numbers of bytes off a connection. */
export class ByteReader {
  readonly #conn: Deno.Conn;
  #parts: Uint8Array[];
  #bytes: number;

  /** `first` are bytes that were read before. */
  constructor(conn: Deno.Conn, first: Uint8Array) {
    this.#conn = conn;
    this.#parts = first.length > 0 ? [first] : [];
    this.#bytes = first.length;
  }

  /** @throws {Deno.errors.UnexpectedEof} when the peer ends before `count` bytes. */
  async take(count: number): Promise<Uint8Array> {
    if (this.#bytes < count) await this.#fill(count);
    const [first, ...others] = this.#parts;
    const whole = first !== undefined && others.length === 0
      ? first
      : concat(this.#parts);
    const rest = whole.subarray(count);
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#bytes = rest.length;
    return whole.subarray(0, count);
  }

  async #fill(count: number): Promise<void> {
    const chunk = new Uint8Array(Math.max(65536, Math.min(count, 1 << 20)));
    while (this.#bytes < count) {
      const read = await this.#conn.read(chunk);
      if (read === null) throw new Deno.errors.UnexpectedEof("peer closed");
      this.#parts.push(chunk.slice(0, read));
      this.#bytes += read;
    }
  }
}
