import { Client } from "../../../src/client/mod.ts";
import { percentile } from "../../bench/statistics.ts";
import { createMark, type Mark } from "../../kit/marked_processes.ts";
import { ServerProcess } from "../../kit/server_process.ts";
import { createTempDir } from "../../kit/temp_dir.ts";
import { until } from "../../kit/until.ts";
import { delay } from "../../bench/delay.ts";
import { Ledger } from "./ledger.ts";
import { play, type Players } from "./play.ts";
import { Random } from "./random.ts";
import { SCRIPT } from "./script.ts";

/** How often a server is killed, and by which dice. */
export interface CrashOptions {
  readonly kills: number;
  /** The same seed gives the same choices; times are never the same. */
  readonly seed: number;
  /** Told after each kill. */
  readonly onProgress?: (kills: number, faults: readonly string[]) => void;
}

/** What came of it. */
export interface CrashReport {
  readonly kills: number;
  /** Kills of a server that had not yet said that it listens. */
  readonly killsAtStart: number;
  readonly threads: number;
  /** Messages that were accepted, those that steered a turn too. */
  readonly accepted: number;
  readonly turns: number;
  /** Turns that a kill cut off. */
  readonly cutTurns: number;
  /** Items that clients were told are complete. */
  readonly items: number;
  /** Consents that nobody had given when the server was killed. */
  readonly waiting: number;
  /** Processes below a server when it was killed. */
  readonly processes: number;
  /** From the start of a server to its first page of threads. */
  readonly restartMs: { readonly p50: number; readonly max: number };
  /** What was not as it has to be, a line each. */
  readonly faults: readonly string[];
}

/** Threads that are played at a time. */
const AT_ONCE = 3;
/** How long a server lives once threads are played. */
const LIFE_MS = 900;
/** How long it takes to start, about. */
const START_MS = 600;
const KILLS_AT_START = 0.08;

/** Kills a server again and again, and looks at what the next one finds. */
export async function crash(options: CrashOptions): Promise<CrashReport> {
  await using home = await createTempDir();
  const run = new Run(options, home.path, createMark());
  return await run.all();
}

class Run {
  readonly #options: CrashOptions;
  readonly #home: string;
  readonly #mark: Mark;
  readonly #random: Random;
  readonly #ledgers: Ledger[] = [];
  readonly #faults: string[] = [];
  readonly #restartsMs: number[] = [];
  #killsAtStart = 0;
  #waiting = 0;
  #processes = 0;

  constructor(options: CrashOptions, home: string, mark: Mark) {
    this.#options = options;
    this.#home = home;
    this.#mark = mark;
    this.#random = new Random(options.seed);
  }

