import assert from "node:assert/strict";
import { Client } from "../../src/client/mod.ts";
import {
  initialize,
  next,
  nextReply,
  replies,
  request,
  rest,
} from "../kit/peer.ts";
import { atRest } from "../kit/process_facts.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";

/** Takes from root what lets it pass over permission bits. */
const WITHOUT_PRIVILEGES = [
  "setpriv",
  "--bounding-set=-dac_override,-dac_read_search",
];
const metadata = (id: unknown): string =>
  request(id, "fs/getMetadata", { path: "/" });

/** A program in front of the server for which permission bits count. */
async function obeyingBits(): Promise<readonly string[] | undefined> {
  if (Deno.uid() !== 0) return [];
  return await works([...WITHOUT_PRIVILEGES, "true"])
    ? WITHOUT_PRIVILEGES
    : undefined;
}

/** A program in front of the server that gives it a small disk at a path. */
async function withSmallDisk(
  path: string,
): Promise<readonly string[] | undefined> {
  const inside = [
    "unshare",
    "--mount",
    "sh",
    "-c",
    'mount -t tmpfs -o size=256k none "$0" && exec "$@"',
    path,
  ];
  return await works([...inside, "true"]) ? inside : undefined;
}

async function works(command: readonly string[]): Promise<boolean> {
  const [program, ...args] = command as [string, ...string[]];
  try {
    const { success } = await new Deno.Command(program, {
      args,
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** Has the server's stderr led to where the shell says. */
function withStderr(redirection: string): readonly string[] {
  return ["sh", "-c", `exec "$@" ${redirection}`, "sh"];
}

const bits = await obeyingBits();
if (bits === undefined) {
  // deno-lint-ignore no-console -- the reader of the report has to know
  console.warn("Left out, for root cannot be told from others: setpriv fails");
}

Deno.test({
  name:
    "a home that cannot be written is served from, with an id of the moment",
  ignore: bits === undefined,
  async fn() {
    await using home = await createTempDir();
    await Deno.chmod(home.path, 0o500);
    await using server = await ServerProcess.start({
      home: home.path,
      inside: bits!,
      env: { GANGWAY_LOG: "warn" },
    });
    await server.stdio.send(request(0, "initialize", {
      clientInfo: { name: "n", version: "1" },
    }));
    const { result } = await next(server.stdio);
    assert.equal(result.codexHome, home.path);
    const { params } = await next(server.stdio);
    assert.match(
      params.installationId,
      /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
    );
    await server.stdio.send(metadata(1));
    assert.equal((await next(server.stdio)).result.isDirectory, true);
    await server.stdio.end();
    assert.deepEqual(await server.exit(), { code: 0, signal: null });
    assert.match(server.stderr, /Cannot keep the installation id/);
  },
});

Deno.test({
  name:
    "a control socket in a home that cannot be written is refused with the reason",
  ignore: bits === undefined,
  async fn() {
    await using home = await createTempDir();
    await Deno.chmod(home.path, 0o500);
    await using server = ServerProcess.launch({
      home: home.path,
      inside: bits!,
      listen: "unix://",
    });
    assert.deepEqual(await server.exit(), { code: 1, signal: null });
    assert.match(
      server.stderr,
      /^Error: Permission denied \(os error 13\).*\n$/,
    );
  },
});

Deno.test({
  name: "what the system forbids is an error of that one request",
  ignore: bits === undefined,
  async fn() {
    await using home = await createTempDir();
    await using directory = await createTempDir();
    const closed = `${directory.path}/closed`;
    await Deno.mkdir(closed);
    await Deno.writeTextFile(`${closed}/file`, "kept");
    await Deno.chmod(`${closed}/file`, 0);
    await Deno.chmod(closed, 0o500);
    await using server = await ServerProcess.start({
      home: home.path,
      inside: bits!,
    });
    const peer = server.stdio;
    await initialize(peer);
    const refused: readonly [method: string, params: object][] = [
      ["fs/readFile", { path: `${closed}/file` }],
      ["fs/writeFile", { path: `${closed}/file`, dataBase64: "AAAA" }],
      ["fs/writeFile", { path: `${closed}/new`, dataBase64: "AAAA" }],
      ["fs/createDirectory", { path: `${closed}/new` }],
      ["fs/remove", { path: `${closed}/file` }],
      ["fs/remove", { path: closed }],
      ["fs/copy", {
        sourcePath: `${closed}/file`,
        destinationPath: `${directory.path}/copy`,
      }],
    ];
    await peer.send(
      ...refused.map(([method, params], id) => request(id, method, params)),
      metadata("fine"),
    );
    const found = await replies(peer, refused.length + 1);
    for (const [id, [method]] of refused.entries()) {
      assert.deepEqual(found.get(id)?.error, {
        code: -32603,
        message: "Permission denied (os error 13)",
      }, method);
    }
    assert.equal(found.get("fine")?.result.isDirectory, true);
    await Deno.chmod(closed, 0o700);
    await Deno.chmod(`${closed}/file`, 0o600);
    assert.equal(await Deno.readTextFile(`${closed}/file`), "kept");
    const names = await Array.fromAsync(Deno.readDir(closed));
    assert.deepEqual(names.map(({ name }) => name), ["file"]);
  },
});

Deno.test("a home that cannot be made is refused with the reason", async () => {
  await using server = ServerProcess.launch({
    home: "",
    env: { HOME: "/proc/nobody" },
  });
  assert.deepEqual(await server.exit(), { code: 1, signal: null });
  assert.match(server.stderr, /^Error: .*\/proc\/nobody\/\.codex.*\n$/);
});

Deno.test("a device without room for a byte is an error of that one request", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({ home: home.path });
  await initialize(server.stdio);
  const path = "/dev/full";
  await server.stdio.send(
    request(1, "fs/writeFile", { path, dataBase64: "AAAA" }),
    metadata(2),
  );
  const found = await replies(server.stdio, 2);
  assert.deepEqual(found.get(1)?.error, {
    code: -32603,
    message: "No space left on device (os error 28)",
  });
  assert.equal(found.get(2)?.result.isDirectory, true);
});

const disk = await createTempDir();
const smallDisk = await withSmallDisk(disk.path);
if (smallDisk === undefined) {
  // deno-lint-ignore no-console -- the reader of the report has to know
  console.warn("Left out, for no file system can be mounted: unshare fails");
}
await disk[Symbol.asyncDispose]();

Deno.test({
  name:
    "a full disk keeps the old content, leaves nothing half, and has room again",
  ignore: smallDisk === undefined,
  async fn() {
    await using home = await createTempDir();
    await using directory = await createTempDir();
    await using server = await ServerProcess.start({
      home: home.path,
      inside: (await withSmallDisk(directory.path))!,
    });
    const peer = server.stdio;
    await initialize(peer, { gangway: {} });
    const small = new Uint8Array(64 * 1024).fill(1).toBase64();
    const large = new Uint8Array(512 * 1024).fill(2).toBase64();
    const path = `${directory.path}/file`;
    const full = {
      code: -32603,
      message: "No space left on device (os error 28)",
    };
    await peer.send(
      request(1, "fs/writeFile", { path, dataBase64: small }),
      request(2, "fs/writeFile", { path, dataBase64: large }),
      request(3, "fs/readFile", { path }),
      request(4, "fs/readDirectory", { path: directory.path }),
      request(5, "fs/writeFile", { path: `${path}-2`, dataBase64: large }),
      request(6, "fs/readDirectory", { path: directory.path }),
      request(7, "fs/writeFile", { path: `${path}-3`, dataBase64: small }),
    );
    const found = await replies(peer, 7);
    assert.deepEqual(found.get(1)?.error, undefined);
    assert.deepEqual(found.get(2)?.error, full);
    assert.equal(found.get(3)?.result.dataBase64, small);
    const entries = [{ fileName: "file", isDirectory: false, isFile: true }];
    assert.deepEqual(found.get(4)?.result, { entries });
    assert.deepEqual(found.get(5)?.error, full);
    assert.deepEqual(found.get(6)?.result, { entries });
    assert.deepEqual(found.get(7)?.error, undefined);
  },
});

for (
  const [what, redirection] of [
    ["is on a full disk", "2>/dev/full"],
    ["is closed", "2>&-"],
  ] as const
) {
  Deno.test(`a server on stdio whose stderr ${what} serves all the same`, async () => {
    await using home = await createTempDir();
    await using server = await ServerProcess.start({
      home: home.path,
      inside: withStderr(redirection),
      env: { GANGWAY_LOG: "trace" },
    });
    await initialize(server.stdio);
    for (let id = 0; id < 20; id++) {
      await server.stdio.send("garbage", metadata(id));
      assert.equal((await nextReply(server.stdio)).id, id);
    }
    await server.stdio.end();
    assert.deepEqual(await rest(server.stdio), []);
    assert.deepEqual(await server.exit(), { code: 0, signal: null });
  });

  Deno.test(`a server on a unix socket whose stderr ${what} serves all the same`, async () => {
    await using home = await createTempDir();
    await using server = await ServerProcess.start({
      home: home.path,
      listen: `unix://${home.path}/socket`,
      inside: withStderr(redirection),
      env: { GANGWAY_LOG: "trace" },
    });
    await using client = await Client.connect({ url: server.url });
    const { isDirectory } = await client.request("fs/getMetadata", {
      path: "/",
    });
    assert.equal(isDirectory, true);
  });

  Deno.test(`a server on a port whose stderr ${what} serves all the same`, async () => {
    await using home = await createTempDir();
    const place = freePlace();
    await using server = ServerProcess.launch({
      home: home.path,
      listen: `ws://${place}`,
      inside: withStderr(redirection),
    });
    await until("the server is ready", async () => {
      const answer = await fetch(`http://${place}/readyz`)
        .catch(() => undefined);
      await answer?.body?.cancel();
      return answer?.status === 200;
    });
    await using client = await Client.connect({
      url: `ws://${place}`,
    });
    const { isDirectory } = await client.request("fs/getMetadata", {
      path: "/",
    });
    assert.equal(isDirectory, true);
    server.kill("SIGTERM");
    assert.deepEqual(await server.exit(), { code: 0, signal: null });
  });
}

/**
 * An address and a port that was free there a moment ago. It stays so: hardly
 * anybody else uses that address of this machine.
 */
function freePlace(): string {
  const numbers = crypto.getRandomValues(new Uint8Array(3));
  const hostname = `127.${[...numbers].map((one) => one % 250 + 2).join(".")}`;
  using listener = Deno.listen({ hostname, port: 0 });
  return `${hostname}:${(listener.addr as Deno.NetAddr).port}`;
}

Deno.test("a server whose stderr nobody reads goes on, whatever it has to say", async () => {
  await using home = await createTempDir();
  await using server = await ServerProcess.start({
    home: home.path,
    isStderrUnread: true,
  });
  await initialize(server.stdio);
  // Some megabytes of log lines; a pipe holds 64 KiB.
  const garbage = Array.from({ length: 20_000 }, (_, at) => `garbage ${at}`);
  await server.stdio.send(...garbage, metadata("last"));
  assert.equal((await next(server.stdio)).id, "last");
  await atRest(server.pid);
  await server.stdio.send(metadata("later"));
  assert.equal((await next(server.stdio)).id, "later");
  await server.stdio.end();
  assert.deepEqual(await server.exit(), { code: 0, signal: null });
});
