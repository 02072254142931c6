import type { ThreadItem, Turn } from "../../src/protocol/mod.ts";
import type { Channel } from "../../src/transport/mod.ts";
import type { Received } from "./peer.ts";

/** A thread as one client has it: a snapshot, and what came after. */
export interface Followed {
  readonly epoch: string;
  /** Number of the last notification. */
  seq: number;
  /** Up to here it was told of what had happened before it came. */
  oldSeq: number;
  turns: Map<string, FollowedTurn>;
}

/** A turn as one client has it. */
export interface FollowedTurn {
  status: Turn["status"];
  readonly items: Map<string, ThreadItem>;
}

/** A notification with its number, as it stood on the wire. */
interface Numbered extends Received {
  readonly seq?: number;
  readonly emittedAtMs?: number;
}

/** What was told under each number, by thread and epoch: to compare clients. */
export type Log = Map<string, Map<number, string>>;

const LEGAL: ReadonlySet<string> = new Set([
  "idle active",
  "active active",
  "active idle",
  "active systemError",
  "systemError active",
  "idle notLoaded",
  "active notLoaded",
  "systemError notLoaded",
  "notLoaded idle",
]);

/**
 * A client that can catch up, keeps the threads that it follows, and looks at
 * every message: whether it may come, and come now.
 */
export class Watcher implements AsyncDisposable {
  /** What was not as it has to be; a line each. */
  readonly faults: string[] = [];
  /** The threads that it follows. */
  readonly followed = new Map<string, Followed>();
  /** Those that it followed once, as it left them. */
  readonly left = new Map<string, Followed>();
  /** Questions that nobody has answered, by number. */
  readonly asked = new Map<unknown, Received>();
  /** Every notification, in order. */
  readonly told: Numbered[] = [];
  readonly #channel: Channel;
  readonly #log: Log;
  readonly #calls = new Map<
    number,
    { method: string; params: unknown; resolve(reply: Received): void }
  >();
  readonly #answered = new Set<number>();
  readonly #statuses = new Map<string, string>();
  readonly #reading: Promise<void>;
  readonly #readAgain: Promise<unknown>[] = [];
  #wake: (() => void)[] = [];
  #ids = 0;

  private constructor(channel: Channel, log: Log) {
    this.#channel = channel;
    this.#log = log;
    this.#reading = this.#read();
  }

  /** Connects, with what it needs to catch up. */
  static async connect(channel: Channel, log: Log): Promise<Watcher> {
    const watcher = new Watcher(channel, log);
    await watcher.request("initialize", {
      clientInfo: { name: "watcher", version: "1" },
      capabilities: { experimentalApi: true, gangway: {} },
    });
    return watcher;
  }

  /** Asks; gives the reply, whatever it is. */
  request(method: string, params: unknown): Promise<Received> {
    return this.#ask(method, params, method);
  }

  /** Answers a question. */
  answer(id: unknown, result: unknown): void {
    this.#send({ id, result });
  }

  /** Resolves when all that was told up to now is here. */
  async catchUp(): Promise<void> {
    await this.request("thread/loaded/list", {});
    await Promise.all(this.#readAgain.splice(0));
  }

  /** Waits until there is something to be seen; looks at each message. */
  async until<T>(look: () => T | undefined | false): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined && found !== false) return found;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Number of requests without a reply. */
  get unanswered(): number {
    return this.#calls.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#channel.close(1000, "leaving");
    await this.#reading;
  }