  async all(): Promise<CrashReport> {
    await this.#furnish();
    const { kills, onProgress } = this.#options;
    let played: Ledger[] = [];
    for (let kill = 1; kill <= kills; kill++) {
      const before = this.#faults.length;
      if (this.#random.chance(KILLS_AT_START)) await this.#killAtStart();
      else played = await this.#live(played);
      onProgress?.(kill, this.#faults.slice(before));
    }
    await this.#lookAtAll();
    const turns = this.#ledgers.flatMap((one) => [...one.turns.values()]);
    return {
      kills,
      killsAtStart: this.#killsAtStart,
      threads: this.#ledgers.length,
      accepted: this.#ledgers.reduce((sum, one) => sum + one.accepted.size, 0),
      turns: turns.length,
      cutTurns: turns.filter(({ status }) => status === undefined).length,
      items: turns.reduce((sum, { items }) => sum + items.length, 0),
      waiting: this.#waiting,
      processes: this.#processes,
      restartMs: {
        p50: percentile(this.#restartsMs, 0.5),
        max: Math.max(...this.#restartsMs),
      },
      faults: this.#faults,
    };
  }

  async #furnish(): Promise<void> {
    const script = `${this.#home}/script.json`;
    await Deno.writeTextFile(script, JSON.stringify(SCRIPT));
    await Deno.writeTextFile(
      `${this.#home}/config.toml`,
      `model = "scripted"
model_provider = "offline"
approval_policy = "never"
sandbox_mode = "danger-full-access"
[model_providers.offline]
name = "Offline"
base_url = "script://${script}"
`,
    );
  }

  /** One life of a server: it is looked at, used, and killed. */
  async #live(played: readonly Ledger[]): Promise<Ledger[]> {
    const started = performance.now();
    await using server = await this.#start();
    const clients = [await connect(server)];
    try {
      const client = clients[0]!;
      await this.#checkList(client, played);
      this.#restartsMs.push(performance.now() - started);
      for (const ledger of played) await this.#checkThread(client, ledger);
      const next = await this.#choose(client);
      const players = await Promise.all(next.map(async (): Promise<Players> => {
        const [follower, other] = [
          await connect(server),
          await connect(server),
        ];
        clients.push(follower, other);
        return { follower, other };
      }));
      const playing = next.map((ledger, at) =>
        play(ledger, players[at]!, this.#random)
      );
      await delay(this.#random.below(LIFE_MS));
      this.#processes += (await this.#mark.pids()).length - 1;
      server.kill("SIGKILL");
      await server.exit();
      this.#faults.push(...(await Promise.all(playing)).flat());
      this.#waiting += next.reduce((sum, one) => sum + one.waiting.size, 0);
      await this.#checkProcesses();
      return next;
    } finally {
      await Promise.all(clients.map((one) => one.close()));
    }
  }

  async #killAtStart(): Promise<void> {
    this.#killsAtStart++;
    await using server = ServerProcess.launch({
      home: this.#home,
      listen: "ws://127.0.0.1:0",
      env: this.#env,
    });
    await delay(this.#random.below(START_MS));
    server.kill("SIGKILL");
    await server.exit();
    await this.#checkProcesses();
  }

  /** Shells read no profile of whoever runs this, nor leave locks in it. */
  get #env(): Readonly<Record<string, string>> {
    return { ...this.#mark.env, HOME: this.#home };
  }

  #start(): Promise<ServerProcess> {
    return ServerProcess.start({
      home: this.#home,
      listen: "ws://127.0.0.1:0",
      env: this.#env,
    });
  }

  async #checkProcesses(): Promise<void> {
    const isGone = async () => (await this.#mark.pids()).length === 0;
    await until("all processes are gone", isGone).catch(async () => {
      this.#faults.push(`processes are left: ${await this.#mark.pids()}`);
    });
  }

  /** Every thread in which something was said is in the list. */
  async #checkList(client: Client, ledgers: readonly Ledger[]): Promise<void> {
    const listed = new Set<string>();
    let cursor: string | null = null;
    do {
      const page: { data: { id: string }[]; nextCursor: string | null } =
        await client.request("thread/list", { cursor, limit: 50 });
      for (const { id } of page.data) listed.add(id);
      cursor = page.nextCursor;
    } while (cursor !== null);
    for (const { threadId, accepted } of ledgers) {
      if (accepted.size === 0 || listed.has(threadId)) continue;
      this.#faults.push(`thread ${threadId} is not listed`);
    }
  }

  /** What was promised is there, and the thread can be worked with. */
  async #checkThread(client: Client, ledger: Ledger): Promise<void> {
    const { threadId } = ledger;
    if (ledger.accepted.size === 0) return;
    try {
      const read = await client.request("thread/read", {
        threadId,
        includeTurns: true,
      });
      this.#note(ledger, ledger.check(read.thread.turns));
      await this.#checkConsents(ledger);
      let asked = 0;
      using _asked = client.handle(
        "item/commandExecution/requestApproval",
        () => (asked++, { decision: "decline" }),
      );
      const { thread } = await client.request("thread/resume", { threadId });
      this.#note(ledger, ledger.check(thread.turns));
      if (thread.status.type !== "idle") {
        this.#note(ledger, [`its status is ${thread.status.type}`]);
      }
      ledger.waiting.clear();
      using events = client.notifications();
      const text = `next ${crypto.randomUUID()}`;
      await client.request("turn/start", {
        threadId,
        input: [{ type: "text", text }],
      });
      ledger.accepted.add(text);
      for await (const event of events) {
        const { params } = event as { params: { threadId?: string } };
        if (params.threadId !== threadId) continue;
        ledger.note(event);
        if (event.method !== "turn/completed") continue;
        const { status } = event.params.turn;
        if (status !== "completed") {
          this.#note(ledger, [`the next turn is ${status}`]);
        }
        break;
      }
      if (asked > 0) this.#note(ledger, ["an old question is asked again"]);
      await this.#checkConsents(ledger);
      await client.request("thread/unsubscribe", { threadId });
    } catch (error) {
      this.#note(ledger, [String(error)]);
    }
  }

  /** What nobody consented to was not done. */
  async #checkConsents(ledger: Ledger): Promise<void> {
    const granted = await Deno.readTextFile(`${ledger.directory}/granted.txt`)
      .catch(() => "");
    const done = granted.split("\n").length - 1;
    const isDone = ledger.asks && done > ledger.consents;
    if (isDone) {
      this.#note(ledger, [`done ${done} times, allowed ${ledger.consents}`]);
    }
    const path = await this.#findFile(ledger);
    const records = path === undefined ? "" : await Deno.readTextFile(path);
    for (const turnId of ledger.waiting.values()) {
      const isRecorded = records.split("\n").some((line) =>
        line.includes(`"gangway_request"`) && line.includes(turnId)
      );
      if (!isRecorded) {
        this.#note(ledger, [`the question of turn ${turnId} is not on record`]);
      }
    }
  }

