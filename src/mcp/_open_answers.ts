import { EventMeter } from "./_event_meter.ts";
import { MAX_MESSAGE_BYTES } from "./_message_lines.ts";

/**
 * The answers that streams of events have still to bring. The SDK waits for
 * them when a stream is over that can't be gone on with: for as long as a tool
 * may take, and in vain.
 */
export class OpenAnswers {
  readonly #ids = new Set<unknown>();
  readonly #maxBytes: number;

  /** @param maxBytes Most bytes of a message. */
  constructor(maxBytes: number = MAX_MESSAGE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Takes a message that came. */
  take(message: object): void {
    if ("id" in message && !("method" in message)) this.#ids.delete(message.id);
  }

  /**
   * The same response, broken off within a message that is too long. If it ends
   * without the answer to its request, that is what it says last.
   */
  watch(response: Response, { body, signal }: RequestInit = {}): Response {
    const { status, statusText, headers, url } = response;
    if (response.body === null) return response;
    const isStream = headers.get("content-type")
      ?.startsWith("text/event-stream") ?? false;
    const id = isStream && typeof body === "string" ? toId(body) : undefined;
    if (id !== undefined) this.#ids.add(id);
    const watched = this.#watch(response.body, { isStream, id, signal });
    const copy = new Response(watched, { status, statusText, headers });
    // Where it came from decides which redirects are followed.
    Object.defineProperty(copy, "url", { value: url });
    return copy;
  }

  #watch(
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    { isStream, id, signal }: {
      readonly isStream: boolean;
      readonly id: unknown;
      readonly signal: AbortSignal | null | undefined;
    },
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const reader = body.getReader();
    const meter = new EventMeter();
    let bytes = 0;
    return new ReadableStream({
      pull: async (controller) => {
        let piece: Uint8Array<ArrayBuffer> | undefined;
        try {
          piece = (await reader.read()).value;
        } catch (error) {
          if (signal?.aborted || meter.hasId || !this.#ids.has(id)) throw error;
        }
        if (piece === undefined) {
          // With an id, the SDK goes on with it.
          const isCut = !meter.hasId && this.#ids.delete(id);
          if (isCut) controller.enqueue(toEnd(id));
          return controller.close();
        }
        meter.take(piece);
        bytes += piece.length;
        if ((isStream ? meter.bytes : bytes) > this.#maxBytes) {
          await reader.cancel();
          throw new RangeError(
            `A message of more than ${this.#maxBytes} bytes`,
          );
        }
        controller.enqueue(piece);
      },
      cancel: (reason) => reader.cancel(reason),
    }, { highWaterMark: 0 });
  }
}

/** The id of the request in a body; undefined if it is none. */
function toId(body: string): unknown {
  const message = JSON.parse(body);
  return "method" in message ? message.id : undefined;
}

/** The event of a failure, behind whatever event was broken off. */
function toEnd(id: unknown): Uint8Array<ArrayBuffer> {
  const error = { code: CONNECTION_CLOSED, message: "Connection closed" };
  const data = JSON.stringify({ jsonrpc: "2.0", id, error });
  return new TextEncoder().encode(`\n\ndata: ${data}\n\n`);
}

/** What the SDK calls requests that a connection took with it. */
const CONNECTION_CLOSED = -32000;
