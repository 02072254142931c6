import { omitted } from "./_head_and_tail.ts";

/** Pieces that come faster than this are gathered. */
const GATHER_MS = 40;
/** So much is told at once without waiting for more. */
const PIECE_CHARS = 32 * 1024;
/** Told in one second, at most: whoever follows could not read it anyway. */
const MAX_BYTES_PER_SECOND = 1024 * 1024;

/**
 * Tells what a command writes while it runs: the first piece at once, then in
 * pieces that are worth a message. What comes faster than it can be followed is
 * left out, with a line in its place; the item holds more of it in the end.
 */
export class DeltasOfOutput implements Disposable {
  readonly #tell: (delta: string) => void;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #pending = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #windowStart = -Infinity;
  #windowBytes = 0;
  #omittedBytes = 0;

  /** @param tell Tells a piece. */
  constructor(tell: (delta: string) => void) {
    this.#tell = tell;
  }

  /** Takes whole characters. */
  push(bytes: Uint8Array<ArrayBuffer>): void {
    if (bytes.length === 0) return;
    const now = performance.now();
    if (now - this.#windowStart >= 1000) {
      this.#windowStart = now;
      this.#windowBytes = 0;
    }
    if (this.#windowBytes + bytes.length > MAX_BYTES_PER_SECOND) {
      this.#omittedBytes += bytes.length;
      return;
    }
    this.#windowBytes += bytes.length;
    this.#noteOmission();
    this.#pending += this.#decoder.decode(bytes);
    if (this.#pending.length >= PIECE_CHARS) this.#flush();
    else if (this.#timer === undefined) {
      this.#flush();
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#flush();
      }, GATHER_MS);
    }
  }

  /** Takes a text that came before anybody was told. */
  pushText(text: string): void {
    this.#pending += text;
    this.#flush();
  }

  /** Tells what is left; to be called when nothing more comes. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#noteOmission();
    this.#flush();
  }

  #noteOmission(): void {
    if (this.#omittedBytes === 0) return;
    this.#pending += `\n${omitted(this.#omittedBytes)}\n`;
    this.#omittedBytes = 0;
  }

  #flush(): void {
    if (this.#pending === "") return;
    const delta = this.#pending;
    this.#pending = "";
    this.#tell(delta);
  }
}
