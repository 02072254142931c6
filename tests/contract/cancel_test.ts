import assert from "node:assert/strict";
import { initialize, replies, request } from "../kit/peer.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { descriptorCount } from "../kit/process_facts.ts";
import { until } from "../kit/until.ts";

const MIB = 1024 * 1024;
const CANCELLED = -32800;
const cancel = (id: string | number): string =>
  JSON.stringify({ method: "$/cancelRequest", params: { id } });

for (const listen of [undefined, "ws://127.0.0.1:0", "unix://"] as const) {
  Deno.test(`$/cancelRequest on ${listen ?? "stdio"}: what waits is not done, each is answered once, what comes behind goes on`, async () => {
    await using home = await createTempDir();
    await using directory = await createTempDir();
    const path = `${directory.path}/file`;
    const old = new Uint8Array(32 * MIB).fill(65);
    await Deno.writeFile(path, old);
    await using server = await ServerProcess.start({
      home: home.path,
      listen: listen === "unix://" ? `unix://${home.path}/socket` : listen,
    });
    await using peer = await server.connect();
    await initialize(peer);
    const write = (id: string | number, text: string): string =>
      request(id, "fs/writeFile", { path, dataBase64: btoa(text) });
    await peer.send(
      // Holds the file until its reply is read, which nobody does yet.
      request("read", "fs/readFile", { path }),
      write(1, "one"),
      write("1", "text one"),
      write(9007199254740992, "two"),
      request("stat", "fs/getMetadata", { path }),
      cancel(1),
      cancel("stat"),
      cancel("unknown"),
      // Differs from the number above in the last digit only.
      '{"method":"$/cancelRequest","params":{"id":9007199254740993}}',
    );
    const found = await replies(peer, 5);
    assert.equal(found.get("read")?.result.dataBase64, old.toBase64());
    for (const id of [1, "stat"]) {
      assert.equal(found.get(id)?.error?.code, CANCELLED);
    }
    assert.deepEqual(found.get("1"), { id: "1", result: {} });
    assert.deepEqual(found.get(9007199254740992)?.result, {});
    assert.equal(await Deno.readTextFile(path), "two");
    // Nothing is left of it: the path is free, and a late cancel is ignored.
    await peer.send(cancel(1), write(1, "three"), cancel("read"));
    assert.deepEqual((await replies(peer, 1)).get(1)?.result, {});
    assert.equal(await Deno.readTextFile(path), "three");
  });
}

Deno.test("$/cancelRequest stops a copy that runs, and what waits for its paths goes on", async () => {
  const files = 2_000;
  await using home = await createTempDir();
  await using directory = await createTempDir();
  const source = `${directory.path}/source`;
  const destination = `${directory.path}/destination`;
  await Deno.mkdir(source);
  for (let at = 0; at < files; at++) {
    await Deno.writeTextFile(`${source}/${at}`, "x");
  }
  await using server = await ServerProcess.start({ home: home.path });
  const peer = server.stdio;
  await initialize(peer);
  // What copies is loaded with the first request about files.
  await peer.send(request("first", "fs/getMetadata", { path: source }));
  await replies(peer, 1);
  const descriptors = await descriptorCount(server.pid);
  await peer.send(
    request("copy", "fs/copy", {
      sourcePath: source,
      destinationPath: destination,
      recursive: true,
    }),
    request("list", "fs/readDirectory", { path: destination }),
    cancel("copy"),
  );
  const found = await replies(peer, 2);
  assert.equal(found.get("copy")?.error?.code, CANCELLED);
  // What was copied before stays, and nothing was added behind the answer.
  const { entries } = found.get("list")?.result ?? { entries: [] };
  // It may have been stopped before it made the directory.
  const names = await Array.fromAsync(
    Deno.readDir(destination),
    ({ name }) => name,
  ).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return [];
  });
  assert.ok(names.length < files);
  assert.deepEqual(
    entries.map(({ fileName }: { fileName: string }) => fileName).toSorted(),
    names.toSorted(),
  );
  await until(
    "all files are closed",
    async () => await descriptorCount(server.pid) <= descriptors,
  );
});

Deno.test("$/cancelRequest races with the answer: each request has exactly one end", async () => {
  const count = 500;
  await using home = await createTempDir();
  await using directory = await createTempDir();
  await using server = await ServerProcess.start({ home: home.path });
  const peer = server.stdio;
  await initialize(peer);
  const messages: string[] = [];
  for (let id = 0; id < count; id++) {
    // Each path is written twice, so that some wait and some run.
    const path = `${directory.path}/${id >> 1}`;
    messages.push(
      request(id, "fs/writeFile", { path, dataBase64: "AAAA" }),
      cancel(id - id % 3),
      cancel(id),
    );
  }
  await peer.send(...messages, request("end", "fs/getMetadata", { path: "/" }));
  // Two replies to one request, or none, would show here.
  const found = await replies(peer, count + 1);
  for (let id = 0; id < count; id++) {
    const { result, error } = found.get(id)!;
    assert.ok(
      error === undefined ? result : error.code === CANCELLED,
      JSON.stringify(error),
    );
  }
});
