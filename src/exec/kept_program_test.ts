import assert from "node:assert/strict";
import { until } from "../../tests/kit/until.ts";
import { toProcessOrder } from "./_check_params.ts";
import { Deadlines } from "./_deadlines.ts";
import type { Delta } from "./_deltas.ts";
import { noSandbox, ScriptedSpawner } from "./_scripted_spawner_test.ts";
import type { Listener } from "./follower.ts";
import type { ExecLimits } from "./limits.ts";
import type { Outcome } from "./program.ts";
import { Programs } from "./programs.ts";
import type { Registry } from "./registry.ts";
import { processWords } from "./_words.ts";

const order = toProcessOrder({
  command: ["play"],
  processHandle: "p",
  cwd: "/",
  streamStdoutStderr: true,
  streamStdin: true,
  timeoutMs: null,
  outputBytesCap: null,
});
const HOUR_MS = 3_600_000;
const encode = (text: string) => new TextEncoder().encode(text);
const unknown = { code: -32600, message: "no process for this attachSecret" };

/** Notes all that it is told. */
class Notes implements Listener {
  readonly all: (string | number)[] = [];
  /** What each delta waits for. */
  gate: Promise<void> | undefined;

  readonly delta = ({ bytes, cursor }: Delta): Promise<void> => {
    this.all.push(new TextDecoder().decode(bytes), cursor!);
    return (this.gate ?? Promise.resolve()).then();
  };
  readonly exited = ({ exitCode }: Outcome): Promise<void> => {
    this.all.push("exited", exitCode);
    return Promise.resolve();
  };
  readonly detached = (cursor: number): Promise<void> => {
    this.all.push("detached", cursor);
    return Promise.resolve();
  };
}

function setUp(limits: Partial<ExecLimits> = {}) {
  const spawner = new ScriptedSpawner();
  const programs = new Programs({
    createSpawner: () => spawner,
    access: { checkRun: (program) => Promise.resolve(program) },
    sandbox: noSandbox,
    limits,
  });
  return { spawner, programs };
}

/** Notes for how long deadlines are set. */
function watchDeadlines(): Disposable & { readonly all: readonly unknown[] } {
  const { set } = Deadlines.prototype;
  const all: unknown[] = [];
  Deadlines.prototype.set = function (ms, ring) {
    all.push(ms);
    return set.call(this, ms, ring);
  };
  return {
    all,
    [Symbol.dispose]: () => {
      Deadlines.prototype.set = set;
    },
  };
}

interface KeepSettings {
  readonly name?: string;
  readonly graceMs?: number;
  readonly scrollbackBytes?: number;
}

/** A kept program that runs and is followed. */
async function keep(
  registry: Registry,
  { name = "p", graceMs = HOUR_MS, scrollbackBytes = 1000 }: KeepSettings = {},
) {
  const notes = new Notes();
  const follower = registry.keep(order, name, {
    graceMs,
    scrollbackBytes,
    listener: notes,
  });
  const { kept } = follower;
  await kept.program.started();
  const run = kept.run();
  const told = kept.tell(follower);
  return { kept, run, told, notes, secret: kept.secret.reveal() };
}

/** Follows a program from where it is kept. */
function attach(registry: Registry, secret: string, name = "p", cursor = 0) {
  const notes = new Notes();
  const follower = registry.attach(secret, name, { cursor, listener: notes });
  const { cursor: from, droppedBytes } = follower;
  const told = follower.kept.tell(follower);
  return { follower, from, droppedBytes, notes, told };
}

