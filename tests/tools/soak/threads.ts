import { Client } from "../../../src/client/mod.ts";
import { denoDirectory } from "../../kit/deno_directory.ts";
import { createMark } from "../../kit/marked_processes.ts";
import { createTempDir } from "../../kit/temp_dir.ts";
import { until } from "../../kit/until.ts";
import { type Census, takeCensus } from "./census.ts";
import { findGrowth } from "./soak.ts";

/** How much threads are used. */
export interface ThreadSoakOptions {
  readonly turns: number;
  readonly threads: number;
  /** Clients at a time; each comes, plays some turns and goes. */
  readonly clients: number;
  /** Told now and then how many turns are done. */
  readonly onProgress?: (done: number) => void;
}

/** A census of a server of threads that nobody uses. */
export interface ThreadCensus extends Census {
  /** What its heap holds once the garbage is collected. */
  readonly heapMiB: number;
}

/** A thread of the soak. */
interface Soaked {
  readonly id: string;
  /** How many were played in it. */
  turns: number;
  /** Whether a client plays in it now. */
  isTaken: boolean;
}

/** What came of it. */
export interface ThreadSoakReport {
  readonly turns: number;
  readonly threads: number;
  /** How often a client came. */
  readonly visits: number;
  readonly seconds: number;
  /** Most threads that were seen loaded at a time. */
  readonly mostLoaded: number;
  readonly fresh: ThreadCensus;
  /** Behind the turns that were played to warm it up. */
  readonly before: ThreadCensus;
  readonly after: ThreadCensus;
  /** What was not as it has to be, a line each. */
  readonly faults: readonly string[];
}

const MIB = 1024 * 1024;
const TURNS_PER_VISIT = 8;
const IDLE_UNLOAD_MS = 2_000;
const WARM_UP = 0.15;
const SETTLE_MS = 60_000;
const SERVER = new URL("./thread_server.ts", import.meta.url).pathname;

/** One in twenty-five turns runs a command. */
const SCRIPT = {
  responses: [
    {
      when: { output: "Wall time" },
      output: [{ say: "It ran" }],
      repeat: true,
    },
    {
      when: { user: "#run" },
      output: [{ call: "exec_command", arguments: { cmd: "echo ran" } }],
      repeat: true,
    },
    {
      output: [
        { think: ["I think"] },
        { say: "one two three", deltas: ["one ", "two ", "three"] },
      ],
      repeat: true,
    },
  ],
};

/** Plays turns in many threads, with clients that come and go. */
export async function soakThreads(
  options: ThreadSoakOptions,
): Promise<ThreadSoakReport> {
  await using home = await createTempDir();
  await using server = await ThreadServer.start(home.path);
  const run = new Run(options, server);
  const fresh = await server.census();
  const first = Math.ceil(options.turns * WARM_UP);
  await run.play(first);
  const before = await run.settle();
  const started = performance.now();
  await run.play(options.turns);
  const seconds = (performance.now() - started) / 1000;
  const after = await run.settle(before);
  return {
    turns: first + options.turns,
    threads: run.threads,
    visits: run.visits,
    seconds,
    mostLoaded: run.mostLoaded,
    fresh,
    before,
    after,
    faults: [...run.faults, ...findGrowth(before, after)],
  };
}

class Run {
  readonly faults: string[] = [];
  visits = 0;
  mostLoaded = 0;
  readonly #options: ThreadSoakOptions;
  readonly #server: ThreadServer;
  readonly #threads: Soaked[] = [];
  #next = 0;
  #played = 0;

  constructor(options: ThreadSoakOptions, server: ThreadServer) {
    this.#options = options;
    this.#server = server;
  }

  get threads(): number {
    return this.#threads.length;
  }

