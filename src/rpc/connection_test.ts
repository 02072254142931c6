import assert from "node:assert/strict";
import { type FsReadFileParams, RpcError } from "../protocol/mod.ts";
import { createLogger } from "../telemetry/mod.ts";
import {
  createLineChannel,
  createMemoryChannelPair,
} from "../transport/mod.ts";
import type { Channel } from "../transport/channel.ts";
import { Connection } from "./connection.ts";
import { type Claim, KeyedQueue } from "./keyed_queue.ts";
import {
  type BoundRow,
  type Context,
  EncodedParams,
  EncodedResult,
} from "./method.ts";
import { Peers } from "./peers.ts";
import type { Switchboard } from "./switchboard.ts";

type Handle = (params: FsReadFileParams, context: Context) => unknown;

interface World {
  channel: Channel;
  connection: Connection;
  log: string[];
  /** Sends a message as it stands, or encoded. */
  send(message: unknown): Promise<void>;
  /** The next message from the server, its text. */
  next(): Promise<string>;
  /** Ends the peer's side and waits for the server's. */
  end(): Promise<void>;
}

const limits = {
  maxInFlight: 4,
  maxHeldBytes: 1 << 20,
  maxValues: 1_000,
  pauseAtQueuedBytes: 1 << 20,
  maxQueuedBytes: 1 << 26,
  stallMs: 30_000,
  flushMs: 5_000,
};

/** What a server whose `fs/readFile` is the given function makes of a peer. */
function createBoard(
  handle: Handle,
  { claims = () => [], load, prepare, log = [], bounds = {} }: {
    claims?: (params: FsReadFileParams) => Claim[];
    load?: () => Promise<void>;
    prepare?: () => Promise<void>;
    log?: string[];
    bounds?: Partial<typeof limits>;
  } = {},
): Switchboard {
  const row: BoundRow = {
    reach: "connection",
    claims: (params) => claims(params as FsReadFileParams),
    handle: (params, context) => handle(params as FsReadFileParams, context),
    ...load !== undefined && { load },
  };
  let asked = 0;
  return {
    table: new Map([["fs/readFile", row]]),
    queue: new KeyedQueue(),
    limits: { ...limits, ...bounds },
    log: createLogger({ write: (line) => log.push(line) }),
    tracer: undefined,
    nextRequestId: () => asked++,
    handshake: ({ clientInfo, capabilities }) => ({
      result: {
        userAgent: "test",
        codexHome: "/",
        platformFamily: "unix",
        platformOs: "linux",
      },
      client: {
        name: clientInfo.name,
        version: clientInfo.version,
        experimentalApi: capabilities?.experimentalApi ?? false,
        gangway: capabilities?.gangway ?? undefined,
      },
      async greet(connection) {
        await prepare?.();
        connection.notify("configWarning", { summary: "w", details: null });
      },
    }),
  };
}

/** A server whose `fs/readFile` is the given function, and its peer. */
function open(
  handle: Handle,
  { claims, load, prepare, bounds = {}, initialized = true }: {
    claims?: (params: FsReadFileParams) => Claim[];
    load?: () => Promise<void>;
    prepare?: () => Promise<void>;
    bounds?: Partial<typeof limits>;
    initialized?: boolean;
  } = {},
): World {
  const [ours, theirs] = createMemoryChannelPair();
  const log: string[] = [];
  const board = createBoard(handle, {
    log,
    bounds,
    ...claims === undefined ? {} : { claims },
    ...load !== undefined && { load },
    ...prepare !== undefined && { prepare },
  });
  const connection = new Connection(1, ours, board);
  const run = connection.run();
  const frames = theirs.frames[Symbol.asyncIterator]();
  const world: World = {
    channel: theirs,
    connection,
    log,
    send: (message) =>
      theirs.send([
        typeof message === "string" ? message : JSON.stringify(message),
      ]),
    async next() {
      const { value } = await frames.next();
      return value as string;
    },
    async end() {
      await theirs.close(1000, "bye");
      await run;
    },
  };
  if (initialized) {
    world.send({
      id: "init",
      method: "initialize",
      params: { clientInfo: { name: "t", version: "1" } },
    });
    const next = world.next;
    const greeted = next().then(next);
    world.next = () => greeted.then(next);
  }
  return world;
}

const read = (id: unknown, path = "/a") => ({
  id,
  method: "fs/readFile",
  params: { path },
});

