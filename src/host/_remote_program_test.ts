import assert from "node:assert/strict";
import {
  type Answer,
  FakeExecServer,
  wellBehaved,
} from "../../tests/kit/fake_exec_server.ts";
import { SmallExecServer } from "../../tests/kit/small_exec_server.ts";
import { until } from "../../tests/kit/until.ts";
import type { OutputConsumer } from "../exec/mod.ts";
import { RpcError } from "../protocol/mod.ts";
import { dial } from "../transport/mod.ts";
import { Environment } from "./environment.ts";
import { toAddress } from "./exec_server_address.ts";
import type { RemoteOrder } from "./remote_order.ts";

/** Connects to a server, whichever it is. */
function connect(execServerUrl: string): Environment {
  return new Environment(toAddress({ environmentId: "box", execServerUrl }), {
    dial,
    onChange: () => {},
  });
}

/** A command for the shell. */
function order(script: string, more: Partial<RemoteOrder> = {}): RemoteOrder {
  return {
    processId: "1234",
    owner: { threadId: "t", callId: "c" },
    argv: ["/bin/sh", "-c", script],
    cwd: "/tmp",
    variables: {
      inherit: "all",
      ignoreDefaultExcludes: true,
      exclude: [],
      set: {},
      includeOnly: [],
    },
    env: { GREETING: "hi there" },
    hasTerminal: false,
    confinement: null,
    signal: new AbortController().signal,
    ...more,
  };
}

/** Keeps what comes. */
class Texts implements OutputConsumer {
  readonly texts = { stdout: "", stderr: "" };
  readonly #decoder = new TextDecoder();

  take(stream: "stdout" | "stderr", bytes: Uint8Array): undefined {
    this.texts[stream] += this.#decoder.decode(bytes);
  }

  leave(): void {}
}

const over = { capReached: { stdout: false, stderr: false } } as const;

Deno.test("process/start: a program runs there, with its outputs and its exit code", async () => {
  await using server = new SmallExecServer();
  await using box = connect(server.url);
  const consumer = new Texts();
  const program = box.start(
    order('echo "$GREETING"; pwd; echo bad >&2; exit 3'),
  );
  await program.started();
  assert.deepEqual(await program.run(consumer), {
    ...over,
    exitCode: 3,
    drainTimedOut: false,
  });
  assert.deepEqual(consumer.texts, {
    stdout: "hi there\n/tmp\n",
    stderr: "bad\n",
  });
  const [params] = server.asked("process/start");
  const { processId, ...said } = params!;
  assert.match(String(processId), /^1234-[0-9a-f-]{36}$/);
  assert.deepEqual(said, {
    metadata: { threadId: "t", toolCallId: "c" },
    argv: ["/bin/sh", "-c", 'echo "$GREETING"; pwd; echo bad >&2; exit 3'],
    cwd: "file:///tmp",
    envPolicy: {
      inherit: "all",
      ignoreDefaultExcludes: true,
      exclude: [],
      set: {},
      includeOnly: [],
    },
    env: { GREETING: "hi there" },
    tty: false,
    pipeStdin: false,
    arg0: null,
    sandbox: null,
    enforceManagedNetwork: false,
    managedNetwork: null,
  });
});

Deno.test("process/start: why a program can't be started is told", async () => {
  await using server = new SmallExecServer();
  await using box = connect(server.url);
  const program = box.start(order("true", { cwd: "/nowhere/at/all" }));
  await assert.rejects(
    program.started(),
    RpcError.internal(
      "exec-server rejected request (-32603): No such file or directory " +
        "(os error 2)",
    ),
  );
});

Deno.test("process/write: a terminal is typed to; nothing else is, and nothing that is over", async () => {
  await using server = new SmallExecServer();
  await using box = connect(server.url);
  const bytes = new TextEncoder().encode("one\n");
  const typed = { bytes, isLast: false };
  const consumer = new Texts();
  const cat = box.start(
    order("read x; echo got $x", { hasTerminal: true }),
  );
  const ended = cat.run(consumer);
  await cat.write(typed);
  assert.equal((await ended).exitCode, 0);
  assert.equal(consumer.texts.stdout, "got one\n");
  assert.deepEqual(
    server.asked("process/write").map(({ chunk, writeId }) => [chunk, writeId]),
    [[bytes.toBase64(), "1"]],
  );
  await assert.rejects(cat.write(typed), RpcError);
  await using plain = box.start(order("exec sleep 30"));
  await plain.started();
  await assert.rejects(plain.write(typed), RpcError);
  assert.equal(server.asked("process/write").length, 1);
});

Deno.test("process/terminate: a program is ended, and whoever waits hears of it", async () => {
  await using server = new SmallExecServer();
  await using box = connect(server.url);
  const program = box.start(order("exec sleep 30"));
  const ended = program.run(new Texts());
  await program.started();
  await program[Symbol.asyncDispose]();
  await ended;
  const [{ processId } = {}] = server.asked("process/start");
  assert.ok(server.asked("process/terminate").length >= 1);
  for (const params of server.asked("process/terminate")) {
    assert.deepEqual(params, { processId });
  }
});

