import assert from "node:assert/strict";
import { createStderrSink } from "./stderr_sink.ts";

/** An output that takes bytes only when it is told to. */
function gatedOutput() {
  let text = "";
  const decoder = new TextDecoder();
  const gates: PromiseWithResolvers<number>[] = [];
  return {
    get text(): string {
      return text;
    },
    get waiting(): number {
      return gates.length;
    },
    async write(bytes: Uint8Array): Promise<number> {
      const gate = Promise.withResolvers<number>();
      gates.push(gate);
      const taken = Math.min(await gate.promise, bytes.length);
      text += decoder.decode(bytes.subarray(0, taken), { stream: true });
      return taken;
    },
    open(bytes = Infinity): void {
      gates.shift()!.resolve(bytes);
    },
  };
}

async function turn(): Promise<void> {
  for (let count = 0; count < 10; count++) await Promise.resolve();
}

Deno.test("createStderrSink() keeps the order over partial writes", async () => {
  const output = gatedOutput();
  const sink = createStderrSink({ output });
  sink.write("one\n");
  sink.write("twø\n");
  await turn();
  sink.write("three\n");
  output.open(6);
  await turn();
  output.open();
  await turn();
  output.open();
  await sink.flush();
  assert.equal(output.text, "one\ntwø\nthree\n");
  assert.equal(output.waiting, 0);
});

Deno.test("createStderrSink() bounds what waits and tells what was dropped", async () => {
  const output = gatedOutput();
  const sink = createStderrSink({ output, maxQueuedLength: 12 });
  sink.write("first\n");
  await turn();
  for (const line of ["second\n", "third\n", "4\n"]) sink.write(line);
  output.open();
  await turn();
  output.open();
  await sink.flush();
  assert.equal(
    output.text,
    "first\nsecond\n4\n(1 log lines were dropped because stderr was not read)\n",
  );
});

Deno.test("createStderrSink() goes silent when stderr is gone", async () => {
  let calls = 0;
  const sink = createStderrSink({
    output: {
      write() {
        calls++;
        return Promise.reject(new Deno.errors.BrokenPipe("gone"));
      },
    },
  });
  sink.write("one\n");
  await sink.flush();
  sink.write("two\n");
  await sink.flush();
  assert.equal(calls, 1);
});

Deno.test("StderrSink.flush() does not wait longer than it may", async () => {
  const output = gatedOutput();
  const sink = createStderrSink({ output });
  sink.write("stuck\n");
  await sink.flush(5);
  assert.equal(output.text, "");
  output.open();
  await sink.flush();
  assert.equal(output.text, "stuck\n");
});

Deno.test("createStderrSink() neither throws nor waits on a full pipe and a closed one", async () => {
  const program = `
    import { createStderrSink } from ${
    JSON.stringify(import.meta.resolve("./stderr_sink.ts"))
  };
    const sink = createStderrSink();
    for (let count = 0; count < 500; count++) sink.write("x".repeat(1000) + "\\n");
    await Deno.stdout.write(new TextEncoder().encode("not stuck\\n"));
    for await (const _ of Deno.stdin.readable);
    sink.write("after the end\\n");
    await sink.flush();
    await Deno.stdout.write(new TextEncoder().encode("alive\\n"));
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", program],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assert.equal((await output.read()).value, "not stuck\n");
  await child.stderr.cancel();
  await child.stdin.close();
  assert.equal((await output.read()).value, "alive\n");
  assert.equal((await output.read()).done, true);
  assert.equal((await child.status).code, 0);
});
