import { joinBytes } from "./join_bytes.ts";
import type { Peer } from "./peer.ts";

const NEWLINE = 10;
const encoder = new TextEncoder();

/** A peer that writes and reads lines. */
export class LinePeer implements Peer {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #pieces: Uint8Array[] = [];
  #rest: Uint8Array = new Uint8Array(0);

  /** @param streams Belong to the peer from now on. */
  constructor(
    { stdin, stdout }: {
      stdin: WritableStream<Uint8Array>;
      stdout: ReadableStream<Uint8Array>;
    },
  ) {
    this.#writer = stdin.getWriter();
    this.#reader = stdout.getReader();
    // Failures come back from `write`; nobody waits for this one.
    this.#writer.closed.catch(() => {});
  }

  async send(...messages: string[]): Promise<void> {
    const lines = messages.map((message) => message + "\n");
    await this.write(encoder.encode(lines.join("")));
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#writer.write(bytes);
  }

  /** Ends what the server reads. */
  async end(): Promise<void> {
    await this.#writer.close();
  }

  /** Closes what the server writes to. */
  async leave(): Promise<void> {
    await this.#reader.cancel();
  }

  async message(): Promise<Uint8Array | undefined> {
    while (true) {
      const end = this.#rest.indexOf(NEWLINE);
      if (end >= 0) {
        this.#pieces.push(this.#rest.subarray(0, end));
        this.#rest = this.#rest.subarray(end + 1);
        return joinBytes(this.#pieces.splice(0));
      }
      this.#pieces.push(this.#rest);
      const { value } = await this.#reader.read();
      if (value === undefined) return undefined;
      this.#rest = value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.abort().catch(() => {});
    await this.#reader.cancel().catch(() => {});
  }
}