/** Waits for a condition that other work of this process makes true. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve));
}

const plain = (text: string) => text.replace(/,"emittedAtMs":\d+/, "");

Deno.test("Connection answers initialize first, then greets, and takes it once", async () => {
  const world = open(() => ({ dataBase64: "" }), { initialized: false });
  await world.send(read(1));
  assert.equal(
    await world.next(),
    '{"error":{"code":-32600,"message":"Not initialized"},"id":1}',
  );
  const hello = {
    id: 2,
    method: "initialize",
    params: { clientInfo: { name: "t", version: "1" } },
  };
  await world.send(hello);
  await world.send(read(3));
  await world.send({ ...hello, id: 4 });
  assert.match(await world.next(), /^\{"id":2,"result":\{"userAgent":"test"/);
  assert.equal(
    plain(await world.next()),
    '{"method":"configWarning","params":{"summary":"w","details":null}}',
  );
  const rest = [await world.next(), await world.next()].sort();
  assert.deepEqual(rest, [
    '{"error":{"code":-32600,"message":"Already initialized"},"id":4}',
    '{"id":3,"result":{"dataBase64":""}}',
  ]);
  await world.end();
});

Deno.test("Connection answers initialize at once, and reads on when what the greeting needs is there", async () => {
  const gate = Promise.withResolvers<void>();
  const world = open(() => ({ dataBase64: "" }), {
    prepare: () => gate.promise,
    initialized: false,
  });
  await world.send({
    id: 0,
    method: "initialize",
    params: { clientInfo: { name: "t", version: "1" } },
  });
  await world.send({ id: 1, method: "initialize", params: {} });
  await world.send(read(2));
  assert.match(await world.next(), /"id":0,"result"/);
  assert.equal(world.connection.requestsInFlight, 0);
  gate.resolve();
  assert.match(await world.next(), /configWarning/);
  assert.match(await world.next(), /"error":.*"id":1/);
  assert.match(await world.next(), /"id":2,"result"/);
  await world.end();
});

Deno.test("Connection that can't greet its client says why in the log, and hangs up", async () => {
  const world = open(() => ({ dataBase64: "" }), {
    prepare: () => Promise.reject(new Error("no such room")),
    initialized: false,
  });
  await world.send({
    id: 0,
    method: "initialize",
    params: { clientInfo: { name: "t", version: "1" } },
  });
  assert.match(await world.next(), /"id":0,"result"/);
  const { by, code, reason } = await world.channel.closed;
  assert.deepEqual(
    { by, code, reason },
    { by: "peer", code: 1011, reason: "the server can't be set up" },
  );
  assert.ok(world.log.some((line) => line.includes("no such room")));
});

Deno.test("Connection refuses parameters and methods before it asks for the handshake", async () => {
  const world = open(() => ({}), { initialized: false });
  await world.send({ id: 1, method: "nope" });
  await world.send({ id: 2, method: "fs/readFile", params: { path: 5 } });
  assert.match(
    await world.next(),
    /-32600,"message":"Invalid request: unknown/,
  );
  assert.match(
    await world.next(),
    /-32600,"message":"Invalid request: invalid/,
  );
  await world.end();
});

Deno.test("Connection answers a method that is not offered yet with one fixed error", async () => {
  const world = open(() => ({}));
  await world.send({ id: 1, method: "thread/start", params: {} });
  assert.equal(
    await world.next(),
    '{"error":{"code":-32601,"message":"thread/start is not supported yet"},"id":1}',
  );
  await world.end();
});

Deno.test("Connection knows methods of ours only where the capability was negotiated", async () => {
  const message = {
    id: 1,
    method: "gangway/process/detach",
    params: { processHandle: "p" },
  };
  const stock = open(() => ({}));
  await stock.send(message);
  assert.match(
    await stock.next(),
    /"code":-32600,"message":"Invalid request: unknown variant `gangway\/process\/detach`, expected one of `initialize`/,
  );
  await stock.end();
  const ours = open(() => ({}), { initialized: false });
  await ours.send({
    id: 0,
    method: "initialize",
    params: {
      clientInfo: { name: "t", version: "1" },
      capabilities: { gangway: {} },
    },
  });
  await ours.next();
  await ours.next();
  await ours.send(message);
  assert.match(await ours.next(), /"code":-32601,.*not supported yet/);
  await ours.send({ ...message, params: {} });
  assert.match(await ours.next(), /missing field `processHandle`/);
  await ours.end();
});

Deno.test("Connection drops garbage with a log line and lives on", async () => {
  const world = open(() => ({ dataBase64: "" }));
  for (const junk of ["", "[", "5", "[]", '{"id":1.5,"method":"x"}', "{}"]) {
    await world.send(junk);
  }
  await world.send(read(7));
  assert.equal(await world.next(), '{"id":7,"result":{"dataBase64":""}}');
  assert.equal(world.log.length, 6);
  assert.match(world.log[4]!, /field `id`/);
  await world.end();
});

Deno.test("Connection logs of garbage where it came from and what is wrong, not what is in it", async () => {
  const world = open(() => ({ dataBase64: "" }));
  await world.send(
    '{"id":1.5,"method":"account/login/start","params":{"apiKey":"sk-2a9f"}}',
  );
  await world.send('{"id":1,"method":"m","params":{"apiKey":"sk-2a9f"}');
  await world.send("sk-2a9f");
  await world.send(read(7));
  await world.next();
  const lines = world.log.map((line) => line.slice(line.indexOf("dropped")));
  const where = "connection=1 transport=memory peer=memory";
  assert.deepEqual(lines, [
    `dropped a message that can't be read ${where} ` +
    'reason="field `id`: expected a string or a 64-bit integer, got 1.5" ' +
    "method=account/login/start length=71\n",
    `dropped a message that can't be read ${where} ` +
    "reason=\"not JSON: Expected ',' or '}' after property value in JSON at " +
    'position 50 (line 1 column 51)" method=m length=50\n',
    `dropped a message that can't be read ${where} ` +
    "reason=\"not JSON: Unexpected token 's'\" length=7\n",
  ]);
  await world.end();
});

Deno.test("Connection says what went wrong: a refusal as it stands, a bug without its stack", async () => {
  const world = open(({ path }) => {
    throw new Error(`broken ${path}`);
  });
  await world.send(read(1));
  assert.equal(
    await world.next(),
    '{"error":{"code":-32603,"message":"broken /a"},"id":1}',
  );
  assert.match(world.log[0]!, /request failed/);
  await world.end();
});

Deno.test("Connection gives every pipelined request its reply, with few in flight", async () => {
  let inFlight = 0;
  let most = 0;
  const world = open(async ({ path }) => {
    most = Math.max(most, ++inFlight);
    await new Promise((resolve) => setTimeout(resolve));
    inFlight--;
    return { dataBase64: path };
  });
  const total = 500;
  const sent = (async () => {
    for (let id = 0; id < total; id++) await world.send(read(id, `/${id}`));
  })();
  const ids = new Set<number>();
  while (ids.size < total) {
    const { id, result } = JSON.parse(await world.next());
    assert.deepEqual(result, { dataBase64: `/${id}` });
    ids.add(id);
  }
  await sent;
  assert.equal(most, limits.maxInFlight);
  await world.end();
});

Deno.test("Connection reads no further while the requests in flight are large", async () => {
  const gates: PromiseWithResolvers<void>[] = [];
  const world = open(async () => {
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    return { dataBase64: "" };
  }, { bounds: { maxHeldBytes: 1000, maxInFlight: 100 } });
  const large = (id: number) => ({ ...read(id), padding: "x".repeat(400) });
  world.send(read(0));
  for (let id = 1; id <= 6; id++) world.send(large(id));
  let done = 0;
  for (const size of [4, 4, 5, 6, 7, 7, 7]) {
    // Whatever may be read was read once nothing moves any more.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    await new Promise((resolve) => setTimeout(resolve));
    assert.equal(gates.length, size);
    gates[done++]!.resolve();
    await world.next();
  }
  await world.end();
});

Deno.test("Connection refuses a message of too many values by its id, and lives on", async () => {
  const world = open(() => ({ dataBase64: "" }), {
    bounds: { maxValues: 100 },
  });
  const crowd = "{},".repeat(200) + "{}";
  const refusal = (id: unknown) =>
    JSON.stringify({
      error: {
        code: -32600,
        message: "Invalid request: the message holds more than 100 values",
      },
      id,
    });
  await world.send(`{"id":"a","method":"fs/readFile","params":[${crowd}]}`);
  assert.equal(await world.next(), refusal("a"));
  await world.send(`{"method":"fs/readFile","params":[${crowd}],"id":5}`);
  assert.equal(await world.next(), refusal(5));
  await world.send("[".repeat(1_000_000));
  assert.equal(await world.next(), refusal(null));
  await world.send(
    `{"id":6,"method":"fs/readFile","params":{"path":"/a",` +
      `"more":"${crowd.replaceAll('"', "")}"}}`,
  );
  assert.equal(await world.next(), '{"id":6,"result":{"dataBase64":""}}');
  await world.end();
});

Deno.test("Connection answers a request whose claims can't be made", async () => {
  const world = open(() => ({ dataBase64: "" }), {
    claims: ({ path }) => {
      if (path === "/bad") throw new RangeError("too deep");
      return [];
    },
  });
  await world.send(read(1, "/bad"));
  assert.match(await world.next(), /"code":-32603.*"id":1\}$/);
  await world.send(read(2));
  assert.equal(await world.next(), '{"id":2,"result":{"dataBase64":""}}');
  await world.end();
});

Deno.test("Connection keeps requests with the same claim in order", async () => {
  const order: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const world = open(async ({ path }) => {
    const gate = Promise.withResolvers<void>();
    gates.set(path, gate);
    order.push(`start ${path}`);
    await gate.promise;
    order.push(`end ${path}`);
    return { dataBase64: "" };
  }, {
    claims: ({ path }) => [{ lane: path[1]!, access: "exclusive" }],
  });
  await world.send(read(1, "/a1"));
  await world.send(read(2, "/a2"));
  await world.send(read(3, "/b1"));
  // b1 is a lane of its own and overtakes a2.
  while (!gates.has("/b1")) await Promise.resolve();
  gates.get("/b1")!.resolve();
  assert.match(await world.next(), /"id":3/);
  gates.get("/a1")!.resolve();
  assert.match(await world.next(), /"id":1/);
  while (!gates.has("/a2")) await Promise.resolve();
  gates.get("/a2")!.resolve();
  assert.match(await world.next(), /"id":2/);
  assert.deepEqual(order, [
    "start /a1",
    "start /b1",
    "end /b1",
    "end /a1",
    "start /a2",
    "end /a2",
  ]);
  await world.end();
});

Deno.test("$/cancelRequest ends a running and a waiting request, and ignores an unknown id", async () => {
  const world = open(
    (_, { signal }) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason))
      ),
    { claims: () => [{ lane: "x", access: "exclusive" }] },
  );
  const big = "9007199254740993";
  await world.send(read(1));
  await world.send(
    `{"id":${big},"method":"fs/readFile","params":{"path":"/"}}`,
  );
  await world.send({ method: "$/cancelRequest", params: { id: "nobody" } });
  await world.send(`{"method":"$/cancelRequest","params":{"id":${big}}}`);
  assert.equal(
    await world.next(),
    `{"error":{"code":-32800,"message":"Request cancelled"},"id":${big}}`,
  );
  await world.send({ method: "$/cancelRequest", params: { id: 1 } });
  assert.equal(
    await world.next(),
    '{"error":{"code":-32800,"message":"Request cancelled"},"id":1}',
  );
  await world.end();
});

Deno.test("Connection tells handlers that their client is gone", async () => {
  const aborted = Promise.withResolvers<unknown>();
  const started = Promise.withResolvers<void>();
  const world = open((_, { signal }) => {
    started.resolve();
    return new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => {
        aborted.resolve(signal.reason);
        reject(signal.reason);
      })
    );
  });
  await world.send(read(1));
  await started.promise;
  await world.end();
  assert.match(String(await aborted.promise), /The client is gone/);
});

Deno.test("Context.afterReply() runs behind the reply, and not at all behind a refusal", async () => {
  const world = open(({ path }, { afterReply, notify }) => {
    afterReply(() => notify("fs/changed", { watchId: path, changedPaths: [] }));
    if (path === "/bad") throw new Error("no");
    return { dataBase64: "" };
  });
  await world.send(read(1, "/bad"));
  await world.send(read(2, "/good"));
  assert.match(await world.next(), /"error".*"id":1/);
  assert.match(await world.next(), /"id":2,"result"/);
  assert.match(await world.next(), /"fs\/changed".*"\/good"/);
  await world.end();
});

Deno.test("Context.ask() gets the client's answer, although all places are taken", async () => {
  const world = open(async (_, context) => {
    const answer = await context.ask("currentTime/read", { threadId: "t" });
    return { dataBase64: String(answer) };
  });
  for (let id = 0; id < limits.maxInFlight * 2; id++) {
    await world.send(read(id));
  }
  for (let n = 0; n < limits.maxInFlight * 2; n++) {
    const { id, method, params } = JSON.parse(await world.next());
    assert.deepEqual([method, params], ["currentTime/read", { threadId: "t" }]);
    await world.send({ id, result: `answer ${id}` });
  }
  const answers = [];
  for (let n = 0; n < limits.maxInFlight * 2; n++) {
    answers.push(JSON.parse(await world.next()).result.dataBase64);
  }
  assert.equal(new Set(answers).size, limits.maxInFlight * 2);
  await world.end();
});

Deno.test("Context.ask() rejects with what the client refused, or when it is gone", async () => {
  const errors: unknown[] = [];
  const world = open(async (_, context) => {
    await context.ask("attestation/generate", {}).catch((error) =>
      errors.push(error)
    );
    return { dataBase64: "" };
  });
  await world.send(read(1));
  const { id } = JSON.parse(await world.next());
  await world.send({ id, error: { code: -5, message: "won't", data: 1 } });
  assert.match(await world.next(), /"id":1,"result"/);
  await world.send(read(2));
  await world.next();
  await world.end();
  const [refused, gone] = errors as [Error & { code: number }, Error];
  assert.deepEqual([refused.code, refused.message], [-5, "won't"]);
  assert.match(gone.message, /The client is gone/);
});

/** A session of programs that run until they are told to end. */
function createPrograms() {
  const running = new Map<string, PromiseWithResolvers<string>>();
  return {
    running,
    run(path: string): Promise<string> {
      const program = Promise.withResolvers<string>();
      running.set(path, program);
      return program.promise.finally(() => running.delete(path));
    },
    [Symbol.dispose]() {
      for (const program of running.values()) program.resolve("disposed");
    },
  };
}

