import assert from "node:assert/strict";
import fc from "fast-check";
import type { OutputStream } from "../protocol/mod.ts";
import { Budget } from "./_budget.ts";
import { Deadlines } from "./_deadlines.ts";
import { toCommandOrder } from "./_check_params.ts";
import { Collected } from "./_collected.ts";
import { ScriptedChild } from "./_scripted_spawner_test.ts";
import { SpawnError } from "../spawn/mod.ts";
import { until } from "../../tests/kit/until.ts";
import type { Order } from "./order.ts";
import type { OutputConsumer } from "./output_consumer.ts";
import { Program } from "./program.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const DRAIN_MS = 100;

interface SetUp {
  readonly order?: Partial<Order>;
  readonly start?: (child: ScriptedChild) => Promise<ScriptedChild>;
}

/** A program, and the child that it has or is going to have. */
function setUp({ order, start }: SetUp = {}) {
  const full: Order = {
    ...toCommandOrder({ command: ["play"], processId: "p", streamStdin: true }),
    ...order,
  };
  const { terminal } = full;
  const child = new ScriptedChild({
    command: full.command,
    cwd: "/",
    env: {},
    stdin: full.takesInput ? "piped" : "null",
    ...terminal === undefined ? {} : { terminal },
  });
  const events: string[] = [];
  const program = new Program({
    order: full,
    name: "p",
    start: () => start?.(child) ?? Promise.resolve(child),
    maxStdinBytes: 1000,
    budget: new Budget(1000),
    deadlines: new Deadlines(),
    drainMs: DRAIN_MS,
    onOver: () => events.push("over"),
  });
  return { program, child, events };
}

/** Takes everything, and keeps it as it came. */
class Listener implements OutputConsumer {
  readonly pieces: {
    stream: OutputStream;
    bytes: number[];
    capReached: boolean;
  }[] = [];
  /** What each piece waits for. */
  gate: Promise<void> | undefined;

  take(
    stream: OutputStream,
    bytes: Uint8Array<ArrayBuffer>,
    capReached: boolean,
  ): Promise<void> | undefined {
    this.pieces.push({ stream, bytes: [...bytes], capReached });
    return this.gate;
  }

  leave(): void {}

  all(stream: OutputStream): number[] {
    return this.pieces.filter((one) => one.stream === stream)
      .flatMap((one) => one.bytes);
  }
}

const NOTHING_REACHED = { stdout: false, stderr: false };

Deno.test("Program.run() passes on what was written up to the cap, at any chunking, before it resolves", async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 });
  await fc.assert(fc.asyncProperty(
    chunks,
    chunks,
    fc.option(fc.nat({ max: 300 }), { nil: Infinity }),
    fc.boolean(),
    async (stdout, stderr, capBytes, diesFirst) => {
      const { program, child, events } = setUp({ order: { capBytes } });
      const listener = new Listener();
      const run = program.run(listener);
      if (diesFirst) {
        child.isHeld = true;
        child.die({ code: 3 });
      }
      for (let at = 0; at < Math.max(stdout.length, stderr.length); at++) {
        const [out, err] = [stdout[at], stderr[at]];
        if (out) child.stdout.push(out);
        if (err) child.stderr!.push(err);
        if (at % 4 === 0) await Promise.resolve();
      }
      child.stdout.end();
      child.stderr!.end();
      child.die({ code: 3 });
      const outcome = await run;
      const written = {
        stdout: stdout.flatMap((one) => [...one]),
        stderr: stderr.flatMap((one) => [...one]),
      };
      const reached = (bytes: number[]) =>
        bytes.length > 0 && bytes.length >= capBytes;
      assert.deepEqual(outcome, {
        exitCode: 3,
        capReached: {
          stdout: reached(written.stdout),
          stderr: reached(written.stderr),
        },
        drainTimedOut: false,
      });
      for (const stream of ["stdout", "stderr"] as const) {
        assert.deepEqual(
          listener.all(stream),
          written[stream].slice(0, capBytes),
        );
        const flags = listener.pieces.filter((one) => one.stream === stream)
          .map((one) => one.capReached);
        const last = flags.pop() ?? false;
        assert.equal(last, reached(written[stream]));
        assert.ok(!flags.includes(true));
      }
      assert.ok(child.isDisposed);
      assert.deepEqual(events, ["over"]);
    },
  ));
});

