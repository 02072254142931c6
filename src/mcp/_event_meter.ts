/** Looks through the bytes of a stream of events, cut anywhere. */
export class EventMeter {
  #bytes = 0;
  #hasId = false;
  /** How the line begins that has not ended yet. */
  #start = "";

  /** Bytes of the event that has not ended yet. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether an event had an id, from which the stream can be gone on with. */
  get hasId(): boolean {
    return this.#hasId;
  }

  /** Takes the next bytes. */
  take(piece: Uint8Array): void {
    let from = 0;
    for (;;) {
      const end = piece.indexOf(LINE_FEED, from);
      const line = piece.subarray(from, end < 0 ? piece.length : end);
      this.#bytes += line.length;
      const missing = line.subarray(0, ID.length - this.#start.length);
      this.#start += String.fromCharCode(...missing);
      if (end < 0) return;
      this.#hasId ||= this.#start === ID;
      // What is empty, but for the rest of a CRLF, ends an event.
      if (this.#start === "" || this.#start === "\r") this.#bytes = 0;
      this.#start = "";
      from = end + 1;
    }
  }
}

const LINE_FEED = 10;
const ID = "id:";
