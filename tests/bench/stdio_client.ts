import { Replies, type Reply } from "./replies.ts";

const NEWLINE = 10;
const encoder = new TextEncoder();

/** A client on the pipes of a server, which costs little, like the other one. */
export class StdioClient {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #replies = new Replies();

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    void this.#read();
  }

  /** Introduces itself to a server. */
  static async open(child: Deno.ChildProcess): Promise<StdioClient> {
    const client = new StdioClient(child);
    await client.call("initialize", {
      clientInfo: { name: "bench", title: "bench", version: "0" },
      capabilities: { experimentalApi: true },
    });
    client.#send('{"method":"initialized"}');
    return client;
  }

  /** Gets the bytes of each notification; they are only valid inside. */
  set onNotification(take: ((payload: Uint8Array) => void) | undefined) {
    this.#replies.onNotification = take;
  }

  call(method: string, params: unknown): Promise<Reply> {
    const { id, reply } = this.#replies.expect();
    this.#send(JSON.stringify({ id, method, params }));
    return reply;
  }

  close(): void {
    this.#writer.close().catch(() => {});
  }

  #send(text: string): void {
    this.#writer.write(encoder.encode(`${text}\n`)).catch(() => {});
  }

  async #read(): Promise<void> {
    let rest: Uint8Array = new Uint8Array();
    try {
      for await (const chunk of this.#child.stdout) {
        let bytes: Uint8Array = chunk;
        if (rest.length > 0) {
          bytes = new Uint8Array(rest.length + chunk.length);
          bytes.set(rest);
          bytes.set(chunk, rest.length);
        }
        let from = 0;
        for (
          let end = bytes.indexOf(NEWLINE, rest.length);
          end >= 0;
          end = bytes.indexOf(NEWLINE, from)
        ) {
          this.#replies.receive(bytes.subarray(from, end));
          from = end + 1;
        }
        rest = bytes.slice(from);
      }
    } catch {
      // The server is gone.
    }
    this.#replies.giveUp();
  }
}
