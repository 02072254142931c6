import { Inbox } from "./inbox.ts";

/** Where a server listens. */
export type Address =
  | { readonly path: string }
  | { readonly hostname: string; readonly port: number };

/** A way to talk to the server under test. */
export interface Connection {
  readonly inbox: Inbox;
  /** An id that this connection has not used. */
  takeId(): number;
  /** Sends one message; a peer that is gone shows in the inbox, not here. */
  sendText(text: string): Promise<void>;
  /** Sends bytes as they are: on stdio raw, on a websocket as a binary frame. */
  sendBytes(bytes: Uint8Array): Promise<void>;
  /** Ends the connection without a goodbye and waits for its reader. */
  close(): Promise<void>;
}

/** Opens a TCP or unix socket. */
export function dial(address: Address): Promise<Deno.Conn> {
  return "path" in address
    ? Deno.connect({ transport: "unix", path: address.path })
    : Deno.connect(address);
}

/** Ids far from the small numbers that cases use themselves. */
export function createIds(): () => number {
  let next = 1000;
  return () => next++;
}

/** JSON lines over the stdin and stdout of a child process. */
export class StdioConnection implements Connection {
  readonly inbox = new Inbox();
  readonly takeId: () => number = createIds();
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #reading: Promise<void>;

  constructor(child: Deno.ChildProcess) {
    this.#writer = child.stdin.getWriter();
    this.#reader = child.stdout.getReader();
    this.#reading = this.#read();
  }

  async sendText(text: string): Promise<void> {
    await this.sendBytes(new TextEncoder().encode(text + "\n"));
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    try {
      await this.#writer.write(bytes);
    } catch {
      this.inbox.close("write failed");
    }
  }

  /** Ends stdin; stdout is read on until the process ends it. */
  async close(): Promise<void> {
    await this.#writer.close().catch(() => {});
  }

  /** Stops reading, also when some grandchild still holds stdout open. */
  async dispose(): Promise<void> {
    await this.close();
    await this.#reader.cancel().catch(() => {});
    await this.#reading;
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let parts: string[] = [];
    for (;;) {
      const { value } = await this.#reader.read().catch(() => ({
        value: undefined,
      }));
      if (value === undefined) break;
      const lines = decoder.decode(value, { stream: true }).split("\n");
      const rest = lines.pop() ?? "";
      for (const line of lines) {
        this.inbox.push(parts.join("") + line);
        parts = [];
      }
      if (rest !== "") parts.push(rest);
    }
    this.inbox.close("end of stdout");
  }
}