Deno.test("Program.run() into a collection gives the same bytes, cut at the cap", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.stringMatching(/^[a-z]{0,20}$/), { maxLength: 20 }),
    fc.nat({ max: 100 }),
    async (texts, capBytes) => {
      const { program, child } = setUp({ order: { capBytes } });
      using collected = new Collected(1e6, new Budget(1e6));
      const run = program.run(collected);
      for (const text of texts) child.stdout.push(encode(text));
      child.die({ code: 0 });
      await run;
      assert.equal(
        await collected.text("stdout"),
        texts.join("").slice(0, capBytes),
      );
    },
  ));
});

Deno.test("Program.run() reads an output again only after the last piece was taken; the other one goes on", async () => {
  const { program, child } = setUp();
  const listener = new Listener();
  const gate = Promise.withResolvers<void>();
  listener.gate = gate.promise;
  const run = program.run(listener);
  for (const text of ["a", "b", "c"]) child.stdout.push(encode(text));
  child.stderr!.push(encode("e"));
  child.die({ code: 0 });
  await until("both were told once", () => listener.pieces.length === 2);
  for (let at = 0; at < 50; at++) await Promise.resolve();
  assert.deepEqual(
    listener.pieces.map(({ stream, bytes }) => [stream, bytes]),
    [["stdout", [97]], ["stderr", [101]]],
  );
  gate.resolve();
  await run;
  assert.deepEqual(listener.all("stdout"), [97, 98, 99]);
});

Deno.test("Program.run() says 128 + n for signal n, real-time ones too", async () => {
  for (const signal of [1, 9, 15, 34, 64]) {
    const { program, child } = setUp();
    const run = program.run(new Listener());
    child.die({ signal });
    assert.equal((await run).exitCode, 128 + signal);
  }
});

Deno.test("Program.run() is told 124 when the time was up first", async () => {
  const { program, child } = setUp({ order: { timeoutMs: 5 } });
  const outcome = await program.run(new Listener());
  assert.deepEqual(outcome, {
    exitCode: 124,
    capReached: NOTHING_REACHED,
    drainTimedOut: false,
  });
  assert.deepEqual(child.signals, [9]);
});

Deno.test("Program.run() is told the end that came first: an exit before the time is up, a kill before it too", async () => {
  for (
    const [end, exitCode] of [
      ["exit", 5],
      ["kill", 137],
    ] as const
  ) {
    const { program, child } = setUp({ order: { timeoutMs: 20 } });
    // It ends, but not at once: its outputs are still held when the time is up.
    child.isHeld = true;
    const run = program.run(new Listener());
    if (end === "exit") child.die({ code: 5 });
    else await program.terminate();
    assert.equal((await run).exitCode, exitCode, end);
  }
});

Deno.test("Program.terminate() after the time was up leaves it at 124", async () => {
  const { program, child } = setUp({ order: { timeoutMs: 0 } });
  child.ignores.add(9);
  const run = program.run(new Listener());
  await until("it was killed", () => child.signals.length === 1);
  child.ignores.clear();
  await program.terminate();
  assert.equal((await run).exitCode, 124);
});

