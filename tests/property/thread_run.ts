import assert from "node:assert/strict";
import { createAppServer } from "../../mod.ts";
import type { Turn } from "../../src/protocol/mod.ts";
import type { Received } from "../kit/peer.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { type Followed, type Log, Watcher } from "../kit/watcher.ts";

/** What the model does when the user's message contains the word. */
export type Kind = "quick" | "hang" | "ask";

/** How a turn has to read. */
interface ExpectedTurn {
  readonly id: string;
  status: Turn["status"];
  /** What the user said in it. */
  readonly texts: string[];
}

/** How a thread has to be. */
export interface Expected {
  readonly id: string;
  turns: ExpectedTurn[];
  isLoaded: boolean;
  isArchived: boolean;
  /** What the turn that runs waits for; nothing runs without. */
  running: { readonly kind: Kind; readonly said: string[] } | undefined;
}

/** The simple picture of a server that the real one is compared with. */
export interface Picture {
  threads: Expected[];
  /** Clients that are connected. */
  readonly clients: boolean[];
}

const SCRIPT = {
  responses: [
    {
      when: { output: "Wall time" },
      output: [{ say: "It ran" }],
      repeat: true,
    },
    { when: { output: "ejected" }, output: [{ say: "Never" }], repeat: true },
    {
      when: { user: "#quick" },
      output: [{ think: ["Well"] }, {
        say: "Quickly",
        deltas: ["Quick", "ly"],
      }],
      repeat: true,
    },
    {
      when: { user: "#hang" },
      output: [{ say: "Never said", deltas: ["part"] }, { hang: true }],
      repeat: true,
    },
    {
      when: { user: "#ask" },
      output: [{ call: "exec_command", arguments: { cmd: "echo granted" } }],
      repeat: true,
    },
    { output: [{ say: "Fine" }], repeat: true },
  ],
};

/** A server, a witness who follows everything, and clients who come and go. */
export class ThreadRun implements AsyncDisposable {
  readonly clients: (Watcher | undefined)[] = [];
  readonly #log: Log = new Map();
  readonly #home: Awaited<ReturnType<typeof createTempDir>>;
  #server: Awaited<ReturnType<typeof createAppServer>>;
  #witness: Watcher;
  readonly #gone: Watcher[] = [];
  /** Where a client that left stood, by client and thread. */
  readonly #points = new Map<string, Followed>();

  private constructor(
    home: Awaited<ReturnType<typeof createTempDir>>,
    server: Awaited<ReturnType<typeof createAppServer>>,
    witness: Watcher,
    log: Log,
  ) {
    this.#home = home;
    this.#server = server;
    this.#witness = witness;
    this.#log = log;
  }

  static async open(clients: number): Promise<ThreadRun> {
    const home = await createTempDir();
    const script = `${home.path}/script.json`;
    await Deno.writeTextFile(script, JSON.stringify(SCRIPT));
    await Deno.writeTextFile(
      `${home.path}/config.toml`,
      `model = "scripted"
model_provider = "offline"
sandbox_mode = "danger-full-access"
[model_providers.offline]
name = "Offline"
base_url = "script://${script}"
[shell_environment_policy.set]
HOME = "${home.path}"
`,
    );
    const server = await createAppServer({ home: home.path });
    const log: Log = new Map();
    const witness = await Watcher.connect(server.connect(), log);
    const run = new ThreadRun(home, server, witness, log);
    for (let client = 0; client < clients; client++) await run.connect(client);
    return run;
  }

  /** The client that follows every thread from its beginning. */
  get witness(): Watcher {
    return this.#witness;
  }

  async connect(client: number): Promise<void> {
    this.clients[client] = await Watcher.connect(
      this.#server.connect(),
      this.#log,
    );
  }

  async disconnect(client: number): Promise<void> {
    const watcher = this.clients[client]!;
    this.clients[client] = undefined;
    for (const [id, followed] of watcher.followed) {
      this.#points.set(`${client} ${id}`, followed);
    }
    this.#gone.push(watcher);
    await watcher[Symbol.asyncDispose]();
  }