  /** @param purpose What is done with the result. */
  #ask(method: string, params: unknown, purpose: string): Promise<Received> {
    const id = this.#ids++;
    return new Promise((resolve) => {
      this.#calls.set(id, { method: purpose, params, resolve });
      this.#send({ id, method, params });
    });
  }

  #send(message: unknown): void {
    // Lost only with the connection.
    this.#channel.send([JSON.stringify(message)]).catch(() => {});
  }

  async #read(): Promise<void> {
    for await (const frame of this.#channel.frames) {
      this.#take(JSON.parse(frame as string));
      for (const wake of this.#wake.splice(0)) wake();
    }
  }

  #take(message: Numbered): void {
    if (message.method === undefined) this.#takeReply(message);
    else if (message.id !== undefined) this.asked.set(message.id, message);
    else this.#takeNotification(message);
  }

  #takeReply(reply: Received): void {
    const id = reply.id as number;
    const call = this.#calls.get(id);
    if (call === undefined) {
      const how = this.#answered.has(id) ? "again" : "unasked";
      this.faults.push(`${how} answered: ${JSON.stringify(reply)}`);
      return;
    }
    this.#calls.delete(id);
    this.#answered.add(id);
    if (reply.result !== undefined) {
      this.#follow(call.method, call.params, reply.result);
    }
    call.resolve(reply);
  }

  // deno-lint-ignore no-explicit-any -- told apart by name
  #follow(method: string, params: any, result: any): void {
    switch (method) {
      case "thread/start":
      case "thread/resume": {
        const { id, turns } = result.thread;
        const { epoch, seq, replayed } = result.replay;
        const before = this.followed.get(id) ?? this.left.get(id);
        if (replayed !== null) {
          const since = params.replaySince.seq;
          if (seq - since !== replayed) {
            this.faults.push(`${seq} - ${since} is not ${replayed}`);
          }
          before!.seq = since;
          before!.oldSeq = seq;
          this.followed.set(id, before!);
        } else {
          this.followed.set(id, {
            epoch,
            seq,
            oldSeq: seq,
            turns: toFollowed(turns),
          });
        }
        return;
      }
      case "read again": {
        const followed = this.followed.get(params.threadId);
        if (followed !== undefined) {
          followed.turns = toFollowed(result.thread.turns);
        }
        return;
      }
      case "thread/unsubscribe":
        this.#leave(params.threadId);
    }
  }

  #leave(id: string): void {
    const followed = this.followed.get(id);
    if (followed !== undefined) this.left.set(id, followed);
    this.followed.delete(id);
  }

  #takeNotification(message: Numbered): void {
    this.told.push(message);
    const { method, seq } = message;
    const { params } = message;
    const threadId: string | undefined = params.threadId ?? params.thread?.id;
    if (method === "serverRequest/resolved") {
      const wasAsked = this.asked.delete(params.requestId);
      const isOld = seq! <= this.followed.get(params.threadId)!.oldSeq;
      if (!wasAsked && !isOld) {
        this.faults.push(`resolved, never asked: ${params.requestId}`);
      }
    }
    if (method === "thread/status/changed") this.#checkStatus(params);
    if (threadId === undefined || seq === undefined) return;
    const followed = this.followed.get(threadId);
    if (followed === undefined) return;
    // Deltas may be joined on their way; then they bear the last number.
    const isDelta = method!.endsWith("elta");
    if (isDelta ? seq <= followed.seq : seq !== followed.seq + 1) {
      this.faults.push(`${method} has number ${seq} behind ${followed.seq}`);
    }
    followed.seq = seq;
    if (!isDelta) {
      this.#compare(`${threadId} ${followed.epoch}`, seq, message);
    }
    fold(followed, message);
    if (method === "thread/reverted") {
      const what = { threadId, includeTurns: true };
      this.#readAgain.push(this.#ask("thread/read", what, "read again"));
    }
  }

  // deno-lint-ignore no-explicit-any -- of thread/status/changed
  #checkStatus({ threadId, status }: any): void {
    const before = this.#statuses.get(threadId);
    this.#statuses.set(threadId, status.type);
    const step = `${before} ${status.type}`;
    if (before !== undefined && !LEGAL.has(step)) {
      this.faults.push(`a status went from ${step.replace(" ", " to ")}`);
    }
    if (status.type === "notLoaded") this.#leave(threadId);
  }

  #compare(key: string, seq: number, { method, params }: Numbered): void {
    const log = this.#log.get(key) ?? new Map<number, string>();
    this.#log.set(key, log);
    const text = JSON.stringify({ method, params });
    const other = log.get(seq) ?? text;
    log.set(seq, text);
    if (other !== text) {
      this.faults.push(`${seq} is ${text} here and ${other} elsewhere`);
    }
  }
}

function toFollowed(turns: readonly Turn[]): Map<string, FollowedTurn> {
  return new Map(turns.map(({ id, status, items }) => [id, {
    status,
    items: new Map(items.map((item) => [item.id, item])),
  }]));
}

/** Takes a notification into what a client has of a thread. */
function fold({ turns }: Followed, { method, params }: Numbered): void {
  const turn = turns.get(params.turnId ?? params.turn?.id);
  switch (method) {
    case "turn/started":
      if (turn === undefined) {
        const { id, status } = params.turn;
        turns.set(id, { status, items: new Map() });
      }
      return;
    case "item/started":
    case "item/completed":
      turn?.items.set(params.item.id, params.item);
      return;
    case "item/agentMessage/delta": {
      const item = turn?.items.get(params.itemId);
      if (item?.type !== "agentMessage") return;
      const text = item.text + params.delta;
      turn!.items.set(item.id, { ...item, text });
      return;
    }
    case "turn/completed":
      if (turn !== undefined) turn.status = params.turn.status;
      return;
  }
}
