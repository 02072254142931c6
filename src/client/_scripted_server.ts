import { type Channel, createMemoryChannelPair } from "../transport/mod.ts";

/** A message as a test sees it. */
export interface Seen {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

/**
 * The other end of a client's channel in tests: answers `initialize`, hands
 * every other message to the test, and sends what the test says.
 */
export class ScriptedServer {
  /** The client's end. */
  readonly channel: Channel;
  readonly #ours: Channel;
  readonly #seen: AsyncGenerator<string>;

  constructor(
    initialize: object = { result: { userAgent: "scripted" } },
    follow: readonly object[] = [],
  ) {
    const [ours, theirs] = createMemoryChannelPair();
    this.#ours = ours;
    this.channel = theirs;
    this.#seen = this.#read(initialize, follow);
  }

  async *#read(initialize: object, follow: readonly object[]) {
    for await (const frame of this.#ours.frames) {
      const message: Seen = JSON.parse(String(frame));
      if (message.method === "initialize") {
        await this.send({ id: message.id, ...initialize }, ...follow);
      }
      yield String(frame);
    }
  }

  /** The client's next message; throws when the client is gone. */
  async next(): Promise<Seen> {
    return JSON.parse(await this.nextFrame());
  }

  /** As `next`, byte for byte. */
  async nextFrame(): Promise<string> {
    const { done, value } = await this.#seen.next();
    if (done) throw new Error("The client is gone");
    return value;
  }

  /** Skips the handshake, which needs somebody to read it. */
  async greet(): Promise<readonly [Seen, Seen]> {
    return [await this.next(), await this.next()];
  }

  /** Sends messages, each an object or a raw frame. */
  send(...messages: readonly (object | string)[]): Promise<void> {
    return this.#ours.send(
      messages.map((one) =>
        typeof one === "string" ? one : JSON.stringify(one)
      ),
    );
  }

  /** Ends the connection from the server's side. */
  close(code = 1001, reason = "going away"): Promise<void> {
    return this.#ours.close(code, reason);
  }
}
