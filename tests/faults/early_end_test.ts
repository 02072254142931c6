import assert from "node:assert/strict";
import { createAppServer } from "../../mod.ts";
import { createLineChannel } from "../../src/transport/mod.ts";
import { LinePeer } from "../kit/line_peer.ts";
import { initialize, request } from "../kit/peer.ts";
import { createTempDir } from "../kit/temp_dir.ts";

const MIB = 1024 * 1024;

Deno.test("replies to what was read before the end of stdin wait for a reader that comes back after flushMs", async () => {
  await using home = await createTempDir();
  const path = `${home.path}/file`;
  await Deno.writeFile(path, new Uint8Array(4 * MIB));
  const server = await createAppServer({
    home: home.path,
    limits: { flushMs: 50 },
  });
  const input = new TransformStream<Uint8Array<ArrayBuffer>>();
  const output = new TransformStream<Uint8Array<ArrayBuffer>>();
  const served = server.serve(
    createLineChannel(input.readable, output.writable),
  );
  const peer = new LinePeer({
    stdin: input.writable as WritableStream<Uint8Array>,
    stdout: output.readable,
  });
  await initialize(peer);
  const count = 20;
  await peer.send(
    ...Array.from(
      { length: count },
      (_, id) => request(id, "fs/readFile", { path }),
    ),
  );
  await peer.end();
  // Longer than flushMs: the time is what is tried here.
  await new Promise((resolve) => setTimeout(resolve, 300));
  let found = 0;
  while (await peer.message() !== undefined) found++;
  assert.equal(found, count);
  await served;
  await server.close();
});