  /** Starts a thread that everybody who is to follow it follows. */
  async start(client: number): Promise<string> {
    const reply = await this.#must(client, "thread/start", {
      approvalPolicy: "untrusted",
      cwd: this.#home.path,
    });
    const { id } = reply.thread;
    await this.#follow(this.#witness, id);
    return id;
  }

  /** Follows a thread again, with what was missed if that is wanted. */
  async join(client: number, id: string, catchesUp: boolean): Promise<void> {
    const watcher = this.clients[client]!;
    const key = `${client} ${id}`;
    const point = this.#points.get(key) ?? watcher.left.get(id);
    this.#points.delete(key);
    if (!catchesUp || point === undefined) {
      await this.#follow(watcher, id);
      return;
    }
    watcher.left.set(id, point);
    const { epoch, seq } = point;
    const now = this.#witness.followed.get(id);
    const { replay } = await this.#follow(watcher, id, { epoch, seq });
    const isKnown = now?.epoch === epoch;
    assert.equal(replay.replayed === null, !isKnown, "replayed if it is known");
  }

  // deno-lint-ignore no-explicit-any -- the result of a method
  async #follow(watcher: Watcher, id: string, since?: object): Promise<any> {
    const reply = await watcher.request("thread/resume", {
      threadId: id,
      ...since && { replaySince: since },
    });
    assert.equal(reply.error, undefined);
    return reply.result;
  }

  /** Asks what has to be granted. */
  // deno-lint-ignore no-explicit-any -- the result of a method
  async #must(client: number, method: string, params: unknown): Promise<any> {
    const reply = await this.ask(client, method, params);
    assert.equal(reply.error, undefined, method);
    return reply.result;
  }

  /** Asks. */
  ask(client: number, method: string, params: unknown): Promise<Received> {
    return this.clients[client]!.request(method, params);
  }

  /** Waits until the witness was told of something in a thread. */
  async told(
    id: string,
    method: string,
    from: number,
  ): Promise<Received> {
    return await this.#witness.until(() =>
      this.#witness.told.slice(from).find((one) =>
        one.method === method && one.params.threadId === id
      )
    );
  }

  /** Ends the server and starts another; who is to know, comes again. */
  async restart(picture: Picture): Promise<void> {
    await this.#server.close();
    const watchers = [this.#witness, ...this.#present()];
    for (const one of watchers) await one[Symbol.asyncDispose]();
    this.#gone.push(...watchers);
    this.#points.clear();
    this.#server = await createAppServer({ home: this.#home.path });
    this.#witness = await Watcher.connect(this.#server.connect(), this.#log);
    for (const [client, isThere] of picture.clients.entries()) {
      if (isThere) await this.connect(client);
    }
  }

  /** The witness comes back to a thread that was away. */
  async witnessAgain(id: string): Promise<void> {
    await this.#follow(this.#witness, id);
  }

  /** Compares what there is with what has to be. */
  async check({ threads }: Picture): Promise<void> {
    const watchers = [this.#witness, ...this.#present()];
    for (const one of watchers) await one.catchUp();
    for (const one of watchers) {
      const last = one.told.slice(-12).map(({ seq, method }) => [seq, method]);
      assert.deepEqual(one.faults, [], JSON.stringify([one.faults, last]));
    }
    for (const one of [...watchers, ...this.#gone]) {
      assert.ok(one.unanswered === 0 || this.#gone.includes(one));
    }
    for (const thread of threads) {
      if (thread.turns.length > 0) await this.#checkTurns(thread);
      const witnessed = this.#witness.followed.get(thread.id);
      assert.equal(witnessed !== undefined, thread.isLoaded);
      for (const one of this.#present()) {
        const followed = one.followed.get(thread.id);
        if (followed === undefined) continue;
        assert.deepEqual(toPlain(followed), toPlain(witnessed!));
      }
    }
    for (const log of this.#log.values()) checkOrder(log);
  }

  async #checkTurns({ id, turns, running }: Expected): Promise<void> {
    const reply = await this.#witness.request("thread/read", {
      threadId: id,
      includeTurns: true,
    });
    const found: Turn[] = reply.result?.thread.turns;
    const heard = found.map((turn) => ({
      id: turn.id,
      status: turn.status,
      texts: turn.items.flatMap((item) =>
        item.type === "userMessage"
          ? item.content.map((one) => one.type === "text" ? one.text : "")
          : []
      ),
    }));
    // What was said into the turn that runs may have been heard by now.
    const { texts = [] } = running && turns.at(-1) || {};
    const more = (heard.at(-1)?.texts.length ?? 0) - texts.length;
    const now = running?.said.slice(0, Math.max(more, 0)) ?? [];
    assert.deepEqual(
      heard,
      turns.map((turn, at) =>
        at === turns.length - 1
          ? { ...turn, texts: [...turn.texts, ...now] }
          : turn
      ),
    );
    const witnessed = this.#witness.followed.get(id);
    if (witnessed === undefined) return;
    const read = toPlain({
      epoch: witnessed.epoch,
      seq: witnessed.seq,
      oldSeq: witnessed.oldSeq,
      turns: new Map(found.map(({ id, status, items }) => [id, {
        status,
        items: new Map(items.map((item) => [item.id, item])),
      }])),
    });
    assert.deepEqual(toPlain(witnessed), read);
    assert.equal(reply.result.thread.status.type === "active", !!running);
  }

  #present(): Watcher[] {
    return this.clients.filter((one) => one !== undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
    for (const one of [this.#witness, ...this.#present()]) {
      await one[Symbol.asyncDispose]();
    }
    await this.#home[Symbol.asyncDispose]();
  }
}

function toPlain({ epoch, seq, turns }: Followed): unknown {
  return {
    epoch,
    seq,
    turns: [...turns].map(([id, { status, items }]) => ({
      id,
      status,
      items: [...items.values()],
    })),
  };
}

/** A turn begins, then its items begin and end, then it ends; each once. */
function checkOrder(log: ReadonlyMap<number, string>): void {
  const begun = new Set<string>();
  const ended = new Set<string>();
  const open = new Map<string, string>();
  const done = new Set<string>();
  for (const seq of [...log.keys()].sort((a, b) => a - b)) {
    const { method, params } = JSON.parse(log.get(seq)!);
    const turn: string = params.turnId ?? params.turn?.id;
    const item = `${turn} ${params.item?.id}`;
    switch (method) {
      case "turn/started":
        assert.ok(!begun.has(turn), "a turn begins once");
        begun.add(turn);
        break;
      case "item/started":
        assert.ok(!ended.has(turn), "no item begins behind its turn");
        assert.ok(!open.has(item) && !done.has(item), "an item begins once");
        open.set(item, turn);
        break;
      case "item/completed":
        assert.ok(open.delete(item), "an item ends that has begun, once");
        assert.ok(!ended.has(turn), "no item ends behind its turn");
        done.add(item);
        break;
      case "turn/completed":
        assert.ok(!ended.has(turn), "a turn ends once");
        assert.ok(![...open.values()].includes(turn), "with its items");
        ended.add(turn);
    }
  }
}