/** Runs a program at `/run…`, ends one at `/end…`. */
const runPrograms: Handle = async ({ path }, context) => {
  const programs = context.session(createPrograms);
  if (path.startsWith("/end")) {
    programs.running.get(`/run${path.slice(4)}`)?.resolve("ended");
    return { dataBase64: "" };
  }
  const stop = () => programs.running.get(path)?.resolve("cancelled");
  context.signal.addEventListener("abort", stop, { once: true });
  const end = await context.parked(programs.run(path));
  return { dataBase64: `${path} ${end}` };
};

Deno.test("Context.parked() keeps a request's place and bytes free: behind 300 of them the next is answered", async () => {
  const world = open(runPrograms, { bounds: { maxHeldBytes: 20_000 } });
  const total = 300;
  for (let id = 0; id < total; id++) {
    await world.send({ ...read(id, `/run${id}`), padding: "x".repeat(1000) });
  }
  for (let id = total - 1; id >= 0; id--) {
    await world.send(read(`end ${id}`, `/end${id}`));
    const answers = [await world.next(), await world.next()].sort();
    assert.deepEqual(answers, [
      `{"id":"end ${id}","result":{"dataBase64":""}}`,
      `{"id":${id},"result":{"dataBase64":"/run${id} ended"}}`,
    ]);
  }
  await world.end();
});