  async play(turns: number): Promise<void> {
    const end = this.#played + turns;
    let begun = this.#played;
    const clients = Array.from({ length: this.#options.clients }, async () => {
      while (begun < end) {
        const count = Math.min(TURNS_PER_VISIT, end - begun);
        begun += count;
        await this.#visit(count).catch((error) =>
          this.faults.push(String(error))
        );
      }
    });
    await Promise.all(clients);
  }

  /** Somebody comes, plays some turns in a thread, watches another, and goes. */
  async #visit(turns: number): Promise<void> {
    const number = this.visits++;
    const client = await Client.connect({ url: this.#server.url }, {
      clientInfo: { name: "soak", version: "1" },
      capabilities: { experimentalApi: true },
    });
    const thread = await this.#take(client);
    try {
      const other = this.#threads[number * 7 % this.#threads.length]!.id;
      await client.request("thread/resume", {
        threadId: other,
        excludeTurns: true,
      }).catch(() => {}); // nothing was said in it yet
      for (let turn = 0; turn < turns; turn++) {
        await this.#play(client, thread.id);
        thread.turns++;
      }
      const { data } = await client.request("thread/loaded/list", {});
      this.mostLoaded = Math.max(this.mostLoaded, data.length);
      if (number % 2 === 0) {
        await client.request("thread/unsubscribe", { threadId: thread.id });
      }
      if (number % 10 === 0) await this.#check(client, thread);
    } finally {
      thread.isTaken = false;
      await client.close();
    }
  }

  async #play(client: Client, threadId: string): Promise<void> {
    using ends = client.notifications("turn/completed");
    const word = ++this.#played % 25 === 0 ? "#run" : "talk";
    await client.request("turn/start", {
      threadId,
      input: [{ type: "text", text: `${word} ${this.#played}` }],
    });
    for await (const { params } of ends) {
      if (params.threadId !== threadId) continue;
      const { status } = params.turn;
      if (status !== "completed") this.faults.push(`a turn is ${status}`);
      break;
    }
    if (this.#played % 1000 === 0) this.#options.onProgress?.(this.#played);
  }

  /** A thread that nobody else plays in, opened for this client. */
  async #take(client: Client): Promise<Soaked> {
    if (this.#threads.length < this.#options.threads) {
      const { thread } = await client.request("thread/start", {});
      const taken = { id: thread.id, turns: 0, isTaken: true };
      this.#threads.push(taken);
      return taken;
    }
    for (;;) {
      const thread = this.#threads[this.#next++ % this.#threads.length]!;
      if (thread.isTaken) continue;
      thread.isTaken = true;
      await client.request("thread/resume", {
        threadId: thread.id,
        excludeTurns: true,
      });
      return thread;
    }
  }

  async #check(
    client: Client,
    { id, turns }: Soaked,
  ): Promise<void> {
    const { thread } = await client.request("thread/read", {
      threadId: id,
      includeTurns: true,
    });
    if (thread.turns.length === turns) return;
    this.faults.push(`${turns} turns were played, ${thread.turns.length} read`);
  }

  /** A census when nobody is there and every thread was let go of. */
  async settle(before?: ThreadCensus): Promise<ThreadCensus> {
    const client = await Client.connect({ url: this.#server.url });
    await until("every thread is let go of", async () => {
      const { data } = await client.request("thread/loaded/list", {});
      return data.length === 0;
    }, { timeoutMs: SETTLE_MS, everyMs: 200 });
    await client.close();
    // From outside: its threads go when they have had nothing to do for a while.
    await until("the server comes to rest", async () => {
      const now = await this.#server.look();
      return before === undefined || findGrowth(before, now).length === 0;
    }, { timeoutMs: SETTLE_MS, everyMs: 500 }).catch(() => {});
    return await this.#server.census();
  }
}

/** The server under soak, a process of its own. */
class ThreadServer implements AsyncDisposable {
  readonly #mark = createMark();
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  #rest = "";
  url = "";

  private constructor(home: string) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--quiet",
        "--v8-flags=--expose-gc",
        SERVER,
        home,
        String(IDLE_UNLOAD_MS),
      ],
      env: { HOME: home, DENO_DIR: denoDirectory() },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    this.#input = this.#child.stdin.getWriter();
  }

  static async start(home: string): Promise<ThreadServer> {
    const script = `${home}/script.json`;
    await Deno.writeTextFile(script, JSON.stringify(SCRIPT));
    await Deno.writeTextFile(
      `${home}/config.toml`,
      `model = "scripted"
model_provider = "offline"
approval_policy = "never"
sandbox_mode = "danger-full-access"
[model_providers.offline]
name = "Offline"
base_url = "script://${script}"
`,
    );
    const server = new ThreadServer(home);
    server.url = await server.#line();
    return server;
  }

  /** What it takes, as others see it. */
  look(): Promise<Census> {
    return takeCensus(this.#child.pid, this.#mark);
  }

  /** What it takes, and what its heap holds, for which it has to work. */
  async census(): Promise<ThreadCensus> {
    const census = await this.look();
    await this.#input.write(new TextEncoder().encode("\n"));
    const { heapUsed } = JSON.parse(await this.#line());
    return { ...census, heapMiB: heapUsed / MIB };
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { value } = await this.#lines.read();
      if (value === undefined) throw new Error("The server ended");
      this.#rest += value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#lines.cancel();
    await this.#child.status;
  }
}
