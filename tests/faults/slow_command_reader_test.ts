import assert from "node:assert/strict";
import { Client } from "../../src/client/mod.ts";
import { deltaBytes } from "../bench/delta_bytes.ts";
import { percentile } from "../bench/statistics.ts";
import { initialize, request } from "../kit/peer.ts";
import { createMark } from "../kit/marked_processes.ts";
import { atRest, peakRssBytes, rssBytes } from "../kit/process_facts.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";

const MIB = 1024 * 1024;
const CLI = new URL("../../cli.ts", import.meta.url).pathname;
const BYTES = 300_000_000;
const sandboxPolicy = { type: "dangerFullAccess" } as const;
const command = ["head", "-c", String(BYTES), "/dev/zero"];
/** What a reader that takes nothing may cost, of the 300 MB behind it. */
const BOUND_BYTES = 64 * MIB;

Deno.test("a reader of a command that stops holds up that command alone, and then gets everything", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    listen: "ws://127.0.0.1:0",
  });
  await using other = await Client.connect({ url: server.url });
  const run = () =>
    other.request("command/exec", { command: ["true"], sandboxPolicy });
  const medianMs = async (): Promise<number> => {
    const latenciesMs: number[] = [];
    for (let at = 0; at < 50; at++) {
      const started = performance.now();
      assert.equal((await run()).exitCode, 0);
      latenciesMs.push(performance.now() - started);
    }
    return percentile(latenciesMs, 0.5);
  };
  await run();
  const usualMs = await medianMs();
  const idleBytes = await rssBytes(server.pid);

  await using stopped = await server.connect();
  await initialize(stopped);
  const params = {
    command,
    processId: "p",
    streamStdoutStderr: true,
    disableOutputCap: true,
    disableTimeout: true,
    sandboxPolicy,
  };
  await stopped.send(request(1, "command/exec", params));
  // Nothing moves any more: the command stands against the reader.
  await atRest(server.pid);

  // On a busy machine everything takes longer, also without a reader.
  const heldUpMs = await medianMs();
  assert.ok(
    heldUpMs < 250 + 5 * usualMs,
    `Others take ${heldUpMs} ms, usually ${usualMs} ms`,
  );
  const grownBytes = await peakRssBytes(server.pid) - idleBytes;
  assert.ok(grownBytes < BOUND_BYTES, `Grew by ${grownBytes} bytes`);

  let bytes = 0;
  for (;;) {
    const message = await stopped.message();
    assert.ok(message, `Ended after ${bytes} bytes`);
    const delta = deltaBytes(message, "p");
    if (delta === undefined) {
      assert.match(new TextDecoder().decode(message), /"exitCode":0,/);
      break;
    }
    bytes += delta;
  }
  assert.equal(bytes, BYTES);
});

Deno.test("gangway run whose output is not read holds up the command, and then passes everything on", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    listen: "ws://127.0.0.1:0",
  });
  const mark = createMark();
  const [variable] = Object.entries(mark.env).map((pair) => pair.join("="));
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--quiet", CLI, "run", "--url", server.url],
      ...["--sandbox", "danger-full-access", "--env", variable!, ...command],
    ],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  let bytes = (await reader.read()).value!.length;
  await atRest(server.pid);
  await atRest(child.pid);
  assert.equal((await mark.pids()).length, 1, "The command has ended already");
  for (const { pid } of [child, server]) {
    const peakBytes = await peakRssBytes(pid);
    // What waits in memory would be more than that: it travels as base64.
    assert.ok(peakBytes < BYTES, `Process ${pid} took ${peakBytes} bytes`);
  }
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) break;
    bytes += value.length;
  }
  assert.equal(bytes, BYTES);
  assert.equal((await child.status).code, 0);
  assert.equal((await mark.pids()).length, 0);
});
