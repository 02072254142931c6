import { matchMethod, type Reply, succeeded } from "./replies.ts";

/** A client that threads can be driven with. */
export interface ThreadClient {
  onNotification: ((payload: Uint8Array) => void) | undefined;
  call(method: string, params: unknown): Promise<Reply>;
}

const isDelta = matchMethod("item/agentMessage/delta");
const isCompleted = matchMethod("turn/completed");
const isError = matchMethod("error");
const decoder = new TextDecoder();

/** What was seen of a turn. */
export interface SeenTurn {
  /** When its request was sent, and its end was read (`performance.now()`). */
  readonly sentMs: number;
  readonly completedMs: number;
  readonly deltas: number;
}

/** Plays turns one after the other, and takes the time. */
export class TurnClient {
  /** Called for each delta of a message. */
  onDelta: (() => void) | undefined;
  readonly #client: ThreadClient;
  #deltas = 0;
  #failure: string | undefined;
  #completed: ((atMs: number) => void) | undefined;

  constructor(client: ThreadClient) {
    this.#client = client;
    client.onNotification = (payload) => {
      if (isDelta(payload)) {
        this.#deltas++;
        this.onDelta?.();
      } else if (isCompleted(payload)) {
        this.#completed?.(performance.now());
      } else if (isError(payload)) this.#failure = decoder.decode(payload);
    };
  }

  /** Starts a thread. */
  async start(params: object = {}): Promise<string> {
    const reply = await this.#client.call("thread/start", params);
    const { head } = succeeded(reply, "thread/start");
    const id = /"thread":\{"id":"([^"]+)"/.exec(head)?.[1];
    if (id === undefined) throw new Error(`thread/start said: ${head}`);
    return id;
  }

  /**
   * Plays a turn to its end.
   *
   * @throws {Error} if it is refused, or fails.
   */
  async play(threadId: string): Promise<SeenTurn> {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#completed = resolve;
    this.#deltas = 0;
    const sentMs = performance.now();
    const reply = await this.#client.call("turn/start", {
      threadId,
      input: [{ type: "text", text: "Please go on" }],
    });
    succeeded(reply, "turn/start");
    const completedMs = await promise;
    if (this.#failure !== undefined) throw new Error(this.#failure);
    return { sentMs, completedMs, deltas: this.#deltas };
  }
}