Deno.test("Context.parked() counts a request again once the wait is over", async () => {
  const started: string[] = [];
  const wait = Promise.withResolvers<void>();
  const counted = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const world = open(async ({ path }, { parked }) => {
    started.push(path);
    if (path !== "/1") return await gate.promise, { dataBase64: "" };
    await parked(wait.promise);
    counted.resolve();
    return await gate.promise, { dataBase64: "" };
  }, { bounds: { maxInFlight: 2 } });
  await world.send(read(1, "/1"));
  await world.send(read(2, "/2"));
  await until(() => started.length === 2);
  wait.resolve();
  await counted.promise;
  // The third is being read already; the fourth has to wait.
  await world.send(read(3, "/3"));
  await world.send(read(4, "/4"));
  await until(() => started.length === 3);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(started, ["/1", "/2", "/3"]);
  gate.resolve();
  for (let reply = 0; reply < 4; reply++) await world.next();
  assert.deepEqual(started, ["/1", "/2", "/3", "/4"]);
  await world.end();
});

Deno.test("Context.parked() and Context.ask() of one request may overlap", async () => {
  const gate = Promise.withResolvers<void>();
  const world = open(async ({ path }, context) => {
    if (path !== "/both") return { dataBase64: "" };
    const [answer] = await Promise.all([
      context.ask("attestation/generate", {}),
      context.parked(gate.promise),
    ]);
    return { dataBase64: String(answer) };
  }, { bounds: { maxInFlight: 1 } });
  await world.send(read(1, "/both"));
  const { id } = JSON.parse(await world.next());
  await world.send({ id, result: "yes" });
  await world.send(read(2));
  assert.equal(await world.next(), '{"id":2,"result":{"dataBase64":""}}');
  gate.resolve();
  assert.equal(await world.next(), '{"id":1,"result":{"dataBase64":"yes"}}');
  await world.send(read(3));
  assert.equal(await world.next(), '{"id":3,"result":{"dataBase64":""}}');
  await world.end();
});

