import assert from "node:assert/strict";
import { Client } from "../../src/client/mod.ts";
import { descriptorCount } from "../kit/process_facts.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";

const COUNT = 200;

Deno.test(`${COUNT} terminals at a time on one connection each say what only they were told`, async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    listen: "ws://127.0.0.1:0",
  });
  await using client = await Client.connect({ url: server.url });
  using output = client.notifications("command/exec/outputDelta");
  const shown = new Map<string, string>();
  let ready = 0;
  const { promise: allReady, resolve } = Promise.withResolvers<void>();
  const watching = (async () => {
    for await (const { params: { processId, deltaBase64 } } of output) {
      const before = shown.get(processId) ?? "";
      const now = before + atob(deltaBase64);
      shown.set(processId, now);
      if (!before.includes("ready") && now.includes("ready")) ready++;
      if (ready === COUNT) resolve();
    }
  })();
  const run = (processId: string) =>
    client.request("command/exec", {
      command: ["sh", "-c", 'stty -echo; echo ready; read x; echo "got $x"'],
      processId,
      tty: true,
      disableTimeout: true,
      sandboxPolicy: { type: "dangerFullAccess" },
    });
  // What starting the first one opens stays open.
  const first = run("first");
  await until("the first is ready", () => shown.get("first")?.includes("dy"));
  await client.request("command/exec/terminate", { processId: "first" });
  assert.equal((await first).exitCode, 137);
  ready = 0;
  const descriptors = await descriptorCount(server.pid);

  const names = Array.from({ length: COUNT }, (_, at) => `terminal-${at}`);
  const answers = names.map(run);
  await allReady;
  for (const processId of names) {
    await client.request("command/exec/write", {
      processId,
      deltaBase64: btoa(`${processId}\n`),
    });
  }
  for (const { exitCode } of await Promise.all(answers)) {
    assert.equal(exitCode, 0);
  }
  for (const name of names) {
    assert.equal(shown.get(name), `ready\r\ngot ${name}\r\n`);
  }
  await until(
    "every descriptor is closed",
    async () => await descriptorCount(server.pid) <= descriptors,
  );
  await client.close();
  await watching;
});
