/**
 * Threads against a picture of them: whatever clients do in whatever order, each
 * request has one answer, everybody who follows hears the same, and who comes
 * back knows what those know who stayed.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Expected,
  type Kind,
  type Picture,
  ThreadRun,
} from "./thread_run.ts";

const CLIENTS = 3;

type Command = fc.AsyncCommand<Picture, ThreadRun>;

/** A command with its words for the report of a failure. */
function command(
  name: string,
  check: (picture: Readonly<Picture>) => boolean,
  work: (picture: Picture, run: ThreadRun) => Promise<void>,
): Command {
  return {
    check,
    async run(picture, run) {
      await work(picture, run);
      await run.check(picture);
    },
    toString: () => name,
  };
}

/** One that is about a client that is there and a thread of some sort. */
function inThread(
  name: string,
  fits: (thread: Expected) => boolean,
  work: (
    thread: Expected,
    client: number,
    run: ThreadRun,
    picture: Picture,
  ) => Promise<void>,
): fc.Arbitrary<Command> {
  return fc.tuple(fc.nat(CLIENTS - 1), fc.nat(7)).map(([client, pick]) => {
    const choose = ({ threads }: Readonly<Picture>): Expected | undefined => {
      const fitting = threads.filter(fits);
      return fitting[pick % Math.max(1, fitting.length)];
    };
    return command(
      `${name}(client ${client}, thread ${pick})`,
      (picture) => picture.clients[client]! && choose(picture) !== undefined,
      (picture, run) => work(choose(picture)!, client, run, picture),
    );
  });
}

const isIdle = (one: Expected): boolean => one.isLoaded && !one.running;
const runs = (one: Expected): boolean => one.running !== undefined;

function toInput(text: string): unknown {
  return [{ type: "text", text }];
}

let words = 0;

function toText(kind: string): string {
  return `#${kind} ${++words}`;
}

/** The turn that runs ends; what was said meanwhile is in it. */
function end(thread: Expected, status: "completed" | "interrupted"): void {
  const turn = thread.turns.at(-1)!;
  turn.status = status;
  turn.texts.push(...thread.running!.said);
  thread.running = undefined;
}

const start = fc.nat(CLIENTS - 1).map((client) =>
  command(
    `thread/start(client ${client})`,
    ({ clients, threads }) => clients[client]! && threads.length < 4,
    async (picture, run) => {
      const id = await run.start(client);
      picture.threads.push({
        id,
        turns: [],
        isLoaded: true,
        isArchived: false,
        running: undefined,
      });
    },
  )
);

const turn = (kind: Kind): fc.Arbitrary<Command> =>
  inThread(`turn/start ${kind}`, isIdle, async (thread, client, run) => {
    const from = run.witness.told.length;
    const text = toText(kind);
    const { result } = await run.ask(client, "turn/start", {
      threadId: thread.id,
      input: toInput(text),
    });
    const { id } = result.turn;
    thread.turns.push({ id, status: "inProgress", texts: [text] });
    thread.running = { kind, said: [] };
    if (kind === "quick") {
      await run.told(thread.id, "turn/completed", from);
      end(thread, "completed");
    } else if (kind === "hang") {
      await run.told(thread.id, "item/agentMessage/delta", from);
    } else {
      await run.witness.until(() =>
        run.witness.asked.size > 0 &&
        run.witness.asked.values().some((one) => one.params.turnId === id)
      );
    }
  });

/**
 * Something was said into the turn that runs: a response is cut short by it, and
 * the model, asked again, ends the turn; a question waits for its answer first.
 */
async function hear(
  thread: Expected,
  run: ThreadRun,
  { text, from }: { text: string; from: number },
): Promise<void> {
  thread.running!.said.push(text);
  if (thread.running!.kind !== "hang") return;
  await run.told(thread.id, "turn/completed", from);
  end(thread, "completed");
}

const say = inThread("turn/start", runs, async (thread, client, run) => {
  const from = run.witness.told.length;
  const text = toText("more");
  const { result } = await run.ask(client, "turn/start", {
    threadId: thread.id,
    input: toInput(text),
  });
  assert.equal(result.turn.id, thread.turns.at(-1)!.id);
  await hear(thread, run, { text, from });
});

const steer = fc.boolean().chain((isRight) =>
  inThread(
    isRight ? "turn/steer" : "turn/steer of another turn",
    (thread) => thread.isLoaded && thread.turns.length > 0,
    async (thread, client, run) => {
      const { id, turns, running } = thread;
      const from = run.witness.told.length;
      const text = toText("steered");
      const last = turns.at(-1)!.id;
      const reply = await run.ask(client, "turn/steer", {
        threadId: id,
        input: toInput(text),
        expectedTurnId: isRight ? last : id,
      });
      if (isRight && running !== undefined) {
        assert.deepEqual(reply.result, { turnId: last });
        await hear(thread, run, { text, from });
      } else assert.equal(reply.error?.code, -32600);
    },
  )
);

const interrupt = inThread(
  "turn/interrupt",
  (thread) => thread.isLoaded && thread.turns.length > 0,
  async (thread, client, run) => {
    const from = run.witness.told.length;
    const reply = await run.ask(client, "turn/interrupt", {
      threadId: thread.id,
      turnId: thread.turns.at(-1)!.id,
    });
    if (thread.running === undefined) {
      assert.equal(reply.error?.message, "no active turn to interrupt");
      return;
    }
    assert.deepEqual(reply.result, {});
    await run.told(thread.id, "turn/completed", from);
    end(thread, "interrupted");
  },
);