Deno.test("Context.parked() rejects as its promise does", async () => {
  const world = open((_, { parked }) =>
    parked(Promise.reject(RpcError.invalidRequest("no such program")))
  );
  await world.send(read(1));
  assert.equal(
    await world.next(),
    '{"error":{"code":-32600,"message":"no such program"},"id":1}',
  );
  await world.end();
});

Deno.test("$/cancelRequest reaches a parked request", async () => {
  const world = open(runPrograms);
  for (let id = 0; id < 10; id++) await world.send(read(id, `/run${id}`));
  await world.send({ method: "$/cancelRequest", params: { id: 7 } });
  assert.equal(
    await world.next(),
    '{"id":7,"result":{"dataBase64":"/run7 cancelled"}}',
  );
  await world.end();
});

Deno.test("Connection tells parked requests that their client is gone, and waits for them", async () => {
  const ends: string[] = [];
  const world = open(async ({ path }, { signal, parked }) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve());
    await parked(promise);
    await Promise.resolve();
    ends.push(path);
    return { dataBase64: "" };
  }, { bounds: { maxInFlight: 1 } });
  const paths = Array.from({ length: 10 }, (_, id) => `/${id}`);
  for (const [id, path] of paths.entries()) await world.send(read(id, path));
  await world.end();
  assert.deepEqual(ends, paths);
});

Deno.test("Connection disposes what belongs to it, then gives a peer that stopped talking the replies of parked requests", async () => {
  const { run, output } = openEnded(runPrograms, { flushMs: 1 }, "/run1");
  const text = await new Response(output).text();
  await run;
  assert.match(
    text,
    /\n\{"id":1,"result":\{"dataBase64":"\/run1 disposed"\}\}\n$/,
  );
});

