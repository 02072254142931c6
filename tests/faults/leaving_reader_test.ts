import { Client } from "../../src/client/mod.ts";
import { initialize, request } from "../kit/peer.ts";
import { descriptorCount } from "../kit/process_facts.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";

const MIB = 1024 * 1024;

for (const listen of ["ws://127.0.0.1:0", "unix://"] as const) {
  Deno.test(`a reader on ${listen} that stops and then leaves gives back every file that was opened for it`, async () => {
    await using home = await createTempDir();
    const path = `${home.path}/file`;
    await Deno.writeFile(path, new Uint8Array(MIB));
    await using server = await ServerProcess.start({
      home: home.path,
      listen: listen === "unix://" ? `unix://${home.path}/socket` : listen,
    });
    await using bystander = await Client.connect({ url: server.url });
    await bystander.request("fs/readFile", { path });
    const descriptors = await descriptorCount(server.pid);
    for (let round = 0; round < 3; round++) {
      await using peer = await server.connect();
      await initialize(peer);
      await peer.send(
        ...Array.from(
          { length: 100 },
          (_, id) => request(id, "fs/readFile", { path }),
        ),
      );
      await until(
        "files are open",
        async () => await descriptorCount(server.pid) > descriptors + 10,
      );
    }
    await until(
      "all files are closed",
      async () => await descriptorCount(server.pid) <= descriptors,
    );
    await bystander.request("fs/readFile", { path });
  });
}