Deno.test("Program.run() gives a silent holder of the outputs up after the grace, counted from the exit", async () => {
  const { program, child } = setUp();
  child.isHeld = true;
  const listener = new Listener();
  const run = program.run(listener);
  child.stdout.push(encode("a"));
  child.die({ code: 0 });
  const since = performance.now();
  const outcome = await run;
  const ms = performance.now() - since;
  assert.deepEqual(outcome, {
    exitCode: 0,
    capReached: NOTHING_REACHED,
    drainTimedOut: true,
  });
  assert.ok(ms >= DRAIN_MS - 1, `${ms} ms`);
  assert.deepEqual(listener.all("stdout"), [97]);
  assert.ok(child.stdout.isCancelled && child.stderr!.isCancelled);
  assert.deepEqual(child.signals, [9], "whoever held them was killed");
});

Deno.test("Program.run() gives up nothing that is already there, however slow its consumer is", async () => {
  const { program, child } = setUp();
  child.isHeld = true;
  const listener = new Listener();
  const gate = Promise.withResolvers<void>();
  listener.gate = gate.promise;
  const run = program.run(listener);
  for (const text of ["a", "b", "c"]) child.stdout.push(encode(text));
  child.die({ code: 0 });
  await until("the grace is over", () => child.signals.length === 1);
  assert.deepEqual(listener.all("stdout"), [97], "one piece on its way");
  listener.gate = undefined;
  gate.resolve();
  const { drainTimedOut } = await run;
  assert.deepEqual(listener.all("stdout"), [97, 98, 99]);
  assert.equal(drainTimedOut, true);
});

Deno.test("Program.run() does not say that it gave up what ended while its consumer was slow", async () => {
  const { program, child } = setUp();
  const listener = new Listener();
  const gate = Promise.withResolvers<void>();
  listener.gate = gate.promise;
  const run = program.run(listener);
  for (const text of ["a", "b"]) child.stdout.push(encode(text));
  child.die({ code: 0 });
  await until("the grace is over", () => child.signals.length === 1);
  gate.resolve();
  assert.equal((await run).drainTimedOut, false);
  assert.deepEqual(listener.all("stdout"), [97, 98]);
});

Deno.test("Program.run() does not follow a holder that writes for ever", async () => {
  const { program, child } = setUp({ order: { capBytes: Infinity } });
  child.isHeld = true;
  const piece = new Uint8Array(64 * 1024);
  child.stdout.read = async () => {
    await new Promise((resolve) => setTimeout(resolve));
    return child.stdout.isCancelled ? undefined : piece;
  };
  const run = program.run({ take: () => undefined, leave() {} });
  child.die({ code: 0 });
  assert.equal((await run).drainTimedOut, true);
});

Deno.test("Program.write() waits for the start and keeps the order of the calls", async () => {
  const gate = Promise.withResolvers<void>();
  const { program, child } = setUp({
    start: (one) => gate.promise.then(() => one),
  });
  const writes = ["a", "b", "c"].map((text, at) =>
    program.write({ bytes: encode(text), isLast: at === 2 })
  );
  const run = program.run(new Listener());
  gate.resolve();
  await Promise.all(writes);
  await until("it was closed", () => child.stdin!.isClosed);
  assert.equal(child.stdin!.written.join(""), "abc");
  child.die({ code: 0 });
  await run;
});

Deno.test("Program.terminate() does not wait behind writes that nobody reads", async () => {
  const { program, child } = setUp();
  child.stdin!.gate = new Promise(() => {});
  const run = program.run(new Listener());
  await program.write({ bytes: encode("x".repeat(1000)), isLast: false });
  await assert.rejects(
    program.write({ bytes: encode("x"), isLast: false }),
    { code: -32001 },
  );
  await program.terminate();
  assert.equal((await run).exitCode, 137);
});

Deno.test("Program.terminate() before it was started kills it then", async () => {
  const gate = Promise.withResolvers<void>();
  const { program, child } = setUp({
    start: (one) => gate.promise.then(() => one),
  });
  const run = program.run(new Listener());
  const termination = program.terminate();
  gate.resolve();
  await termination;
  assert.deepEqual(child.signals, [9]);
  assert.equal((await run).exitCode, 137);
});

