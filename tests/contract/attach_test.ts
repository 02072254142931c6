/**
 * Processes that outlive their connection: what was written arrives once and in
 * order, whoever comes and goes.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { type AppServer, createAppServer } from "../../mod.ts";
import { Client } from "../../src/client/mod.ts";
import type { ExecLimits } from "../../src/exec/mod.ts";
import { createMark } from "../kit/marked_processes.ts";
import {
  initialize,
  next,
  nextReply,
  type Peer,
  type Received,
  request,
} from "../kit/peer.ts";
import { atRest } from "../kit/process_facts.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";

const HOUR_MS = 3_600_000;
const SOCKETS = ["ws://127.0.0.1:0", "unix://"] as const;
const capabilities = { experimentalApi: true, gangway: {} };
const isExited = ({ method }: Received) => method === "process/exited";

interface World extends AsyncDisposable {
  readonly server: ServerProcess;
  /** A directory for the test's own files. */
  readonly path: string;
  /** A new connection that has the capability. */
  connect(): Promise<Peer>;
}

async function open(listen: string = SOCKETS[0]): Promise<World> {
  const stack = new AsyncDisposableStack();
  const { path } = stack.use(await createTempDir());
  const server = stack.use(
    await ServerProcess.start({
      home: path,
      listen: listen === "unix://" ? `unix://${path}/socket` : listen,
      env: { GANGWAY_LOG: "trace" },
    }),
  );
  return {
    server,
    path,
    connect: async () => {
      const peer = stack.use(await server.connect());
      await initialize(peer, capabilities);
      return peer;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** The parameters of a process that is kept. */
function toSpawn(command: readonly string[], more: object = {}): object {
  return {
    command,
    processHandle: "p",
    cwd: "/",
    streamStdoutStderr: true,
    outputBytesCap: null,
    timeoutMs: null,
    keepAlive: { graceMs: HOUR_MS },
    ...more,
  };
}

/** Asks, and gives the answer; notifications in front of it are dropped. */
async function ask(
  peer: Peer,
  method: string,
  params: object,
  // deno-lint-ignore no-explicit-any -- whatever the server says
): Promise<any> {
  await peer.send(request(method, method, params));
  const { id, result, error } = await nextReply(peer);
  assert.equal(id, method);
  if (error !== undefined) throw Object.assign(new Error(), error);
  return result;
}

async function spawn(
  peer: Peer,
  command: readonly string[],
  more?: object,
): Promise<string> {
  const { attachment } = await ask(
    peer,
    "process/spawn",
    toSpawn(command, more),
  );
  return attachment.attachSecret;
}

function attach(
  peer: Peer,
  attachSecret: string,
  more: object = {},
): Promise<{ cursor: number; droppedBytes: number; exitCode: number | null }> {
  return ask(peer, "gangway/process/attach", {
    attachSecret,
    processHandle: "p",
    ...more,
  });
}

/** What one client has of a process, over all its connections. */
class Reader {
  readonly pieces = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  /** The last one that arrived. */
  cursor = 0;

  /**
   * Reads until a message that ends it.
   *
   * @param isEnd Looks at every message, after its delta was taken.
   */
  async read(
    peer: Peer,
    isEnd: (message: Received) => boolean,
  ): Promise<Received> {
    for (;;) {
      const message = await next(peer);
      const { method, params } = message;
      if (method === "process/outputDelta") {
        const bytes = Buffer.from(params.deltaBase64, "base64");
        assert.equal(params.cursor, this.cursor + bytes.length);
        this.cursor = params.cursor;
        this.pieces[params.stream as "stdout" | "stderr"].push(bytes);
      }
      if (isEnd(message)) return message;
    }
  }

  all(stream: "stdout" | "stderr"): Buffer {
    return Buffer.concat(this.pieces[stream]);
  }
}

/** Numbered lines, as a shell writes them. */
function lines(count: number): string {
  return Array.from({ length: count }, (_, at) => `${at + 1}\n`).join("");
}

for (const listen of SOCKETS) {
  Deno.test(`process/spawn with keepAlive on ${listen}: over any number of connections that break anywhere, exactly what was written arrives, then the end`, async () => {
    await using world = await open(listen);
    const breaks = fc.array(
      fc.record({
        deltas: fc.nat({ max: 12 }),
        /** How the client goes. */
        way: fc.constantFrom("drop", "detach", "takeover"),
        /** How much of what it has it asks for again, at most. */
        backBytes: fc.constantFrom(0, 0, 1, 1_000),
      }),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(
        breaks,
        fc.constantFrom(10, 60_000),
        async (all, count) => {
          let peer = await world.connect();
          const attachSecret = await spawn(peer, [
            "sh",
            "-c",
            `seq ${count} & seq ${count} >&2; wait; exit 5`,
          ]);
          const reader = new Reader();
          let isOver = false;
          for (const { deltas, way, backBytes } of all) {
            let left = deltas;
            const isEnd = (message: Received) =>
              isExited(message) || left-- <= 0;
            isOver = isExited(await reader.read(peer, isEnd));
            if (way === "detach" && !isOver) {
              await peer.send(
                request("d", "gangway/process/detach", { processHandle: "p" }),
              );
              const end = await reader.read(
                peer,
                (one) => one.id === "d" || isExited(one),
              );
              isOver = isExited(end);
              if (!isOver) {
                assert.deepEqual(end.result, { cursor: reader.cursor });
              }
            }
            if (way !== "takeover") await peer[Symbol.asyncDispose]();
            peer = await world.connect();
            // Of what it has, it forgets a part that is surely one stream's.
            const [piece] = reader.pieces.stdout.slice(-1);
            const isLast = piece !== undefined &&
              reader.pieces.stderr.length === 0;
            const back = isLast ? Math.min(backBytes, piece.length) : 0;
            if (back > 0) {
              reader.pieces.stdout.pop();
              reader.pieces.stdout.push(
                piece!.subarray(0, piece!.length - back),
              );
              reader.cursor -= back;
            }
            const { cursor, droppedBytes } = await attach(peer, attachSecret, {
              cursor: reader.cursor,
            });
            assert.deepEqual([cursor, droppedBytes], [reader.cursor, 0]);
          }
          const end = await reader.read(peer, isExited);
          assert.equal(end.params.exitCode, 5);
          const written = lines(count);
          for (const stream of ["stdout", "stderr"] as const) {
            assert.equal(reader.all(stream).toString(), written);
          }
          assert.equal(reader.cursor, 2 * written.length);
          await peer[Symbol.asyncDispose]();
        },
      ),
      { numRuns: 12 },
    );
  });
}

Deno.test("gangway/process/attach: with little kept, what is missing is announced, and what follows is the newest", async () => {
  await using world = await open();
  const { path } = world;
  await new Deno.Command("mkfifo", { args: [`${path}/go`] }).output();
  const one = await world.connect();
  const attachSecret = await spawn(one, [
    "sh",
    "-c",
    `echo start; read go < ${path}/go; seq 50000; touch ${path}/done; sleep 60`,
  ], { keepAlive: { graceMs: HOUR_MS, scrollbackBytes: 1_000 } });
  const reader = new Reader();
  await reader.read(one, () => reader.cursor === 6);
  await one[Symbol.asyncDispose]();
  await Deno.writeTextFile(`${path}/go`, "go\n");
  await until(
    "all is written",
    () => Deno.stat(`${path}/done`).then(() => true, () => false),
  );
  const two = await world.connect();
  const written = `start\n${lines(50_000)}`;
  const answer = await until("all is read", async () => {
    const found = await attach(two, attachSecret, {
      cursor: 6,
      processHandle: crypto.randomUUID(),
    });
    return found.cursor === written.length - 1_000 && found;
  });
  assert.deepEqual(answer, {
    cursor: written.length - 1_000,
    droppedBytes: written.length - 1_000 - 6,
    exitCode: null,
  });
  const rest = new Reader();
  rest.cursor = answer.cursor;
  await rest.read(two, () => rest.cursor === written.length);
  assert.equal(rest.all("stdout").toString(), written.slice(-1_000));
});

Deno.test("gangway/process/attach: its answer comes before the output, and all of process/* works with the new handle alone", async () => {
  await using world = await open();
  const one = await world.connect();
  const attachSecret = await spawn(one, ["cat"], { streamStdin: true });
  await one.send(request("w", "process/writeStdin", {
    processHandle: "p",
    deltaBase64: btoa("hello"),
  }));
  const first = new Reader();
  await first.read(one, () => first.cursor === 5);
  const two = await world.connect();
  // What is pipelined behind it finds it already.
  await two.send(
    request(1, "gangway/process/attach", { attachSecret, processHandle: "q" }),
    request(2, "process/writeStdin", {
      processHandle: "q",
      deltaBase64: btoa(" again"),
    }),
    request(3, "process/resizePty", {
      processHandle: "q",
      size: { rows: 1, cols: 1 },
    }),
    request(4, "process/writeStdin", { processHandle: "p", closeStdin: true }),
  );
  const reader = new Reader();
  const replies = new Map<unknown, Received>();
  await reader.read(two, (message) => {
    if (message.method === undefined) replies.set(message.id, message);
    else assert.ok(replies.has(1), "a delta before the answer");
    return replies.size === 4 && reader.cursor === 11;
  });
  assert.equal(reader.all("stdout").toString(), "hello again");
  assert.deepEqual(replies.get(1)?.result, {
    cursor: 0,
    droppedBytes: 0,
    exitCode: null,
  });
  assert.deepEqual(replies.get(2)?.result, {});
  assert.match(replies.get(3)!.error!.message, /not attached to a PTY/);
  assert.match(replies.get(4)!.error!.message, /no active process/);
  const detached = await first.read(
    one,
    ({ method }) => method === "gangway/process/detached",
  );
  assert.deepEqual(detached.params, { processHandle: "p", cursor: 5 });
  await assert.rejects(ask(one, "process/kill", { processHandle: "p" }), {
    message: 'no active process for process handle "p"',
  });
  await two.send(request(5, "process/kill", { processHandle: "q" }));
  const end = await reader.read(two, isExited);
  assert.deepEqual(
    [end.params.processHandle, end.params.exitCode],
    ["q", 137],
  );
});

Deno.test("gangway/process/attach: from a connection that reads nothing any more, at once, and the process goes on for the new one", async () => {
  await using world = await open();
  const { server } = world;
  const stalled = await world.connect();
  const bytes = 100_000_000;
  const attachSecret = await spawn(
    stalled,
    ["head", "-c", String(bytes), "/dev/zero"],
    { keepAlive: { graceMs: HOUR_MS, scrollbackBytes: 0 } },
  );
  // It stands against its reader.
  await atRest(server.pid);
  const peer = await world.connect();
  const { cursor, droppedBytes, exitCode } = await attach(peer, attachSecret);
  assert.equal(exitCode, null, "it was held up");
  // Nothing but what was sent there is missing.
  assert.equal(cursor, droppedBytes);
  let end = cursor;
  for (;;) {
    const { method, params } = await next(peer);
    if (method === "process/exited") break;
    end += Buffer.from(params.deltaBase64, "base64").length;
    assert.equal(params.cursor, end);
  }
  assert.equal(end, bytes);
  const old = new Reader();
  const detached = await old.read(
    stalled,
    ({ method }) => method === "gangway/process/detached",
  );
  // The last piece of it was on its way.
  assert.equal(detached.params.cursor, old.cursor);
  assert.ok(old.cursor >= cursor, `${old.cursor} of ${cursor}`);
});

Deno.test("gangway/process/attach: of many that race, all answer, the last one stays, and nobody gets a byte twice", async () => {
  await using world = await open();
  const one = await world.connect();
  const attachSecret = await spawn(one, ["seq", "200000"], {
    keepAlive: { graceMs: HOUR_MS, scrollbackBytes: 4_000_000 },
  });
  const peers = await Promise.all(Array.from({ length: 8 }, world.connect));
  const readers = await Promise.all(peers.map(async (peer) => {
    const reader = new Reader();
    await peer.send(request("a", "gangway/process/attach", {
      attachSecret,
      processHandle: "p",
    }));
    const end = await reader.read(
      peer,
      (message) =>
        isExited(message) || message.method === "gangway/process/detached",
    );
    if (!isExited(end)) assert.equal(end.params.cursor, reader.cursor);
    return { reader, isLast: isExited(end) };
  }));
  const written = lines(200_000);
  for (const { reader, isLast } of readers) {
    const text = reader.all("stdout").toString();
    assert.equal(text, isLast ? written : written.slice(0, text.length));
  }
  assert.ok(readers.some(({ isLast }) => isLast));
});

Deno.test("gangway/process/attach: a terminal session goes on, with the job in it", async () => {
  await using world = await open();
  const one = await world.connect();
  const size = { rows: 20, cols: 70 };
  const attachSecret = await spawn(one, ["sh", "-i"], {
    tty: true,
    size,
    env: { PS1: "$ ", ENV: null },
  });
  const type = (peer: Peer, processHandle: string, text: string) =>
    ask(peer, "process/writeStdin", { processHandle, deltaBase64: btoa(text) });
  const shows = async (peer: Peer, from: number, pattern: RegExp) => {
    const reader = new Reader();
    reader.cursor = from;
    await reader.read(
      peer,
      () => pattern.test(reader.all("stdout").toString()),
    );
    return reader.cursor;
  };
  await one.send(request("w", "process/writeStdin", {
    processHandle: "p",
    deltaBase64: btoa("sleep 1000 & echo job $!; X=kept\n"),
  }));
  const cursor = await shows(one, 0, /job \d+\r\n/);
  await one[Symbol.asyncDispose]();
  const two = await world.connect();
  await attach(two, attachSecret, { processHandle: "q", cursor });
  await ask(two, "process/resizePty", {
    processHandle: "q",
    size: { rows: 33, cols: 99 },
  });
  const { cursor: at } = await ask(two, "gangway/process/detach", {
    processHandle: "q",
  });
  await attach(two, attachSecret, { processHandle: "r", cursor: at });
  await two.send(request("w", "process/writeStdin", {
    processHandle: "r",
    deltaBase64: btoa("stty size; echo is $X; jobs\n"),
  }));
  await shows(two, at, /33 99\r\n[^]*is kept\r\n[^]*sleep 1000/);
  await type(two, "r", "exit\n");
});

Deno.test("keepAlive: whoever asks for it and leaves has graceMs, then the whole tree is killed and the secret opens nothing", async () => {
  await using world = await open();
  const one = await world.connect();
  /** A tree with so much time; two of them, as nobody comes back in no time. */
  const grow = async (processHandle: string, graceMs: number) => {
    const mark = createMark();
    const attachSecret = await spawn(
      one,
      ["sh", "-c", "sleep 1000 & sleep 1000 & wait"],
      { processHandle, env: mark.env, keepAlive: { graceMs } },
    );
    const pids = await until("the tree runs", async () => {
      const found = await mark.pids();
      return found.length === 3 && found;
    });
    return { attachSecret, mark, pids };
  };
  const patient = await grow("patient", HOUR_MS);
  const hasty = await grow("hasty", 500);
  await one[Symbol.asyncDispose]();
  await until("it is gone", async () => (await hasty.mark.pids()).length === 0);
  const two = await world.connect();
  await attach(two, patient.attachSecret);
  assert.deepEqual(
    await patient.mark.pids(),
    patient.pids,
    "it outlived its connection",
  );
  await assert.rejects(
    attach(two, hasty.attachSecret, { processHandle: "q" }),
    {
      code: -32600,
      message: "no process for this attachSecret",
    },
  );
});

for (
  const [what, more] of [
    ["without keepAlive", { keepAlive: undefined }],
    ["with a keepAlive of null", { keepAlive: null }],
  ] as const
) {
  Deno.test(`process/spawn ${what} ends with its connection`, async () => {
    await using world = await open();
    const one = await world.connect();
    const mark = createMark();
    const params = toSpawn(["sleep", "1000"], { env: mark.env, ...more });
    assert.deepEqual(await ask(one, "process/spawn", params), {});
    await until("it runs", async () => (await mark.pids()).length === 1);
    await assert.rejects(
      ask(one, "gangway/process/detach", { processHandle: "p" }),
      { message: 'process "p" was not spawned with keepAlive' },
    );
    await one[Symbol.asyncDispose]();
    await until("it is gone", async () => (await mark.pids()).length === 0);
  });
}

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  Deno.test(`keepAlive: ${signal} to the server ends those that nobody is attached to`, async () => {
    await using world = await open();
    const one = await world.connect();
    const mark = createMark();
    await spawn(one, ["sh", "-c", "sleep 1000 & sleep 1000 & wait"], {
      env: mark.env,
    });
    await until("the tree runs", async () => (await mark.pids()).length === 3);
    await ask(one, "gangway/process/detach", { processHandle: "p" });
    await one[Symbol.asyncDispose]();
    world.server.kill(signal);
    await world.server.exit();
    await until("it is gone", async () => (await mark.pids()).length === 0);
  });
}

Deno.test("keepAlive: a client without the capability can neither ask for it nor see any of it", async () => {
  await using world = await open();
  const mark = createMark();
  const owner = await world.connect();
  const attachSecret = await spawn(owner, ["sleep", "1000"]);
  const stock = await world.server.connect();
  const { result } = await initialize(stock, { experimentalApi: true });
  assert.equal(result.gangway, undefined);
  for (
    const [method, params] of [
      ["gangway/process/attach", { attachSecret, processHandle: "p" }],
      ["gangway/process/detach", { processHandle: "p" }],
    ] as const
  ) {
    await assert.rejects(ask(stock, method, params), (error: Error) => {
      const start = `Invalid request: unknown variant \`${method}\`, expected`;
      assert.ok(error.message.startsWith(start));
      assert.ok(!error.message.slice(start.length).includes("gangway"));
      return true;
    });
  }
  // Not even looked at.
  const params = toSpawn(["sh", "-c", "echo x; sleep 1000"], {
    env: mark.env,
    keepAlive: { graceMs: "nonsense" },
  });
  assert.deepEqual(await ask(stock, "process/spawn", params), {});
  const { emittedAtMs: _, ...delta } = await next(stock) as Received & {
    emittedAtMs: number;
  };
  assert.deepEqual(delta, {
    method: "process/outputDelta",
    params: {
      processHandle: "p",
      stream: "stdout",
      deltaBase64: btoa("x\n"),
      capReached: false,
    },
  });
  await stock[Symbol.asyncDispose]();
  await until("it is gone", async () => (await mark.pids()).length === 0);
  // The other one is still there.
  await attach(await world.connect(), attachSecret);
});

Deno.test("attachSecret shows in no log, no error and nobody else's notifications", async () => {
  await using world = await open();
  const { server } = world;
  const one = await world.connect();
  const attachSecret = await spawn(one, ["sleep", "1000"]);
  const two = await world.connect();
  const texts: string[] = [];
  const wrong = attachSecret.slice(0, -1) +
    (attachSecret.endsWith("A") ? "E" : "A");
  for (
    const params of [
      { attachSecret: wrong },
      { attachSecret: [attachSecret] },
      { attachSecret: { attachSecret } },
      { attachSecret, cursor: 1 },
      { attachSecret, processHandle: "" },
    ]
  ) {
    const error = await attach(two, attachSecret, params).then(
      () => assert.fail("attached"),
      (error: Error) => error,
    );
    texts.push(error.message);
  }
  await attach(two, attachSecret);
  texts.push(JSON.stringify(await next(one)));
  await two.send(`{"id":1,"method":"x","params":"${attachSecret}"`);
  server.kill("SIGTERM");
  await server.exit();
  assert.match(server.stderr, /connected/, "The log is at work");
  texts.push(server.stderr);
  for (const text of texts) {
    for (let at = 0; at + 12 <= attachSecret.length; at += 6) {
      const part = attachSecret.slice(at, at + 12);
      assert.ok(!text.includes(part), text);
    }
  }
});

/** A client within the process. */
function connectTo(server: AppServer): Promise<Client> {
  return Client.connect({ channel: server.connect() }, { capabilities });
}

async function createServer(
  exec: Partial<ExecLimits>,
): Promise<AsyncDisposable & { readonly server: AppServer }> {
  const stack = new AsyncDisposableStack();
  const home = stack.use(await createTempDir());
  const server = stack.use(
    await createAppServer({ home: home.path, limits: { exec } }),
  );
  return { server, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("createAppServer() with limits.exec: nobody parks more processes than there are places, by reconnecting either", async () => {
  await using world = await createServer({
    maxKeptProcesses: 3,
    maxGraceMs: 1_000_000,
    maxScrollbackBytes: 5_000,
  });
  const park = async (command: [string, ...string[]] = ["sleep", "1000"]) => {
    await using client = await connectTo(world.server);
    const { attachment } = await client.request("process/spawn", {
      command,
      processHandle: "p",
      cwd: "/",
      streamStdoutStderr: true,
      timeoutMs: null,
      keepAlive: { graceMs: 1e15, scrollbackBytes: 1e15 },
    });
    return attachment!;
  };
  const { attachSecret, ...bounds } = await park();
  assert.deepEqual(bounds, { graceMs: 1_000_000, scrollbackBytes: 5_000 });
  await park();
  await park();
  await assert.rejects(park(), {
    code: -32001,
    message: "too many processes: 3 that may outlive their connection " +
      "are kept already",
  });
  // One whose end is told gives its place up.
  await using client = await connectTo(world.server);
  using exits = client.notifications("process/exited");
  await client.request("gangway/process/attach", {
    attachSecret,
    processHandle: "q",
  });
  await client.request("process/kill", { processHandle: "q" });
  await exits.next();
  await park();
  await assert.rejects(park(), { code: -32001 });
});

Deno.test("process/spawn with keepAlive: $/cancelRequest before its answer kills it, and leaves no place taken", async () => {
  await using world = await createServer({ maxKeptProcesses: 1 });
  await using client = await connectTo(world.server);
  const mark = createMark();
  const params = {
    command: ["sleep", "1000"],
    processHandle: "p",
    cwd: "/",
    env: mark.env,
    streamStdoutStderr: true,
    timeoutMs: null,
    keepAlive: {},
  };
  const controller = new AbortController();
  const { signal } = controller;
  const answer = client.request("process/spawn", params, { signal });
  controller.abort(new Error("not needed"));
  await assert.rejects(answer, { message: "not needed" });
  await until(
    "there is a place again",
    () => client.request("process/spawn", params).then(() => true, () => false),
  );
  await until("one of them runs", async () => (await mark.pids()).length === 1);
});
