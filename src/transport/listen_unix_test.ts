import assert from "node:assert/strict";
import { HANDSHAKE, rawHttp, RawPeer } from "./_raw_peer_test.ts";
import { listenUnix } from "./listen_unix.ts";
import { withStartupLock } from "./startup_lock.ts";

async function withDirectory(
  work: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function modeOf(info: Deno.FileInfo): string {
  return (info.mode! & 0o7777).toString(8);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

const SERVER = `
  import { listenUnix } from "./listen_unix.ts";
  import { withStartupLock } from "./startup_lock.ts";
  const [home, path] = Deno.args;
  try {
    await withStartupLock(home, async () => await listenUnix({ home, path }));
    console.log("ready");
  } catch (error) {
    console.log(error.message);
    Deno.exit(1);
  }
`;

/** Starts a server process and waits for its first line. */
async function startProcess(
  home: string,
  path?: string,
): Promise<{ line: string; kill: () => Promise<void> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", SERVER, home, ...(path ? [path] : [])],
    cwd: import.meta.dirname!,
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  return {
    line: value.trim(),
    kill: async () => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await child.status;
      await reader.cancel();
    },
  };
}

Deno.test("listenUnix() opens the control socket, private, and removes it", async () => {
  await withDirectory(async (home) => {
    const listener = await listenUnix({ home });
    const path = `${home}/app-server-control/app-server-control.sock`;
    assert.equal(listener.address, `unix://${path}`);
    const info = await Deno.lstat(path);
    assert.equal(info.isSocket, true);
    assert.equal(modeOf(info), "600");
    assert.equal(modeOf(await Deno.stat(`${home}/app-server-control`)), "700");
    await listener.close();
    await listener.close();
    assert.equal(await exists(path), false);
    await listener[Symbol.asyncDispose]();
  });
});

Deno.test("listenUnix() upgrades without asking for anything, with the frame hint and no date", async () => {
  await withDirectory(async (home) => {
    const path = `${home}/s.sock`;
    await using listener = await listenUnix({ home, path });
    using conn = await Deno.connect({ transport: "unix", path });
    const headers = [
      ...HANDSHAKE,
      "Origin: http://evil.example",
      "Authorization: x",
    ];
    const text = await rawHttp(
      conn,
      `GET /foo?x=1 HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`,
    );
    assert.deepEqual(text.split("\r\n").sort(), [
      "",
      "",
      "Connection: Upgrade",
      "HTTP/1.1 101 Switching Protocols",
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      "Upgrade: websocket",
      "x-codex-websocket-max-unfragmented-message-bytes: 16777216",
    ]);
    const { value: channel } = await listener.channels[Symbol.asyncIterator]()
      .next();
    await using _channel = channel;
    assert.equal(channel.origin, "unix");
    assert.equal(channel.peer, `unix:${path}`);
  });
});

Deno.test("listenUnix() gives plain HTTP and JSON the end, without a byte", async () => {
  await withDirectory(async (home) => {
    const path = `${home}/s.sock`;
    await using _listener = await listenUnix({ home, path });
    const requests = [
      "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
      `POST / HTTP/1.1\r\n${HANDSHAKE.join("\r\n")}\r\n\r\n`,
      `GET / HTTP/1.1\r\n${HANDSHAKE.slice(0, 4).join("\r\n")}\r\n\r\n`,
      '{"method":"initialize","id":1}\n',
      "garbage\r\n\r\n",
    ];
    for (const request of requests) {
      using conn = await Deno.connect({ transport: "unix", path });
      const got = await rawHttp(conn, request).catch((error) => {
        assert.ok(error instanceof Deno.errors.ConnectionReset);
        return "";
      });
      assert.equal(got, "", request);
    }
  });
});

Deno.test("listenUnix() creates one missing directory, private, and no more", async () => {
  await withDirectory(async (home) => {
    await using _listener = await listenUnix({
      home,
      path: `${home}/one/s.sock`,
    });
    assert.equal(modeOf(await Deno.stat(`${home}/one`)), "700");
    await assert.rejects(
      listenUnix({ home, path: `${home}/n1/n2/s.sock` }),
      { message: "No such file or directory (os error 2)" },
    );
    assert.equal(await exists(`${home}/n1`), false);
  });
});

Deno.test("listenUnix() never changes a directory that was there", async () => {
  await withDirectory(async (home) => {
    for (const mode of [0o755, 0o700, 0o1777]) {
      const directory = `${home}/${mode}`;
      await Deno.mkdir(directory);
      await Deno.chmod(directory, mode);
      await using _listener = await listenUnix({
        home,
        path: `${directory}/s.sock`,
      });
      assert.equal(modeOf(await Deno.stat(directory)), mode.toString(8));
    }
  });
});

Deno.test("listenUnix() refuses a directory in which others could replace the socket", async () => {
  const message =
    "socket parent must be owned by the user or root and prevent other users from replacing socket entries";
  await withDirectory(async (home) => {
    const refused: string[] = [];
    for (const mode of [0o777, 0o775, 0o770, 0o722, 0o702]) {
      const directory = `${home}/${mode}`;
      await Deno.mkdir(directory);
      await Deno.chmod(directory, mode);
      refused.push(directory);
    }
    if (Deno.uid() === 0) {
      const foreign = `${home}/foreign`;
      await Deno.mkdir(foreign, { mode: 0o700 });
      await Deno.chown(foreign, 65_534, null);
      refused.push(foreign);
    }
    for (const directory of refused) {
      const path = `${directory}/s.sock`;
      await assert.rejects(listenUnix({ home, path }), { message });
      assert.equal(await exists(path), false);
    }
  });
});

Deno.test("listenUnix() leaves anything in the way untouched", async () => {
  await withDirectory(async (home) => {
    await Deno.writeTextFile(`${home}/file`, "precious");
    await Deno.mkdir(`${home}/directory`);
    await Deno.symlink(`${home}/file`, `${home}/link`);
    await Deno.symlink(`${home}/directory`, `${home}/dirlink`);
    for (const name of ["file", "directory", "link", "dirlink"]) {
      const path = `${home}/${name}`;
      await assert.rejects(listenUnix({ home, path }), {
        message:
          `app-server control socket path exists and is not a socket: ${path}`,
      });
    }
    await Deno.symlink("/no/such/target", `${home}/dangling`);
    await assert.rejects(listenUnix({ home, path: `${home}/dangling` }), {
      message: "File exists (os error 17)",
    });
    assert.equal(await Deno.readLink(`${home}/dangling`), "/no/such/target");
    assert.equal(await Deno.readTextFile(`${home}/file`), "precious");
    await assert.rejects(listenUnix({ home, path: `${home}/file/s.sock` }), {
      message: "Not a directory (os error 20)",
    });
  });
});

Deno.test("listenUnix() refuses a live socket, also through another home or name", async () => {
  await withDirectory(async (home) => {
    const path = `${home}/s.sock`;
    await using listener = await listenUnix({ home, path });
    await Deno.symlink(path, `${home}/alias`);
    for (const other of [path, `${home}/alias`]) {
      await assert.rejects(listenUnix({ home: `${home}/other`, path: other }), {
        message: `app-server control socket is already in use at ${other}`,
      });
    }
    using _peer = await RawPeer.connect({ transport: "unix", path });
    const { value: channel } = await listener.channels[Symbol.asyncIterator]()
      .next();
    channel.terminate();
    await channel.closed;
  });
});

Deno.test("listenUnix() takes a relative path against the working directory", async () => {
  await withDirectory(async (home) => {
    const name = `gangway-test-${crypto.randomUUID()}.sock`;
    const relative = `../../../../../../../../..${home}/${name}`;
    await using listener = await listenUnix({ home, path: relative });
    assert.equal(listener.address, `unix://${home}/${name}`);
  });
});

Deno.test("listenUnix() takes a path of any length, and cleans up both ends", async () => {
  await withDirectory(async (home) => {
    const directory = `${home}/${"d".repeat(150)}`;
    await Deno.mkdir(directory, { mode: 0o700 });
    const path = `${directory}/s.sock`;
    const listener = await listenUnix({ home, path });
    assert.equal(listener.address, `unix://${path}`);
    const target = await Deno.readLink(path);
    assert.equal(modeOf(await Deno.lstat(target)), "600");
    assert.equal(
      modeOf(await Deno.stat(target.replace(/\/[^/]*$/, ""))),
      "700",
    );
    await assert.rejects(listenUnix({ home, path }), {
      message: `app-server control socket is already in use at ${path}`,
    });
    const peer = await RawPeer.connect({ transport: "unix", path: target });
    const { value: channel } = await listener.channels[Symbol.asyncIterator]()
      .next();
    peer[Symbol.dispose]();
    await channel.closed;
    await listener.close();
    assert.equal(await exists(path), false);
    assert.equal(await exists(target), false);
  });
});

Deno.test("close() leaves the socket of a successor alone", async () => {
  await withDirectory(async (home) => {
    const path = `${home}/s.sock`;
    const first = await listenUnix({ home, path });
    await Deno.remove(path);
    await using _second = await listenUnix({ home, path });
    await first[Symbol.asyncDispose]();
    using _peer = await RawPeer.connect({ transport: "unix", path });
  });
});

Deno.test("listenUnix() takes over from a server that was killed, short path and long", async () => {
  await withDirectory(async (home) => {
    const long = `${home}/${"d".repeat(150)}`;
    await Deno.mkdir(long, { mode: 0o700 });
    for (const path of [undefined, `${home}/s.sock`, `${long}/s.sock`]) {
      const killed = await startProcess(home, path);
      assert.equal(killed.line, "ready");
      await killed.kill();
      const place = path ??
        `${home}/app-server-control/app-server-control.sock`;
      assert.equal(await exists(place), true);
      const next = await startProcess(home, path);
      assert.equal(next.line, "ready");
      const target = await Deno.realPath(place);
      using _peer = await RawPeer.connect({ transport: "unix", path: target });
      await next.kill();
      await Deno.remove(target);
    }
  });
});

Deno.test("of five servers that start at once exactly one gets the socket", async () => {
  await withDirectory(async (home) => {
    const path = `${home}/app-server-control/app-server-control.sock`;
    // A stale socket makes the race worth it.
    await (await startProcess(home)).kill();
    const started = await Promise.all(
      Array.from({ length: 5 }, () => startProcess(home)),
    );
    const lines = started.map(({ line }) => line).sort();
    const refused = `app-server control socket is already in use at ${path}`;
    assert.deepEqual(lines, [...Array(4).fill(refused), "ready"]);
    using peer = await RawPeer.connect({ transport: "unix", path });
    peer[Symbol.dispose]();
    await Promise.all(started.map(({ kill }) => kill()));
  });
});

Deno.test("of five listeners of different homes exactly one gets the same path", async () => {
  await withDirectory(async (home) => {
    const path = `${home}/s.sock`;
    await (await startProcess(home, path)).kill();
    const results = await Promise.allSettled(
      Array.from(
        { length: 5 },
        (_, i) =>
          withStartupLock(
            `${home}/${i}`,
            async () => await listenUnix({ home, path }),
          ),
      ),
    );
    const won = results.filter((result) => result.status === "fulfilled");
    assert.equal(won.length, 1);
    for (const { value } of won) await value[Symbol.asyncDispose]();
  });
});
