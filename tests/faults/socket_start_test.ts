import assert from "node:assert/strict";
import { Client } from "../../src/client/mod.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir, type TempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";

const STARTERS = 8;

/** Launches servers for one socket; tells the winner once all others lost. */
async function race(
  servers: readonly ServerProcess[],
): Promise<{ winner: ServerProcess; losers: ServerProcess[] }> {
  const losers = new Set<ServerProcess>();
  for (const server of servers) server.exit().then(() => losers.add(server));
  await until(
    `${servers.length - 1} of ${servers.length} servers give up`,
    () => losers.size >= servers.length - 1,
    { timeoutMs: 240_000 },
  );
  const winners = servers.filter((server) => !losers.has(server));
  assert.equal(winners.length, 1, "Nobody serves");
  return { winner: winners[0]!, losers: [...losers] };
}

async function expectOneServer(
  servers: readonly ServerProcess[],
  path: string,
): Promise<void> {
  const { winner, losers } = await race(servers);
  for (const loser of losers) {
    assert.deepEqual(await loser.exit(), { code: 1, signal: null });
    assert.equal(
      loser.stderr,
      `Error: app-server control socket is already in use at ${path}\n`,
    );
  }
  {
    await using client = await Client.connect({ url: `unix://${path}` });
    const { isDirectory } = await client.request("fs/getMetadata", {
      path: "/",
    });
    assert.equal(isDirectory, true);
  }
  winner.kill("SIGTERM");
  assert.deepEqual(await winner.exit(), { code: 0, signal: null });
  assert.equal(winner.stderr, "");
  await assert.rejects(Deno.lstat(path), Deno.errors.NotFound);
}

Deno.test(`of ${STARTERS} servers that start at once in one home exactly one serves its control socket`, async () => {
  await using home = await createTempDir();
  await using stack = new AsyncDisposableStack();
  const servers = Array.from({ length: STARTERS }, () =>
    stack.use(
      ServerProcess.launch({ home: home.path, listen: "unix://" }),
    ));
  await expectOneServer(
    servers,
    `${home.path}/app-server-control/app-server-control.sock`,
  );
});

Deno.test(`of ${STARTERS} servers of different homes that start at once exactly one serves the same path`, async () => {
  await using directory = await createTempDir();
  await using stack = new AsyncDisposableStack();
  const path = `${directory.path}/socket`;
  const homes: TempDir[] = [];
  for (let at = 0; at < STARTERS; at++) {
    homes.push(stack.use(await createTempDir()));
  }
  const servers = homes.map((home) =>
    stack.use(
      ServerProcess.launch({ home: home.path, listen: `unix://${path}` }),
    )
  );
  await expectOneServer(servers, path);
});

Deno.test("servers that start at once take over the one socket that a killed server left", async () => {
  await using home = await createTempDir();
  const path = `${home.path}/socket`;
  const settings = { home: home.path, listen: `unix://${path}` };
  {
    await using first = await ServerProcess.start(settings);
    await using client = await Client.connect({ url: settings.listen });
    const pending = client.request("fs/getMetadata", { path: "/" });
    await pending;
    first.kill("SIGKILL");
    assert.deepEqual(await client.closed, {
      by: "peer",
      reason: "Connection ended",
    });
    assert.equal((await first.exit()).signal, "SIGKILL");
  }
  assert.equal((await Deno.lstat(path)).isSocket, true);
  await using stack = new AsyncDisposableStack();
  const servers = [1, 2, 3].map(() =>
    stack.use(ServerProcess.launch(settings))
  );
  await expectOneServer(servers, path);
});

Deno.test("a server that was killed again and again starts again on its socket, and leaves nothing else behind", async () => {
  await using home = await createTempDir();
  const path = `${home.path}/socket`;
  const settings = { home: home.path, listen: `unix://${path}` };
  let names: string[] | undefined;
  for (let round = 0; round < 3; round++) {
    await using server = await ServerProcess.start(settings);
    await using client = await Client.connect({ url: settings.listen });
    await client.request("fs/getMetadata", { path: "/" });
    server.kill("SIGKILL");
    await server.exit();
    const entries = await Array.fromAsync(Deno.readDir(home.path));
    const found = entries.map(({ name }) => name).toSorted();
    names ??= found;
    assert.deepEqual(found, names);
  }
});