Deno.test("process/read: what a broken connection has swallowed is read when it is mended", async () => {
  await using server = new SmallExecServer();
  await using box = connect(server.url);
  const consumer = new Texts();
  await using gate = await Gate.create();
  const program = box.start(
    order(`echo one; cat ${gate.path}; echo two; exit 5`),
  );
  const ended = program.run(consumer);
  await until("its first line", () => consumer.texts.stdout || undefined);
  server.isClosed = true;
  server.hangUp();
  await until("the break", () => "error" in box.view || undefined);
  await until("a connection that is refused", () => server.refused > 0);
  await gate.open();
  await until("its end", () => server.hasEnded || undefined);
  assert.equal(consumer.texts.stdout, "one\n");
  server.isClosed = false;
  assert.equal((await ended).exitCode, 5);
  assert.equal(consumer.texts.stdout, "one\ntwo\n");
  assert.equal(server.asked("process/start").length, 1);
});

Deno.test("a program is given up with the session that it belongs to", async () => {
  await using server = new SmallExecServer();
  await using box = connect(server.url);
  const program = box.start(order("exec sleep 30"));
  const ended = program.run(new Texts());
  await program.started();
  const why = assert.rejects(ended, {
    message: /^exec-server transport disconnected; failed to resume/,
  });
  server.isClosed = true;
  server.hangUp();
  await until("the break", () => "error" in box.view || undefined);
  await server.forget();
  server.isClosed = false;
  await why;
  // The next one runs in a new session.
  assert.equal((await box.start(order("true")).run(new Texts())).exitCode, 0);
});

Deno.test("a program is given up when its environment is let go of", async () => {
  await using server = new SmallExecServer();
  const box = connect(server.url);
  const program = box.start(order("exec sleep 30"));
  const why = assert.rejects(program.run(new Texts()), {
    message: "exec-server transport closed",
  });
  await program.started();
  await box[Symbol.asyncDispose]();
  await why;
});

Deno.test("a start is not waited for longer than anybody wants it", async () => {
  await using server = new SmallExecServer();
  await using box = connect(server.url);
  await box.info();
  server.isClosed = true;
  server.hangUp();
  await until("the break", () => "error" in box.view || undefined);
  const controller = new AbortController();
  const { signal } = controller;
  const program = box.start(order("true", { signal }));
  const started = program.started();
  controller.abort(new TypeError("enough"));
  await assert.rejects(started, TypeError);
  server.isClosed = false;
});

Deno.test("a program is over when nobody writes for it any more, and its news are in order", async () => {
  await using server = new FakeExecServer(
    wellBehaved(script([
      ["closed", { seq: 5 }],
      ["output", { seq: 2, stream: "stdout", chunk: btoa("b") }],
      ["output", { seq: 1, stream: "pty", chunk: btoa("a") }],
      ["exited", { seq: 3, exitCode: 7 }],
      ["output", { seq: 4, stream: "stdout", chunk: btoa("c") }],
    ])),
  );
  await using box = connect(server.url);
  const consumer = new Texts();
  const { exitCode } = await box.start(order("x")).run(consumer);
  assert.equal(exitCode, 7);
  assert.equal(consumer.texts.stdout, "abc");
});

Deno.test("a program that is gone is not waited for any longer once it is ended from here", async () => {
  await using server = new FakeExecServer(
    wellBehaved(script([["exited", { seq: 1, exitCode: 0 }]])),
  );
  await using box = connect(server.url);
  const program = box.start(order("x"));
  const ended = program.run(new Texts());
  await program.started();
  await program[Symbol.asyncDispose]();
  assert.equal((await ended).exitCode, -1);
});

Deno.test("news that make no sense are left alone", async () => {
  await using server = new FakeExecServer(
    wellBehaved(script([
      ["output", { seq: "1", chunk: btoa("x") }],
      ["output", { seq: 1, stream: "stdout" }],
      ["strange", { seq: 2 }],
      ["output", { seq: 3, stream: "stdout", chunk: "!!!" }],
      ["exited", { seq: 4 }],
      ["closed", { seq: 5 }],
      ["output", { seq: 6, stream: "stdout", chunk: btoa("x") }],
    ])),
  );
  await using box = connect(server.url);
  const consumer = new Texts();
  const { exitCode } = await box.start(order("x")).run(consumer);
  assert.equal(exitCode, -1);
  assert.deepEqual(consumer.texts, { stdout: "", stderr: "" });
});

/** Has a fake server tell this of each program that it is to start. */
function script(news: readonly [kind: string, about: object][]): Answer {
  return ({ id, method, params }, socket) => {
    if (method === "process/terminate") return { result: { running: false } };
    if (method !== "process/start") return undefined;
    const { processId } = params as { processId: string };
    const send = (message: object) => socket.send(JSON.stringify(message));
    send({ id, result: { processId } });
    send({ method: "process/output", params: { processId: "other", seq: 1 } });
    send({ method: "fs/missingChanged", params: { watchId: 1 } });
    send({ method: "process/output", params: null });
    for (const [kind, about] of news) {
      send({ method: `process/${kind}`, params: { processId, ...about } });
    }
    return { result: { processId } };
  };
}

/** A pipe that a program waits at until it is opened. */
class Gate implements AsyncDisposable {
  readonly path: string;
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
    this.path = `${directory}/gate`;
  }

  static async create(): Promise<Gate> {
    const gate = new Gate(await Deno.makeTempDir());
    await new Deno.Command("mkfifo", { args: [gate.path] }).output();
    return gate;
  }

  async open(): Promise<void> {
    await Deno.writeTextFile(this.path, "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#directory, { recursive: true });
  }
}