Deno.test("Connection disposes at once what is made for it after its end has begun", async () => {
  const gate = Promise.withResolvers<void>();
  const disposed = Promise.withResolvers<void>();
  const first = () => ({
    async [Symbol.asyncDispose]() {
      gate.resolve();
      await disposed.promise;
    },
  });
  const second = () => ({ [Symbol.dispose]: () => disposed.resolve() });
  const { run, output } = openEnded(async (_, { session }) => {
    session(first);
    await gate.promise;
    session(second);
    return { dataBase64: "" };
  }, {});
  assert.match(await new Response(output).text(), /"id":1,"result"/);
  await run;
});

Deno.test("Connection loads what a method needs once it is called, and begins the requests for it in order", async () => {
  const gate = Promise.withResolvers<void>();
  const began: string[] = [];
  let loads = 0;
  const world = open(({ path }) => {
    began.push(path);
    return { dataBase64: "" };
  }, {
    async load() {
      loads++;
      await gate.promise;
    },
  });
  await world.send(read(1, "/1"));
  await world.send(read(2, "/2"));
  await until(() => loads === 2);
  assert.deepEqual(began, []);
  gate.resolve();
  await world.send(read(3, "/3"));
  for (const id of [1, 2, 3]) {
    assert.match(await world.next(), new RegExp(`"id":${id},"result"`));
  }
  assert.deepEqual(began, ["/1", "/2", "/3"]);
  await world.end();
});

Deno.test("Connection answers with an error where what a method needs can't be loaded, and tries again", async () => {
  let isThere = false;
  const world = open(() => ({ dataBase64: "" }), {
    load: () =>
      isThere ? Promise.resolve() : Promise.reject(new Error("no such file")),
  });
  await world.send(read(1));
  assert.match(await world.next(), /"error":\{"code":-32603,.*"id":1/);
  isThere = true;
  await world.send(read(2));
  assert.match(await world.next(), /"id":2,"result"/);
  await world.end();
});

Deno.test("$/cancelRequest ends a request that waits for what it needs to be loaded", async () => {
  const gate = Promise.withResolvers<void>();
  let isLoading = false;
  const began: string[] = [];
  const world = open(({ path }) => {
    began.push(path);
    return { dataBase64: "" };
  }, {
    load() {
      isLoading = true;
      return gate.promise;
    },
  });
  await world.send(read(1, "/1"));
  await until(() => isLoading);
  await world.send({ method: "$/cancelRequest", params: { id: 1 } });
  await world.send(read(2, "/2"));
  gate.resolve();
  assert.match(await world.next(), /"code":-32800,.*"id":1/);
  assert.match(await world.next(), /"id":2,"result"/);
  assert.deepEqual(began, ["/2"]);
  await world.end();
});

Deno.test("Connection disposes what belongs to it only once the requests that came in time have begun", async () => {
  const gate = Promise.withResolvers<void>();
  const { run, output } = openEnded(runPrograms, {}, "/run1", () => {
    // The input has ended by then; nobody waits for a timer.
    setTimeout(gate.resolve);
    return gate.promise;
  });
  const text = await new Response(output).text();
  await run;
  assert.match(
    text,
    /\n\{"id":1,"result":\{"dataBase64":"\/run1 disposed"\}\}\n$/,
  );
});

Deno.test("Context.session() makes one thing per connection and disposes it with it", async () => {
  let made = 0;
  let disposed = 0;
  const create = () => ({
    id: ++made,
    [Symbol.dispose]: () => void disposed++,
  });
  const world = open((_, { session }) => ({
    dataBase64: String(session(create).id),
  }));
  await world.send(read(1));
  await world.send(read(2));
  assert.match(await world.next(), /"dataBase64":"1"/);
  assert.match(await world.next(), /"dataBase64":"1"/);
  await world.end();
  assert.deepEqual([made, disposed], [1, 1]);
});

Deno.test("Connection sends a result in pieces as one message, and holds its claim until then", async () => {
  const encoder = new TextEncoder();
  const order: string[] = [];
  const world = open(({ path }) => {
    order.push(`start ${path}`);
    return new EncodedResult(async function* ({ head, tail }) {
      yield encoder.encode(head);
      yield encoder.encode('{"dataBase64":');
      await new Promise((resolve) => setTimeout(resolve));
      yield encoder.encode(`"${path}"}`);
      yield encoder.encode(tail);
      order.push(`end ${path}`);
    });
  }, { claims: () => [{ lane: "x", access: "exclusive" }] });
  await world.send(read(1, "/1"));
  await world.send(read(2, "/2"));
  assert.equal(await world.next(), '{"id":1,"result":{"dataBase64":"/1"}}');
  assert.equal(await world.next(), '{"id":2,"result":{"dataBase64":"/2"}}');
  assert.deepEqual(order, ["start /1", "end /1", "start /2", "end /2"]);
  await world.end();
});

Deno.test("Connection gives back what a result holds when nobody is there to take it", async () => {
  const released = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const world = open(async () => {
    started.resolve();
    await gate.promise;
    return new EncodedResult(
      async function* () {
        yield await Promise.reject(
          new Error("pulled although nobody is there"),
        );
      },
      released.resolve,
    );
  });
  await world.send(read(1));
  await started.promise;
  world.channel.terminate();
  gate.resolve();
  await released.promise;
  await world.end();
});

/** Parameters of `fs/changed` that are written into the same memory. */
function createChanged() {
  const memory = new Uint8Array(200);
  let encoded = 0;
  return {
    get encoded() {
      return encoded;
    },
    next(watchId: string): EncodedParams {
      return new EncodedParams(({ head, tail }) => {
        encoded++;
        const params = JSON.stringify({ watchId, changedPaths: [] });
        const text = `${head}${params}${tail}`;
        return memory.subarray(
          0,
          new TextEncoder().encodeInto(text, memory).written,
        );
      });
    },
  };
}

Deno.test("Context.notify() with parameters that write themselves sends the same text, and lets their memory be used again", async () => {
  const changed = createChanged();
  const world = open(async (_, { notify }) => {
    for (const watchId of ["a", "bb", "ccc"]) {
      await notify("fs/changed", { watchId, changedPaths: [] });
      await notify("fs/changed", changed.next(watchId));
    }
    return { dataBase64: "" };
  });
  await world.send(read(1));
  for (const watchId of ["a", "bb", "ccc"]) {
    const [object, bytes] = [await world.next(), await world.next()];
    assert.match(bytes, /,"emittedAtMs":\d+\}$/);
    assert.equal(plain(bytes), plain(object));
    assert.deepEqual(JSON.parse(bytes).params, { watchId, changedPaths: [] });
  }
  assert.match(await world.next(), /"id":1,"result"/);
  await world.end();
});

