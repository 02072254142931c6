/** What a model says to one request: pieces that are written as they come. */
export type Answer = (say: Say) => Promise<void>;

/** Writes a piece of an answer; resolves when the system has taken it. */
export type Say = (piece: Uint8Array) => Promise<void>;

const encoder = new TextEncoder();
const HEAD = encoder.encode(
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n" +
    "transfer-encoding: chunked\r\n\r\n",
);
const END = encoder.encode("0\r\n\r\n");
const NOTHING = '{"models":[],"data":[],"object":"list"}';

/**
 * A model provider that costs next to nothing: a socket that reads requests and
 * writes what was prepared. `answer` is asked anew for each request.
 */
export class ModelServer implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Deno.Conn>();
  readonly #served: Promise<void>;
  /** What is said next. */
  answer: () => Answer = () => {
    throw new Error("No answer was prepared");
  };

  /** Listens on a free port. */
  constructor() {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#served = this.#accept();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) {
      this.#connections.delete(connection);
      connection.close();
    }
    await this.#served;
  }

  async #accept(): Promise<void> {
    try {
      for await (const connection of this.#listener) {
        connection.setNoDelay(true);
        this.#connections.add(connection);
        this.#serve(connection).catch(() => {}).finally(() => {
          if (this.#connections.delete(connection)) connection.close();
        });
      }
    } catch {
      // The listener was closed.
    }
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(1 << 16);
    let text = "";
    for (;;) {
      const headEnd = text.indexOf("\r\n\r\n");
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
      if (headEnd < 0 || text.length < headEnd + 4 + length) {
        const bytes = await connection.read(buffer);
        if (bytes === null) return;
        // One character per byte: only lengths count here.
        text += latin1(buffer.subarray(0, bytes));
        continue;
      }
      const isQuestion = text.startsWith("POST ");
      text = text.slice(headEnd + 4 + length);
      if (isQuestion) await this.#tell(connection);
      else {
        await writeAll(
          connection,
          encoder.encode(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" +
              `content-length: ${NOTHING.length}\r\n\r\n${NOTHING}`,
          ),
        );
      }
    }
  }

  async #tell(connection: Deno.Conn): Promise<void> {
    const answer = this.answer();
    await writeAll(connection, HEAD);
    await answer((piece) => writeAll(connection, toChunk(piece)));
    await writeAll(connection, END);
  }
}

const latin1Decoder = new TextDecoder("latin1");
const latin1 = (bytes: Uint8Array): string => latin1Decoder.decode(bytes);

/** A chunk of an HTTP/1.1 message (RFC 9112, section 7.1). */
function toChunk(piece: Uint8Array): Uint8Array {
  const head = encoder.encode(`${piece.length.toString(16)}\r\n`);
  const chunk = new Uint8Array(head.length + piece.length + 2);
  chunk.set(head);
  chunk.set(piece, head.length);
  chunk.set([13, 10], head.length + piece.length);
  return chunk;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array) {
  for (let written = 0; written < bytes.length;) {
    written += await connection.write(bytes.subarray(written));
  }
}