Deno.test("Program refuses what only a running program can do, in the words of its kind", async () => {
  const { program, child } = setUp({ order: { takesInput: false } });
  const size = { rows: 1, cols: 1 };
  const nothing = { bytes: undefined, isLast: true };
  const refusal = (message: string) => ({ code: -32600, message });
  await assert.rejects(
    program.write(nothing),
    refusal("stdin streaming is not enabled for this command/exec"),
  );
  await assert.rejects(
    program.resize(size),
    refusal("failed to resize PTY: process is not attached to a PTY"),
  );
  const run = program.run(new Listener());
  child.isHeld = true;
  child.die({ code: 0 });
  await child.exit;
  const over = refusal('command/exec "p" is no longer running');
  await assert.rejects(program.write(nothing), over);
  await assert.rejects(program.resize(size), over);
  await program.terminate();
  child.stdout.end();
  child.stderr!.end();
  assert.equal((await run).exitCode, 0);
});

Deno.test("Program that could not be started tells why to who runs it, and is unknown to others", async () => {
  const { program, events } = setUp({
    start: () => Promise.reject(new SpawnError(2, "play")),
  });
  const unknown = {
    code: -32600,
    message: 'no active command/exec for process id "p"',
  };
  const results = await Promise.allSettled([
    program.run(new Listener()),
    program.write({ bytes: undefined, isLast: true }),
    program.terminate(),
  ]);
  const [run, write, termination] = results.map((one) =>
    one.status === "rejected" ? one.reason : undefined
  );
  assert.ok(run instanceof SpawnError);
  for (const { code, message } of [write, termination]) {
    assert.deepEqual({ code, message }, unknown);
  }
  assert.deepEqual(events, ["over"]);
});

Deno.test("Program.resize() changes its terminal", async () => {
  const { program, child } = setUp({
    order: { terminal: { rows: 24, cols: 80 } },
  });
  await program.resize({ rows: 5, cols: 6 });
  assert.deepEqual(child.sizes, [{ rows: 5, cols: 6 }]);
  await program[Symbol.asyncDispose]();
});

Deno.test("Program disposed does not wait for its consumer, nor for its start", async () => {
  const { program, child, events } = setUp();
  const listener = new Listener();
  const left = Promise.withResolvers<void>();
  listener.gate = left.promise;
  listener.leave = left.resolve;
  program.run(listener).catch(() => {});
  child.stdout.push(encode("a"));
  await until("it waits", () => listener.pieces.length === 1);
  await program[Symbol.asyncDispose]();
  assert.ok(child.isDisposed);
  assert.deepEqual(events, ["over"]);

  const gate = Promise.withResolvers<void>();
  const late = setUp({ start: (one) => gate.promise.then(() => one) });
  const disposal = late.program[Symbol.asyncDispose]();
  gate.resolve();
  await disposal;
  assert.ok(late.child.isDisposed);
});

Deno.test("Program with a grace is asked first, goes on when stopped, and is killed when the grace is over", async () => {
  const { program, child } = setUp({ order: { graceMs: 20 } });
  child.ignores.add(15).add(18);
  const run = program.run(new Listener());
  await program.terminate();
  assert.deepEqual(child.signals, [15, 18]);
  assert.equal((await run).exitCode, 137);
  assert.deepEqual(child.signals, [15, 18, 9]);
});

Deno.test("Program with a grace that is over in time is not killed, and keeps the cause of its end", async () => {
  const { program, child } = setUp({
    order: { graceMs: 60_000, timeoutMs: 5 },
  });
  assert.equal((await program.run(new Listener())).exitCode, 124);
  assert.deepEqual(child.signals.filter((one) => one === 9), []);
});

Deno.test("Program disposed waits for the end of its grace, and starts no second one", async () => {
  const { program, child } = setUp({ order: { graceMs: 20 } });
  child.ignores.add(15).add(18);
  const run = program.run(new Listener());
  await program.terminate();
  await program[Symbol.asyncDispose]();
  await run;
  assert.deepEqual(child.signals, [15, 18, 9]);
});
