import assert from "node:assert/strict";
import { Client } from "../../src/client/mod.ts";
import { descriptorCount, rssBytes } from "../kit/process_facts.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";
import { connectTo, upgradeRequest } from "../kit/websocket_peer.ts";

const MIB = 1024 * 1024;
const CONNECTS = 2_000;
const WARM_UP = 500;
const AT_A_TIME = 16;
const HELD = 500;
const encoder = new TextEncoder();

/** Connects, asks and leaves again, `count` times. */
async function visit(url: string, count: number): Promise<void> {
  let left = count;
  const visitor = async (): Promise<void> => {
    while (left-- > 0) {
      await using client = await Client.connect({ url });
      const { isDirectory } = await client.request("fs/getMetadata", {
        path: "/",
      });
      assert.equal(isDirectory, true);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, visitor));
}

async function descriptorsBackTo(
  server: ServerProcess,
  count: number,
): Promise<void> {
  await until(
    `the server has ${count} descriptors again`,
    async () => await descriptorCount(server.pid) <= count,
  );
}

for (const listen of ["ws", "unix"] as const) {
  const start = (home: string): Promise<ServerProcess> =>
    ServerProcess.start({
      home,
      listen: listen === "ws" ? "ws://127.0.0.1:0" : `unix://${home}/socket`,
    });

  Deno.test(`${CONNECTS} connects leave no descriptor and no memory behind (${listen})`, async () => {
    await using home = await createTempDir();
    await using server = await start(home.path);
    const descriptors = await descriptorCount(server.pid);
    // What the first ones need stays: code, pools. The heap grows on for a
    // while before its rubbish is collected, and stays below this bound also
    // after ten times as many.
    await visit(server.url, WARM_UP);
    const warmBytes = await rssBytes(server.pid);
    await visit(server.url, CONNECTS - WARM_UP);
    await descriptorsBackTo(server, descriptors);
    const grownBytes = await rssBytes(server.pid) - warmBytes;
    assert.ok(grownBytes < 128 * MIB, `Grew by ${grownBytes} bytes`);
    assert.equal(server.stderr.includes("ERROR"), false, server.stderr);
  });

  Deno.test(`${HELD} connections at a time are all served, and given back (${listen})`, async () => {
    await using home = await createTempDir();
    await using server = await start(home.path);
    const descriptors = await descriptorCount(server.pid);
    {
      await using stack = new AsyncDisposableStack();
      const clients: Client[] = [];
      for (let at = 0; at < HELD; at++) {
        clients.push(stack.use(await Client.connect({ url: server.url })));
      }
      assert.ok(await descriptorCount(server.pid) >= HELD);
      const answers = await Promise.all(
        clients.map((client) =>
          client.request("fs/getMetadata", { path: "/" })
        ),
      );
      for (const answer of answers) assert.deepEqual(answer, answers[0]);
    }
    await descriptorsBackTo(server, descriptors);
  });

  Deno.test(`connects that stop in the middle of the HTTP head keep nobody out, and are given back (${listen})`, async () => {
    await using home = await createTempDir();
    await using server = await start(home.path);
    await visit(server.url, 1);
    const descriptors = await descriptorCount(server.pid);
    const head = encoder.encode(upgradeRequest());
    {
      using stack = new DisposableStack();
      for (let cut = 0; cut < head.length; cut++) {
        const conn = stack.use(await connectTo(server.url));
        await conn.write(head.subarray(0, cut));
      }
      await visit(server.url, AT_A_TIME);
    }
    await descriptorsBackTo(server, descriptors);
  });

  Deno.test(`a head without end is cut off (${listen})`, async () => {
    await using home = await createTempDir();
    await using server = await start(home.path);
    await visit(server.url, 1);
    const idleBytes = await rssBytes(server.pid);
    {
      using conn = await connectTo(server.url);
      await conn.write(encoder.encode("GET / HTTP/1.1\r\n"));
      const line = encoder.encode(`x: ${"y".repeat(64 * 1024)}\r\n`);
      // Whoever is cut off cannot go on writing.
      await assert.rejects(async () => {
        for (let at = 0; at < 2_000; at++) await conn.write(line);
      });
    }
    await visit(server.url, 1);
    const grownBytes = await rssBytes(server.pid) - idleBytes;
    assert.ok(grownBytes < 64 * MIB, `Grew by ${grownBytes} bytes`);
  });
}