Deno.test("Registry.attach() goes on where the last connection was left, to the end, which is told to each who comes", async () => {
  const { programs, spawner } = setUp();
  await using _all = programs;
  const [one, two, three] = [0, 1, 2].map(programs.createRegistry);
  const first = await keep(one!);
  const [child] = spawner.children;
  child!.stdout.push(encode("ab"));
  await until("it was told", () => first.notes.all.length === 2);
  await one![Symbol.asyncDispose]();
  child!.stdout.push(encode("cd"));
  const second = attach(two!, first.secret, "q", 1);
  assert.deepEqual([second.from, second.droppedBytes], [1, 0]);
  await until("it was told", () => second.notes.all.at(-1) === 4);
  child!.stderr!.push(encode("e"));
  child!.die({ code: 3 });
  await second.told;
  await first.run;
  assert.deepEqual(first.notes.all, ["ab", 2]);
  assert.equal(
    second.notes.all.filter((one) => typeof one === "string").join(" "),
    second.notes.all.includes("bcd") ? "bcd e exited" : "b cd e exited",
  );
  assert.throws(() => two!.find("q", processWords), { code: -32600 });
  // What was told may not have arrived.
  const third = attach(three!, first.secret, "p", 4);
  assert.equal(third.follower.kept.exitCode, 3);
  await third.told;
  assert.deepEqual(third.notes.all, ["e", 5, "exited", 3]);
});

Deno.test("Registry.attach() says what is missing when less is kept", async () => {
  const { programs, spawner } = setUp();
  await using _all = programs;
  const [one, two] = [programs.createRegistry(), programs.createRegistry()];
  const { secret, run } = await keep(one, { scrollbackBytes: 3 });
  assert.equal(one.detach("p"), 0);
  const [child] = spawner.children;
  for (const text of ["abc", "def", "gh"]) child!.stdout.push(encode(text));
  child!.die({ code: 0 });
  await run;
  const { from, droppedBytes, notes, told } = attach(two, secret, "p", 2);
  assert.deepEqual([from, droppedBytes], [5, 3]);
  await told;
  assert.deepEqual(notes.all, ["fgh", 8, "exited", 0]);
});

Deno.test("Registry.attach() takes over from who stands still, who is told up to where", async () => {
  const { programs, spawner } = setUp();
  await using _all = programs;
  const [one, two] = [programs.createRegistry(), programs.createRegistry()];
  const first = await keep(one);
  first.notes.gate = new Promise(() => {});
  const [child] = spawner.children;
  child!.stdout.push(encode("abc"));
  child!.stdout.push(encode("def"));
  await until("it stands still", () => first.notes.all.length === 2);
  const second = attach(two, first.secret, "p", 1);
  assert.deepEqual(first.notes.all, ["abc", 3, "detached", 3]);
  await first.told;
  assert.throws(() => one.find("p", processWords), { code: -32600 });
  child!.die({ code: 0 });
  await second.told;
  assert.deepEqual(second.notes.all, ["bc", 3, "def", 6, "exited", 0]);
  assert.deepEqual(first.notes.all, ["abc", 3, "detached", 3]);
});

Deno.test("Registry.attach() on the same connection: under another name, and under the same", async () => {
  const { programs, spawner } = setUp({ maxProcessesPerConnection: 1 });
  await using _all = programs;
  const registry = programs.createRegistry();
  const { secret, notes } = await keep(registry);
  const [child] = spawner.children;
  child!.stdout.push(encode("ab"));
  await until("it was told", () => notes.all.length === 2);
  const second = attach(registry, secret, "q", 2);
  assert.deepEqual(notes.all, ["ab", 2, "detached", 2]);
  assert.throws(() => registry.find("p", processWords), {
    message: 'no active process for process handle "p"',
  });
  const third = attach(registry, secret, "q");
  assert.deepEqual(second.notes.all, ["detached", 2]);
  assert.equal(registry.find("q", processWords), third.follower.kept.program);
  await until("it was told", () => third.notes.all.length === 2);
  assert.deepEqual(third.notes.all, ["ab", 2]);
  child!.isHeld = true;
  child!.die({ code: 0 });
  await child!.exit;
  await assert.rejects(
    registry.find("q", processWords).resize({ rows: 1, cols: 1 }),
    { message: 'process "q" is no longer running' },
  );
});

