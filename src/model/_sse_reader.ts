/** Characters that one event may have, before it is a fault. */
const maxEventLength = 64 * 1024 * 1024;

/** What a stream of server-sent events did wrong. */
export class EventTooLongError extends RangeError {
  override readonly name = "EventTooLongError";

  constructor(limit: number) {
    super(`an event of the stream exceeds ${limit} characters`);
  }
}

/**
 * Reads server-sent events out of pieces of bytes, cut anywhere. Only the data
 * of events is kept: names, ids and comments are not needed here. Lines may end
 * in LF, CRLF or CR; an event that the stream does not finish is dropped.
 *
 * A piece is decoded once, as a whole, and nothing is awaited: all events of a
 * piece are there when `push` returns.
 *
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html}
 */
export class SseReader {
  readonly #take: (data: string) => void;
  readonly #limit: number;
  readonly #decoder = new TextDecoder();
  /** A line that is not finished, in the pieces in which it came. */
  #line: string[] = [];
  #lineLength = 0;
  /** Data lines of the event that is not finished. */
  #data: string | undefined;
  #endedInCr = false;

  /**
   * @param take Given the data of each event, in order.
   * @param limit Characters that an event may have.
   */
  constructor(take: (data: string) => void, limit: number = maxEventLength) {
    this.#take = take;
    this.#limit = limit;
  }

  /**
   * Reads on.
   *
   * @throws {EventTooLongError} if an event does not end.
   */
  push(bytes: Uint8Array): void {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (this.#endedInCr && text.length > 0) {
      if (text.charCodeAt(0) === 10) text = text.slice(1);
      this.#endedInCr = false;
    }
    if (text.includes("\r")) {
      this.#endedInCr = text.endsWith("\r");
      text = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
    }
    let from = 0;
    let end: number;
    while ((end = text.indexOf("\n", from)) >= 0) {
      if (this.#lineLength === 0) this.#endLine(text.slice(from, end));
      else this.#endLongLine(text.slice(from, end));
      from = end + 1;
    }
    if (from < text.length) this.#keep(text.slice(from));
  }

  #keep(part: string): void {
    this.#line.push(part);
    this.#lineLength += part.length;
    this.#checkLength(this.#lineLength);
  }

  #endLongLine(last: string): void {
    const line = this.#line.join("") + last;
    this.#line = [];
    this.#lineLength = 0;
    this.#endLine(line);
  }

  #endLine(line: string): void {
    if (line.length === 0) {
      const data = this.#data;
      if (data === undefined) return;
      this.#data = undefined;
      this.#take(data);
      return;
    }
    if (!line.startsWith("data")) return;
    let value: string;
    if (line.length === 4) value = "";
    else if (line.charCodeAt(4) !== 58) return;
    else value = line.slice(line.charCodeAt(5) === 32 ? 6 : 5);
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    this.#checkLength(this.#data.length);
  }

  #checkLength(length: number): void {
    if (length > this.#limit) throw new EventTooLongError(this.#limit);
  }
}
