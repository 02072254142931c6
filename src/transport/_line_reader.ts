import type { IncomingFrame } from "./channel.ts";

const NEWLINE = 10;
/** How much of an oversized line is kept from either end, to find its id in. */
const KEPT_BYTES = 4 * 1024;
// Without `stream` a decoder keeps nothing between calls.
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Cuts bytes into lines, before decoding: byte 10 never stands inside a UTF-8
 * sequence. A line that spans chunks is kept as a list of pieces and joined
 * once, so the cost stays linear however the bytes are cut; a line past the
 * limit is counted and thrown away.
 */
export class LineReader {
  readonly #limit: number;
  #pieces: Uint8Array[] = [];
  #pendingBytes = 0;
  #oversized: OversizedLine | undefined;

  /** `limit` is the longest line that is delivered, in bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Takes a chunk and appends the frames it completes to `into`. The chunk may
   * be reused afterwards. Frames in front of a line that is not UTF-8 are
   * appended before the error is thrown.
   *
   * @throws {TypeError} if a line is not valid UTF-8.
   */
  push(chunk: Uint8Array, into: IncomingFrame[]): void {
    const first = chunk.indexOf(NEWLINE);
    if (first < 0) return this.#keep(chunk);
    let start = 0;
    if (this.#pendingBytes > 0) {
      this.#keep(chunk.subarray(0, first));
      this.#finish(into);
      start = first + 1;
    }
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > start) decodeLines(chunk, start, end, this.#limit, into);
    this.#keep(chunk.subarray(end));
  }

  /**
   * Appends the unterminated last line, if there is one.
   *
   * @throws {TypeError} if it is not valid UTF-8.
   */
  flush(into: IncomingFrame[]): void {
    if (this.#pendingBytes > 0) this.#finish(into);
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pendingBytes += bytes.length;
    if (this.#oversized) return this.#oversized.add(bytes);
    this.#pieces.push(bytes.slice());
    // One byte more than the limit may be the carriage return of the line end.
    if (this.#pendingBytes > this.#limit + 1) {
      this.#oversized = new OversizedLine();
      for (const piece of this.#pieces) this.#oversized.add(piece);
      this.#pieces = [];
    }
  }

  #finish(into: IncomingFrame[]): void {
    const oversized = this.#oversized;
    const line = oversized ? undefined : join(this.#pieces, this.#pendingBytes);
    this.#pieces = [];
    this.#pendingBytes = 0;
    this.#oversized = undefined;
    if (oversized) into.push(oversized.toFrame(this.#limit));
    else if (line) appendLine(line, this.#limit, into);
  }
}

/** What is remembered of a line that is being thrown away. */
class OversizedLine {
  readonly #head = new Uint8Array(KEPT_BYTES);
  #tail = new Uint8Array(0);
  #bytes = 0;

  add(piece: Uint8Array): void {
    if (this.#bytes < KEPT_BYTES) {
      this.#head.set(piece.subarray(0, KEPT_BYTES - this.#bytes), this.#bytes);
    }
    this.#bytes += piece.length;
    const tail = join([this.#tail, piece.subarray(-KEPT_BYTES)]);
    this.#tail = tail.slice(-KEPT_BYTES);
  }

  toFrame(limit: number): IncomingFrame {
    const tail = withoutReturn(this.#tail);
    return {
      bytes: this.#bytes - (this.#tail.length - tail.length),
      limit,
      head: lenient.decode(this.#head.subarray(0, this.#bytes)),
      tail: lenient.decode(tail),
    };
  }
}

/** Decodes `chunk[start..end)`, which ends with a newline, line by line. */
function decodeLines(
  chunk: Uint8Array,
  start: number,
  end: number,
  limit: number,
  into: IncomingFrame[],
): void {
  // One decode for all lines of a chunk is several times faster than one for
  // each. Only where something is odd (a bad sequence, a long line) does every
  // line get its own look.
  if (end - start <= limit) {
    const text = decodeValid(chunk.subarray(start, end - 1));
    if (text !== undefined) {
      for (const line of text.split("\n")) {
        const frame = line.endsWith("\r") ? line.slice(0, -1) : line;
        if (frame !== "") into.push(frame);
      }
      return;
    }
  }
  while (start < end) {
    const next = chunk.indexOf(NEWLINE, start);
    appendLine(chunk.subarray(start, next), limit, into);
    start = next + 1;
  }
}

function appendLine(
  bytes: Uint8Array,
  limit: number,
  into: IncomingFrame[],
): void {
  const line = withoutReturn(bytes);
  if (line.length > limit) {
    const oversized = new OversizedLine();
    oversized.add(line);
    into.push(oversized.toFrame(limit));
  } else if (line.length > 0) {
    const text = decodeValid(line);
    if (text === undefined) throw new TypeError("Line is not valid UTF-8");
    into.push(text);
  }
}

/** The text, or `undefined` where the bytes are not valid UTF-8. */
function decodeValid(bytes: Uint8Array): string | undefined {
  // A strict decoder is several times slower on Deno than a lenient one. A
  // replacement character in the result says that a second look is needed.
  const text = lenient.decode(bytes);
  if (!text.includes("\uFFFD")) return text;
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === 13 ? line.subarray(0, -1) : line;
}

function join(pieces: readonly Uint8Array[], length?: number): Uint8Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const total = length ??
    pieces.reduce((sum, piece) => sum + piece.length, 0);
  const whole = new Uint8Array(total);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