Deno.test("Registry.attach() that is refused changes nothing", async () => {
  const { programs, spawner } = setUp({ maxProcessesPerConnection: 2 });
  await using _all = programs;
  const [one, two] = [programs.createRegistry(), programs.createRegistry()];
  const { secret, notes, told } = await keep(one);
  two.start(order, "a");
  const other = attach(two, (await keep(two, { name: "b" })).secret, "b");
  const refused = (name: string, cursor: number, refusal: object) =>
    assert.throws(() => attach(two, secret, name, cursor), refusal);
  refused("a", 0, { message: 'duplicate active process handle: "a"' });
  refused("b", 0, { message: 'duplicate active process handle: "b"' });
  refused("c", 0, {
    code: -32001,
    message: "too many processes: 2 of this connection run already",
  });
  two.detach("b");
  refused("b", 1, {
    code: -32600,
    message: "cursor 1 is beyond the 0 bytes that were written",
  });
  for (const wrong of ["", `${secret} `, secret.slice(1), "b"]) {
    assert.throws(() => attach(two, wrong, "c"), unknown);
  }
  const gone = programs.createRegistry();
  await gone[Symbol.asyncDispose]();
  assert.throws(() => attach(gone, secret), /The client is gone/);
  // Its first follower follows it still.
  spawner.children[0]!.stdout.push(encode("x"));
  spawner.children[0]!.die({ code: 0 });
  await told;
  assert.deepEqual(notes.all, ["x", 1, "exited", 0]);
  assert.deepEqual(other.notes.all, []);
});

Deno.test("Registry.attach() again and again, by a client that reads nothing, is bounded like its programs", async () => {
  const { programs, spawner } = setUp({ maxProcessesPerConnection: 3 });
  await using _all = programs;
  const registry = programs.createRegistry();
  const gate = Promise.withResolvers<void>();
  const { secret, notes } = await keep(registry);
  notes.gate = gate.promise;
  spawner.children[0]!.stdout.push(encode("x"));
  await until("it is on its way", () => notes.all.length === 2);
  const again = () => {
    const notes = new Notes();
    notes.gate = gate.promise;
    const follower = registry.attach(secret, "p", {
      cursor: 0,
      listener: notes,
    });
    follower.kept.tell(follower);
    return notes;
  };
  const pieces = [again(), again(), again()].map(({ all }) => all.length);
  assert.deepEqual(pieces, [4, 4, 2]);
  const refusal = {
    code: -32001,
    message: "too many processes: 3 of this connection run already",
  };
  assert.throws(again, refusal);
  registry.detach("p");
  assert.throws(again, refusal);
  assert.throws(() => registry.start(order, "q"), refusal);
  gate.resolve();
  await gate.promise;
  await until("there is room", () => {
    try {
      return again();
    } catch {
      return false;
    }
  });
});

Deno.test("Registry.detach() knows only what can be left", async () => {
  const { programs } = setUp();
  await using _all = programs;
  const registry = programs.createRegistry();
  registry.start(order, "plain");
  assert.throws(() => registry.detach("plain"), {
    code: -32600,
    message: 'process "plain" was not spawned with keepAlive',
  });
  assert.throws(() => registry.detach("none"), {
    code: -32600,
    message: 'no active process for process handle "none"',
  });
});

Deno.test("KeptProgram that nobody comes back for is killed when its time is up", async () => {
  const { programs, spawner } = setUp();
  await using _all = programs;
  const registry = programs.createRegistry();
  const { secret, run, notes } = await keep(registry, { graceMs: 5 });
  await registry[Symbol.asyncDispose]();
  await run;
  assert.deepEqual([spawner.children[0]!.isDisposed, programs.size], [true, 0]);
  assert.throws(() => attach(programs.createRegistry(), secret), unknown);
  assert.deepEqual(notes.all, []);
});

Deno.test("KeptProgram that has ended is forgotten when its time is up", async () => {
  const { programs, spawner } = setUp();
  await using _all = programs;
  const registry = programs.createRegistry();
  const { secret, run, kept } = await keep(registry, { graceMs: 1_000 });
  await registry[Symbol.asyncDispose]();
  spawner.children[0]!.die({ code: 0 });
  await run;
  const late = attach(programs.createRegistry(), secret);
  await late.told;
  assert.deepEqual(late.notes.all, ["exited", 0]);
  await until("it is forgotten", () => programs.findKept(secret) !== kept);
});