Deno.test("Context.notify() has parameters written for nobody who won't take them", async () => {
  const changed = createChanged();
  const done = Promise.withResolvers<void>();
  const world = open(async ({ path }, { notify }) => {
    await notify("fs/changed", changed.next(path));
    return { dataBase64: "" };
  }, { initialized: false });
  await world.send({
    id: 1,
    method: "initialize",
    params: {
      clientInfo: { name: "t", version: "1" },
      capabilities: { optOutNotificationMethods: ["fs/changed"] },
    },
  });
  await world.send(read(2));
  await world.next();
  await world.next();
  assert.match(await world.next(), /"id":2,"result"/);
  const began = Promise.withResolvers<void>();
  const other = open((_, { notify, signal }) => {
    signal.addEventListener("abort", () => {
      notify("fs/changed", changed.next("x")).then(done.resolve);
    });
    began.resolve();
    return done.promise;
  });
  await other.send(read(1));
  await began.promise;
  other.channel.terminate();
  await done.promise;
  assert.equal(changed.encoded, 0);
  await world.end();
});

Deno.test("Connection leaves out what a client opted out of, by exact name", async () => {
  const world = open((_, context) => {
    context.notify("fs/changed", { watchId: "w", changedPaths: [] });
    context.notify("configWarning", { summary: "again", details: null });
    return { dataBase64: "" };
  }, { initialized: false });
  await world.send({
    id: 1,
    method: "initialize",
    params: {
      clientInfo: { name: "t", version: "1" },
      capabilities: { optOutNotificationMethods: ["fs/changed", "config*"] },
    },
  });
  await world.send(read(2));
  await world.next();
  assert.match(await world.next(), /"summary":"w"/);
  assert.match(await world.next(), /"summary":"again"/);
  assert.match(await world.next(), /"id":2,"result"/);
  await world.end();
});

Deno.test("Connection.close() answers what was read before it hangs up with the reason", async () => {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const world = open(async () => {
    started.resolve();
    await gate.promise;
    return { dataBase64: "late" };
  });
  await world.send(read(1));
  await started.promise;
  world.connection.close(1001, "the server is shutting down");
  gate.resolve();
  assert.match(await world.next(), /"dataBase64":"late"/);
  const { reason, code } = await world.channel.closed;
  assert.deepEqual([code, reason], [1001, "the server is shutting down"]);
});

/** A connection whose peer has sent a request and ended its side. */
function openEnded(
  handle: Handle,
  bounds: Partial<typeof limits>,
  path?: string,
  load?: () => Promise<void>,
): { connection: Connection; run: Promise<void>; output: ReadableStream } {
  const input = new Blob([
    '{"id":0,"method":"initialize","params":' +
    '{"clientInfo":{"name":"t","version":"1"}}}\n',
    JSON.stringify(read(1, path)),
  ]);
  const { readable: output, writable } = new TransformStream<
    Uint8Array<ArrayBuffer>
  >();
  const channel = createLineChannel(input.stream(), writable);
  const connection = new Connection(
    1,
    channel,
    createBoard(handle, { bounds, ...load !== undefined && { load } }),
  );
  return { connection, run: connection.run(), output };
}

