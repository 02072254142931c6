import assert from "node:assert/strict";
import { Client } from "../../src/client/mod.ts";
import { initialize, replies, request } from "../kit/peer.ts";
import { peakRssBytes, rssBytes } from "../kit/process_facts.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";

const MIB = 1024 * 1024;

Deno.test("60 pipelined fs/writeFile of 16 MiB to one path are held in bounded memory", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    listen: "ws://127.0.0.1:0",
  });
  await using peer = await server.connect();
  await initialize(peer);
  const idleBytes = await rssBytes(server.pid);
  const dataBase64 = "A".repeat(16 * MIB);
  const count = 60;
  const sent = (async () => {
    for (let id = 0; id < count; id++) {
      await peer.send(
        request(id, "fs/writeFile", { path: `${home.path}/f`, dataBase64 }),
      );
    }
  })();
  for (const [id, reply] of await replies(peer, count)) {
    assert.deepEqual(reply, { id, result: {} });
  }
  await sent;
  const grownBytes = await peakRssBytes(server.pid) - idleBytes;
  assert.ok(grownBytes < 768 * MIB, `Grew by ${grownBytes} bytes`);
});

Deno.test("128 pipelined fs/readDirectory of 8,000 entries all come to a client that reads", async () => {
  await using home = await createTempDir();
  await using directory = await createTempDir();
  const names: string[] = [];
  for (let at = 0; at < 8_000; at++) {
    names.push(`a-file-with-a-name-of-some-length-${at}`);
    await Deno.writeFile(`${directory.path}/${names[at]}`, new Uint8Array());
  }
  await using server = await ServerProcess.start({
    home: home.path,
    listen: "ws://127.0.0.1:0",
  });
  await using client = await Client.connect({ url: server.url });
  const answers = await Promise.all(
    Array.from(
      { length: 128 },
      () => client.request("fs/readDirectory", { path: directory.path }),
    ),
  );
  for (const { entries } of answers) assert.equal(entries.length, names.length);
});