Deno.test("KeptProgram that ends while nobody is there waits as long again, to be heard of", async () => {
  const { programs, spawner } = setUp();
  await using _all = programs;
  const registry = programs.createRegistry();
  const graceMs = 987_654;
  const { kept, run } = await keep(registry, { graceMs });
  using waits = watchDeadlines();
  registry.detach("p");
  assert.deepEqual(waits.all, [graceMs]);
  spawner.children[0]!.die({ code: 0 });
  await run;
  assert.equal(waits.all.filter((ms) => ms === graceMs).length, 2);
  const { told } = attach(registry, kept.secret.reveal());
  await told;
  // Once more behind the end, and none while somebody was there.
  assert.equal(waits.all.filter((ms) => ms === graceMs).length, 3);
});

Deno.test("KeptProgram of a connection that ends before the secret was given out ends with it", async () => {
  const { programs, spawner } = setUp();
  await using _all = programs;
  const registry = programs.createRegistry();
  const follower = registry.keep(order, "p", {
    graceMs: HOUR_MS,
    scrollbackBytes: 0,
    listener: new Notes(),
  });
  const { kept } = follower;
  await registry[Symbol.asyncDispose]();
  assert.ok(spawner.children[0]!.isDisposed);
  assert.equal(programs.findKept(kept.secret.reveal()), undefined);
  await kept.run();
  await kept.tell(follower);
  assert.equal(programs.size, 0);
});

Deno.test("KeptProgram that can't be started takes no name, no place and no memory", async () => {
  const { programs, spawner } = setUp({
    maxKeptProcesses: 1,
    maxHeldBytes: 300_000,
  });
  await using _all = programs;
  const registry = programs.createRegistry();
  spawner.gate = Promise.reject(new TypeError("no"));
  spawner.gate.catch(() => {});
  await assert.rejects(keep(registry), TypeError);
  spawner.gate = Promise.resolve();
  await keep(registry);
});

Deno.test("Programs.keep() has places for so many, and ended ones that were told make room", async () => {
  const { programs, spawner } = setUp({ maxKeptProcesses: 2 });
  await using _all = programs;
  const registry = programs.createRegistry();
  const first = await keep(registry, { name: "a" });
  const second = await keep(registry, { name: "b" });
  registry.detach("b");
  const refusal = {
    code: -32001,
    message: "too many processes: 2 that may outlive their connection " +
      "are kept already",
  };
  await assert.rejects(keep(registry, { name: "c" }), refusal);
  // Nobody was told that this one has ended.
  spawner.children[1]!.die({ code: 0 });
  await second.run;
  await assert.rejects(keep(registry, { name: "c" }), refusal);
  spawner.children[0]!.die({ code: 0 });
  await first.told;
  await keep(registry, { name: "c" });
  assert.throws(() => attach(registry, first.secret), unknown);
  await attach(registry, second.secret).told;
  assert.equal(spawner.children.length, 3);
});

Deno.test("Programs.keep() counts what is kept with the memory of all, and gives it back", async () => {
  const { programs, spawner } = setUp({
    maxHeldBytes: 1_000_000,
    maxScrollbackBytes: 200_000,
  });
  await using _all = programs;
  const registry = programs.createRegistry();
  const scrollbackBytes = 1e9;
  const first = await keep(registry, { name: "a", scrollbackBytes });
  assert.equal(first.kept.scrollbackBytes, 200_000);
  await assert.rejects(keep(registry, { name: "b", scrollbackBytes }), {
    code: -32001,
    message: "no room for keepAlive.scrollbackBytes: all programs together " +
      "may have 1000000 bytes waiting",
  });
  assert.equal(spawner.children.length, 1);
  await first.kept[Symbol.asyncDispose]();
  await keep(registry, { name: "b", scrollbackBytes });
});

Deno.test("Programs.keep() holds no longer than the server lets it", async () => {
  const { programs } = setUp({ maxGraceMs: 7 });
  await using _all = programs;
  const { kept } = await keep(programs.createRegistry());
  assert.equal(kept.graceMs, 7);
});

Deno.test("Programs disposed kills those that wait for somebody too", async () => {
  const { programs, spawner } = setUp();
  const registry = programs.createRegistry();
  const { run } = await keep(registry);
  await registry[Symbol.asyncDispose]();
  await programs[Symbol.asyncDispose]();
  await run;
  assert.ok(spawner.children[0]!.isDisposed);
});