  async #findFile({ threadId }: Ledger): Promise<string | undefined> {
    const found = await new Deno.Command("find", {
      args: [`${this.#home}/sessions`, "-name", `*${threadId}.jsonl`],
      cwd: this.#home,
    }).output();
    const [path] = new TextDecoder().decode(found.stdout).split("\n");
    return path === "" ? undefined : path;
  }

  /** Threads for the next life, some of them new. */
  async #choose(client: Client): Promise<Ledger[]> {
    const old = this.#ledgers.filter(({ lives, accepted }) =>
      lives < 5 && accepted.size > 0
    );
    const chosen = new Set<Ledger>();
    while (chosen.size < AT_ONCE) {
      const again = this.#random.pick(old);
      const isAgain = again !== undefined && this.#random.chance(0.5);
      const ledger = isAgain ? again : await this.#createThread(client);
      ledger.lives++;
      chosen.add(ledger);
    }
    return [...chosen];
  }

  async #createThread(client: Client): Promise<Ledger> {
    const asks = this.#random.chance(0.4);
    const directory = `${this.#home}/work-${this.#ledgers.length}`;
    await Deno.mkdir(directory);
    const { thread } = await client.request("thread/start", {
      cwd: directory,
      ...asks && { approvalPolicy: "untrusted" },
    });
    await client.request("thread/unsubscribe", { threadId: thread.id });
    const ledger = new Ledger({ threadId: thread.id, directory, asks });
    this.#ledgers.push(ledger);
    return ledger;
  }

  /** At the end, everything once more. */
  async #lookAtAll(): Promise<void> {
    await using server = await this.#start();
    await using client = await connect(server);
    await this.#checkList(client, this.#ledgers);
    for (const ledger of this.#ledgers) {
      ledger.waiting.clear();
      await this.#checkThread(client, ledger);
    }
  }

  #note({ threadId }: Ledger, faults: readonly string[]): void {
    this.#faults.push(...faults.map((one) => `thread ${threadId}: ${one}`));
  }
}

function connect(server: ServerProcess): Promise<Client> {
  return Client.connect({ url: server.url }, {
    clientInfo: { name: "crash", version: "1" },
    capabilities: { experimentalApi: true },
  });
}