/** One or two answer at a time; the first answer counts. */
const answer = fc.tuple(
  fc.constantFrom("accept", "decline", "cancel"),
  fc.boolean(),
).chain(([decision, isTwice]) =>
  inThread(
    `${decision}${isTwice ? " twice" : ""}`,
    ({ running }) => running?.kind === "ask",
    async (thread, client, run) => {
      const from = run.witness.told.length;
      const turnId = thread.turns.at(-1)!.id;
      const asker = run.clients[client]!.followed.has(thread.id)
        ? run.clients[client]!
        : run.witness;
      const question = await asker.until(() =>
        asker.asked.values().find(({ params }) => params.turnId === turnId)
      );
      asker.answer(question.id, { decision });
      if (isTwice) run.witness.answer(question.id, { decision });
      await run.told(thread.id, "turn/completed", from);
      end(thread, decision === "cancel" ? "interrupted" : "completed");
    },
  )
);

const join = fc.boolean().chain((catchesUp) =>
  inThread(
    catchesUp ? "thread/resume since" : "thread/resume",
    ({ isLoaded }) => isLoaded,
    ({ id }, client, run) => run.join(client, id, catchesUp),
  )
);

const unsubscribe = inThread(
  "thread/unsubscribe",
  () => true,
  async ({ id, isLoaded }, client, run) => {
    const follows = run.clients[client]!.followed.has(id);
    const { result } = await run.ask(client, "thread/unsubscribe", {
      threadId: id,
    });
    const there = follows ? "unsubscribed" : "notSubscribed";
    assert.deepEqual(result, { status: isLoaded ? there : "notLoaded" });
  },
);

const disconnect = fc.nat(CLIENTS - 1).map((client) =>
  command(
    `disconnect(client ${client})`,
    ({ clients }) => clients[client]!,
    async ({ clients }, run) => {
      await run.disconnect(client);
      clients[client] = false;
    },
  )
);

const connect = fc.nat(CLIENTS - 1).map((client) =>
  command(
    `connect(client ${client})`,
    ({ clients }) => !clients[client],
    async ({ clients }, run) => {
      await run.connect(client);
      clients[client] = true;
    },
  )
);

const compact = inThread(
  "thread/compact/start",
  (thread) => isIdle(thread) && thread.turns.length > 0,
  async (thread, client, run) => {
    const from = run.witness.told.length;
    await run.ask(client, "thread/compact/start", { threadId: thread.id });
    const { params } = await run.told(thread.id, "turn/completed", from);
    const { id } = params.turn;
    thread.turns.push({ id, status: "completed", texts: [] });
  },
);

const revert = inThread(
  "thread/revert",
  (thread) => thread.isLoaded && thread.turns.length > 0,
  async (thread, client, run) => {
    const at = Math.floor(thread.turns.length / 2);
    const reply = await run.ask(client, "thread/revert", {
      threadId: thread.id,
      beforeTurnId: thread.turns[at]!.id,
    });
    if (thread.running !== undefined) {
      assert.equal(reply.error?.code, -32600);
      return;
    }
    assert.equal(reply.error, undefined);
    await run.told(thread.id, "thread/reverted", 0);
    thread.turns.length = at;
  },
);

const archive = inThread(
  "thread/archive",
  (thread) => thread.isLoaded && thread.turns.length > 0,
  async (thread, client, run) => {
    const { id: threadId } = thread;
    const reply = await run.ask(client, "thread/archive", { threadId });
    assert.equal(reply.error, undefined);
    if (thread.running !== undefined) end(thread, "interrupted");
    thread.isLoaded = false;
    thread.isArchived = true;
  },
);

const unarchive = inThread(
  "thread/unarchive",
  ({ isArchived }) => isArchived,
  async (thread, client, run) => {
    const { id: threadId } = thread;
    const reply = await run.ask(client, "thread/unarchive", { threadId });
    assert.equal(reply.error, undefined);
    await run.witnessAgain(threadId);
    thread.isArchived = false;
    thread.isLoaded = true;
  },
);

const restart = fc.constant(command(
  "restart",
  () => true,
  async (picture, run) => {
    await run.restart(picture);
    picture.threads = picture.threads.filter(({ turns }) => turns.length > 0);
    for (const thread of picture.threads) {
      if (thread.running !== undefined) end(thread, "interrupted");
      if (thread.isArchived) continue;
      await run.witnessAgain(thread.id);
      thread.isLoaded = true;
    }
  },
));

Deno.test("threads are as a simple picture of them, whatever clients do", async () => {
  const all = [
    start,
    turn("quick"),
    turn("hang"),
    turn("ask"),
    turn("ask"),
    say,
    steer,
    interrupt,
    answer,
    join,
    join,
    unsubscribe,
    disconnect,
    connect,
    compact,
    revert,
    archive,
    unarchive,
    restart,
  ];
  // A run that has begun comes to its end, or it would leave things behind.
  const lastStart = performance.now() + 120_000;
  await fc.assert(
    fc.asyncProperty(
      fc.commands(all, { maxCommands: 40, size: "max" }),
      async (commands) => {
        if (performance.now() > lastStart) return;
        await using run = await ThreadRun.open(CLIENTS);
        const clients = Array<boolean>(CLIENTS).fill(true);
        await fc.asyncModelRun(
          () => ({ model: { threads: [], clients }, real: run }),
          commands,
        );
      },
    ),
    { numRuns: Number(Deno.env.get("GANGWAY_TEST_RUNS") ?? 25) },
  );
});