Deno.test("Connection gives a peer that only stopped talking its replies, however long they take to be made", async () => {
  const { run, output } = openEnded(async () => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    return { dataBase64: "" };
  }, { flushMs: 1, stallMs: 50 });
  const text = await new Response(output).text();
  await run;
  assert.match(text, /\n\{"id":1,"result":\{"dataBase64":""\}\}\n$/);
});

Deno.test("Connection gives a peer that only stopped talking its replies, however long they take to be read", async () => {
  const encoder = new TextEncoder();
  const { run, output } = openEnded(
    () =>
      new EncodedResult(async function* ({ head, tail }) {
        yield encoder.encode(`${head}[`);
        for (let piece = 0; piece < 5; piece++) yield encoder.encode("0,");
        yield encoder.encode(`0]${tail}`);
      }),
    { flushMs: 1 },
  );
  let text = "";
  for await (const chunk of output.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await run;
  assert.match(text, /\n\{"id":1,"result":\[0,0,0,0,0,0\]\}\n$/);
});

Deno.test("Connection gives up replies that a peer which stopped talking does not take", async () => {
  const { run, output } = openEnded(() => ({ dataBase64: "" }), {
    stallMs: 20,
  });
  await run;
  await output.cancel();
});

Deno.test("Connection.close() ends the waiting for a peer that stopped talking", async () => {
  const working = Promise.withResolvers<void>();
  const { connection, run, output } = openEnded(() => {
    working.resolve();
    return new Promise(() => {});
  }, { flushMs: 1 });
  await working.promise;
  connection.close(1001, "the server is shutting down");
  const drained = Array.fromAsync(output);
  await run;
  assert.ok((await drained).length > 0);
});

Deno.test("Peers.broadcast() reaches every client that has done its handshake", async () => {
  const peers = new Peers();
  const seen: string[] = [];
  const [ours, theirs] = createMemoryChannelPair();
  const board = {
    table: new Map(),
    queue: new KeyedQueue(),
    limits,
    log: createLogger({ write: () => {} }),
    tracer: undefined,
    nextRequestId: () => 0,
    handshake: () => ({
      result: {
        userAgent: "",
        codexHome: "",
        platformFamily: "",
        platformOs: "",
      },
      client: {
        name: "",
        version: "",
        experimentalApi: false,
        gangway: undefined,
      },
      greet: () => {},
    }),
  } satisfies Switchboard;
  const run = peers.run(new Connection(1, ours, board));
  const warning = { summary: "s", details: null };
  peers.broadcast("configWarning", warning);
  await theirs.send([
    '{"id":1,"method":"initialize","params":{"clientInfo":{"name":"","version":""}}}',
  ]);
  const frames = theirs.frames[Symbol.asyncIterator]();
  seen.push((await frames.next()).value as string);
  peers.broadcast("configWarning", warning);
  seen.push((await frames.next()).value as string);
  assert.match(seen[0]!, /"id":1/);
  assert.match(seen[1]!, /"summary":"s"/);
  assert.equal(peers.size, 1);
  await theirs.close(1000, "bye");
  await run;
  assert.equal(peers.size, 0);
});

Deno.test("Peers.ask() asks every client, and the first result counts", async () => {
  const { signal } = new AbortController();
  const params = { threadId: "t" };
  const peers = new Peers();
  const board = createBoard(() => {});
  const ask = () => peers.ask("currentTime/read", params, { signal, id: 7 });
  const open = (id: number) => {
    const [ours, theirs] = createMemoryChannelPair();
    const run = peers.run(new Connection(id, ours, board));
    const frames = theirs.frames[Symbol.asyncIterator]();
    const next = async () => (await frames.next()).value as string;
    const enter = async () => {
      await theirs.send([
        '{"id":1,"method":"initialize","params":{"clientInfo":{"name":"","version":""}}}',
      ]);
      await next(); // the reply
      await next(); // the greeting
    };
    const answer = async (text: string) => {
      assert.match(await next(), /"id":7,"method":"currentTime\/read"/);
      await theirs.send([`{"id":7,${text}}`]);
    };
    const leave = async () => {
      await theirs.close(1000, "bye");
      await run;
    };
    return { enter, answer, leave };
  };
  const clients = [1, 2, 3].map(open);
  const nobody = { message: "No client is there" };
  await assert.rejects(ask(), nobody);
  const [first, second, third] = clients;
  await first!.enter();
  await second!.enter();

  const answered = ask();
  await first!.answer('"error":{"code":-32601,"message":"not mine"}');
  await second!.answer('"result":{"currentTimeAt":5}');
  assert.deepEqual(await answered, { currentTimeAt: 5 });

  const refused = ask();
  await first!.answer('"error":{"code":-5,"message":"no"}');
  await second!.leave();
  await assert.rejects(refused, { name: "RpcError", code: -5 });

  await first!.leave();
  await third!.leave();
  await assert.rejects(ask(), nobody);
});
