import assert from "node:assert/strict";
import { Client } from "../client/mod.ts";
import { createHome, GangwayProcess, runGangway } from "./_gangway_process.ts";

const INITIALIZE = '{"id":0,"method":"initialize","params":' +
  '{"clientInfo":{"name":"test","version":"1"}}}\n';
const stat = (id: number): string =>
  `{"id":${id},"method":"fs/getMetadata","params":{"path":"/"}}\n`;

/** The ids that were answered, in order. */
function repliesIn(lines: readonly string[]): number[] {
  return lines.map((line) => JSON.parse(line))
    .filter((message) => "result" in message)
    .map(({ id }) => id).toSorted((a, b) => a - b);
}

const ids = (count: number): number[] =>
  Array.from({ length: count }, (_, id) => id);

Deno.test("app-server answers on stdio all that was read before the end of input, and exits 0", async () => {
  await using home = await createHome();
  const requests = ids(500).slice(1).map(stat).join("");
  const { code, signal, stdout, stderr } = await runGangway(["app-server"], {
    env: home.env,
    // The last line needs no newline.
    input: INITIALIZE + requests + stat(500).trimEnd(),
  });
  assert.deepEqual([code, signal, stderr], [0, null, ""]);
  assert.deepEqual(repliesIn(stdout.trimEnd().split("\n")), ids(501));
});

Deno.test("app-server exits 0 when the input ends before anything was said", async () => {
  await using home = await createHome();
  assert.deepEqual(
    await runGangway(["app-server", "--stdio"], { env: home.env }),
    { code: 0, signal: null, stdout: "", stderr: "" },
  );
});

for (
  const [signal, code, by] of [
    ["SIGTERM", 0, null],
    ["SIGINT", 130, "SIGINT"],
    ["SIGHUP", 129, "SIGHUP"],
  ] as const
) {
  Deno.test(`app-server on stdio answers what it has read, then ends of ${signal}`, async () => {
    await using home = await createHome();
    await using server = new GangwayProcess(["app-server"], { env: home.env });
    await server.write(INITIALIZE + ids(5_000).slice(1).map(stat).join(""));
    await server.stdoutLines(1);
    server.kill(signal);
    const outcome = await server.outcome();
    assert.deepEqual([outcome.code, outcome.signal], [code, by]);
    // Requests are read in order, so none may be missing between others.
    const replies = repliesIn(outcome.stdout.trimEnd().split("\n"));
    assert.deepEqual(replies, ids(replies.length));
  });

  Deno.test(`app-server on a websocket closes it with a reason on ${signal}, and exits 0`, async () => {
    await using home = await createHome();
    await using server = new GangwayProcess(
      ["app-server", "--listen", "ws://127.0.0.1:0"],
      { env: home.env },
    );
    const [, url] = await server.stderrMatch(/listening on: (\S+)\n/);
    await using client = await Client.connect({ url: url! });
    const pending = Promise.all(
      ids(50).map(() => client.request("fs/getMetadata", { path: "/" })),
    );
    await pending;
    server.kill(signal);
    assert.deepEqual(await client.closed, {
      by: "peer",
      code: 1001,
      reason: "the server is shutting down",
    });
    const outcome = await server.outcome();
    assert.deepEqual([outcome.code, outcome.signal, outcome.stdout], [
      0,
      null,
      "",
    ]);
  });
}

for (
  const [env, expected] of [
    [{ RUST_LOG: "off" }, /^$/],
    [
      { RUST_LOG: "debug" },
      /^\S+Z DEBUG gangway::rpc: connected .*\n\S+Z ERROR gangway::rpc: dropped .*\n/,
    ],
    [{ RUST_LOG: "debug", GANGWAY_LOG: "off" }, /^$/],
    [
      { GANGWAY_LOG: "off,gangway::rpc=error" },
      /^\S+Z ERROR gangway::rpc: dropped a message that can't be read connection=1 transport=stdio peer=stdio reason=.*\n$/,
    ],
    [
      { GANGWAY_LOG: "off,gangway::rpc=loud,gangway=error" },
      /^\S+Z ERROR gangway: left out of the log filter: not understood directive="?gangway::rpc=loud"?\n\S+Z ERROR gangway::rpc: dropped .*\n$/,
    ],
    [
      { LOG_FORMAT: "json" },
      /^\{"timestamp":"\S+Z","level":"ERROR","fields":\{"message":"dropped .*\},"target":"gangway::rpc"\}\n$/,
    ],
  ] as const
) {
  Deno.test(`app-server logs as ${JSON.stringify(env)} says`, async () => {
    await using home = await createHome();
    const { code, stderr } = await runGangway(["app-server"], {
      env: { ...home.env, GANGWAY_LOG: "", ...env },
      input: "[]\n",
    });
    assert.equal(code, 0);
    assert.match(stderr, expected);
  });
}

Deno.test("app-server tells on stderr where it listens", async () => {
  await using home = await createHome();
  await using server = new GangwayProcess(
    ["app-server", "--listen", "ws://127.0.0.1:0"],
    { env: home.env },
  );
  await server.stderrMatch(/note: .*\n/);
  assert.match(
    server.stderr,
    /^codex app-server \(WebSockets\)\n {2}listening on: ws:\/\/127\.0\.0\.1:([1-9]\d*)\n {2}readyz: http:\/\/127\.0\.0\.1:\1\/readyz\n {2}healthz: http:\/\/127\.0\.0\.1:\1\/healthz\n {2}note: binds localhost only \(use SSH port-forwarding for remote access\)\n$/,
  );
  await server.closeInput();
  server.kill("SIGTERM");
  assert.equal((await server.outcome()).code, 0);
});

Deno.test("app-server listens on every address where a token is asked for", async () => {
  await using home = await createHome();
  const minted = await runGangway([
    "token",
    "mint",
    "--capability",
    "--out",
    `${home.path}/token`,
  ]);
  assert.equal(minted.code, 0, minted.stderr);
  await using server = new GangwayProcess([
    "app-server",
    "--listen=ws://0.0.0.0:0",
    "--ws-auth=capability-token",
    `--ws-token-file=${home.path}/token`,
  ], { env: home.env });
  const [, port] = await server.stderrMatch(
    /listening on: ws:\/\/0\.0\.0\.0:(\d+)\n[^]*note: websocket auth is required for non-localhost listeners\n/,
  );
  const url = `ws://127.0.0.1:${port}`;
  await assert.rejects(Client.connect({ url }), /answered 401/);
  const token = (await Deno.readTextFile(`${home.path}/token`)).trim();
  await using client = await Client.connect({ url, token });
  await client.request("fs/getMetadata", { path: "/" });
});

Deno.test("app-server lets in browser pages of the origins that it was told", async () => {
  await using home = await createHome();
  await using server = new GangwayProcess([
    "app-server",
    "--listen=ws://127.0.0.1:0",
    "--ws-allow-origin=https://editor.example",
  ], { env: home.env });
  const [, url] = await server.stderrMatch(/readyz: (\S+)\n/);
  const ask = async (origin: string): Promise<number> => {
    const response = await fetch(url!, { headers: { origin } });
    await response.body?.cancel();
    return response.status;
  };
  assert.deepEqual(
    [await ask("https://editor.example"), await ask("https://evil.example")],
    [200, 403],
  );
});

Deno.test("app-server: of racing starts on a unix socket exactly one serves", async () => {
  await using home = await createHome();
  await using stack = new AsyncDisposableStack();
  const servers = [1, 2, 3].map(() =>
    stack.use(
      new GangwayProcess(["app-server", "--listen", "unix://"], home),
    )
  );
  const socket = `${home.path}/app-server-control/app-server-control.sock`;
  const losers = new Set<GangwayProcess>();
  const { promise: decided, resolve } = Promise.withResolvers<void>();
  for (const server of servers) {
    server.outcome().then(({ code, stderr }) => {
      if (code !== 1) return;
      assert.equal(
        stderr,
        `Error: app-server control socket is already in use at ${socket}\n`,
      );
      losers.add(server);
      if (losers.size === 2) resolve();
    });
  }
  await decided;
  const [winner] = servers.filter((server) => !losers.has(server));
  {
    await using client = await Client.connect({ url: `unix://${socket}` });
    await client.request("fs/getMetadata", { path: "/" });
  }
  winner!.kill("SIGTERM");
  assert.deepEqual(await winner!.outcome(), {
    code: 0,
    signal: null,
    stdout: "",
    stderr: "",
  });
  await assert.rejects(Deno.lstat(socket), Deno.errors.NotFound);
});

Deno.test("app-server keeps clients to the paths of the permission flags", async () => {
  await using home = await createHome();
  await Deno.mkdir(`${home.path}/work`);
  await Deno.symlink("/etc", `${home.path}/work/link`);
  await using server = new GangwayProcess([
    "app-server",
    "--allow-read=work,more",
    "--deny-write",
  ], { env: home.env, cwd: home.path });
  const ask = (id: number, method: string, params: object): string =>
    `${JSON.stringify({ id, method, params })}\n`;
  const path = `${home.path}/work`;
  await server.write(
    INITIALIZE + ask(1, "fs/getMetadata", { path }) +
      ask(2, "fs/getMetadata", { path: "/etc" }) +
      ask(3, "fs/readFile", { path: `${path}/link/hostname` }) +
      ask(4, "fs/writeFile", { path: `${path}/f`, dataBase64: "" }),
  );
  await server.closeInput();
  const { stdout } = await server.outcome();
  const messages = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const [ok, ...refusals] = [1, 2, 3, 4].map((wanted) =>
    messages.find(({ id }) => id === wanted)
  );
  assert.equal(ok.result.isDirectory, true);
  for (const [at, flag] of ["read", "read", "write"].entries()) {
    assert.match(refusals[at].error.message, new RegExp(`--\\w+-${flag}`));
  }
});

/** Asks for models where the process may read its home and no source. */
async function listModels(entry: string): Promise<unknown> {
  await using home = await createHome();
  const server = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-env",
      `--allow-read=${home.path},/etc/codex`,
      `--allow-write=${home.path}`,
      new URL(`../../${entry}`, import.meta.url).href,
      "app-server",
    ],
    env: { ...home.env, NO_COLOR: "1" },
    cwd: home.path,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = new Blob([
    INITIALIZE,
    '{"id":1,"method":"model/list","params":{}}\n',
  ]);
  await input.stream().pipeTo(server.stdin);
  const { stdout } = await server.output();
  const answer = new TextDecoder().decode(stdout).split("\n")
    .find((line) => line.includes('"id":1'));
  return JSON.parse(answer!);
}

Deno.test("app-server that may not read its source says what helps", async () => {
  const source = decodeURIComponent(
    new URL("../../src/", import.meta.url).pathname,
  );
  assert.deepEqual(await listModels("cli.ts"), {
    id: 1,
    error: {
      code: -32603,
      message: `Reading "${source}" is not allowed, and more of Gangway must ` +
        `be loaded: add "--allow-read=${source}", or run ` +
        `"${source}cli/standalone.ts" instead`,
    },
  });
});

Deno.test("app-server as a whole may read none of its source", async () => {
  const { result } = await listModels("src/cli/standalone.ts") as {
    result: { data: unknown[] };
  };
  assert.notEqual(result.data.length, 0);
});

Deno.test("app-server keeps clients to the programs of the permission flags", async () => {
  await using home = await createHome();
  await using server = new GangwayProcess([
    "app-server",
    "--allow-run=echo,touch",
    "--deny-run=touch",
  ], { env: home.env, cwd: home.path });
  const ask = (id: number, command: string[]): string =>
    `${
      JSON.stringify({
        id,
        method: "command/exec",
        params: { command, sandboxPolicy: { type: "dangerFullAccess" } },
      })
    }\n`;
  await server.write(
    INITIALIZE + ask(1, ["touch", "made"]) + ask(2, ["sh", "-c", ">made"]) +
      ask(3, ["echo", "hello"]),
  );
  // Before the input ends: that ends what runs.
  const lines = await server.stdoutLines(5);
  const messages = lines.map((line) => JSON.parse(line));
  await server.closeInput();
  assert.equal((await server.outcome()).code, 0);
  const [touch, sh, echo] = [1, 2, 3].map((wanted) =>
    messages.find(({ id }) => id === wanted)
  );
  assert.match(touch.error.message, /"touch" is covered by --deny-run=touch$/);
  assert.match(sh.error.message, /"sh" is outside --allow-run=echo,touch$/);
  assert.equal(echo.result.stdout, "hello\n");
  await assert.rejects(
    Deno.lstat(`${home.path}/made`),
    Deno.errors.NotFound,
  );
});

/** Starts that are refused: exit code 1 and the whole text on stderr. */
const refused: readonly [args: string[], text: string][] = [
  [
    ["--listen", "off"],
    "no transport configured; use --listen or enable remote control",
  ],
  [
    ["--listen", "ws://0.0.0.0:0"],
    "refusing to start non-loopback websocket listener 0.0.0.0:0 without " +
    "auth; configure `--ws-auth capability-token` or " +
    "`--ws-auth signed-bearer-token`",
  ],
  ...["ws://127.0.0.1:0", "unix://", "off"].map(
    (url): [string[], string] => [
      ["--listen", url, "--ws-issuer", "x"],
      "websocket auth flags require `--ws-auth capability-token` or " +
      "`--ws-auth signed-bearer-token`",
    ],
  ),
  [
    [
      "--listen=ws://127.0.0.1:0",
      "--ws-auth=signed-bearer-token",
      "--ws-shared-secret-file=/nonexistent",
    ],
    "failed to read websocket auth secret /nonexistent: " +
    "No such file or directory (os error 2)",
  ],
  [
    ["-c", "foo"],
    "error parsing -c overrides: Invalid override (missing '='): foo",
  ],
  [["--enable", "nope"], "Unknown feature flag: nope"],
  [
    ["--listen", "unix:///nonexistent/a/s.sock"],
    "No such file or directory (os error 2)",
  ],
];

for (const [args, text] of refused) {
  Deno.test(`app-server ${args.join(" ")} does not start`, async () => {
    await using home = await createHome();
    assert.deepEqual(
      await runGangway(["app-server", ...args], { env: home.env }),
      { code: 1, signal: null, stdout: "", stderr: `Error: ${text}\n` },
    );
  });
}

Deno.test("app-server says which port is taken", async () => {
  await using home = await createHome();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  assert.deepEqual(
    await runGangway(
      ["app-server", "--listen", `ws://127.0.0.1:${port}`],
      home,
    ),
    {
      code: 1,
      signal: null,
      stdout: "",
      stderr: "Error: Address in use (os error 98)\n",
    },
  );
});

Deno.test("app-server refuses a home directory that is not there", async () => {
  assert.deepEqual(
    await runGangway(["app-server"], { env: { CODEX_HOME: "/nonexistent" } }),
    {
      code: 1,
      signal: null,
      stdout: "",
      stderr:
        'Error: CODEX_HOME points to "/nonexistent", but that path does ' +
        "not exist\n",
    },
  );
});

Deno.test("app-server --strict-config refuses what is only warned of without it", async () => {
  await using home = await createHome();
  await Deno.writeTextFile(`${home.path}/config.toml`, "model = 5\n");
  const strict = await runGangway(["app-server", "--strict-config"], home);
  assert.equal(strict.code, 1);
  assert.match(strict.stderr, /^Error: .*config\.toml:1:9: invalid type/);
  const lenient = await runGangway(["app-server"], home);
  assert.equal(lenient.code, 0, lenient.stderr);
});

Deno.test("app-server --print-startup-config prints the requirements and exits", async () => {
  await using home = await createHome();
  const { code, stdout } = await runGangway([
    "app-server",
    "--print-startup-config",
  ], home);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), {
    appServerVersion: "0.169.0",
    configRequirements: {
      requirements: null,
      supportsIndependentSpeedModes: true,
    },
  });
});

Deno.test("app-server exits at once on a second signal while a reader stalls the first", async () => {
  await using home = await createHome();
  await Deno.writeFile(`${home.path}/big`, new Uint8Array(32 * 1024 * 1024));
  await using server = new GangwayProcess(
    ["app-server", "--listen", "ws://127.0.0.1:0"],
    { env: home.env },
  );
  const [, host, port] = await server.stderrMatch(
    /listening on: ws:\/\/([\d.]+):(\d+)\n/,
  );
  // A peer that asks for much and reads nothing.
  using socket = await Deno.connect({ hostname: host!, port: Number(port) });
  await socket.write(new TextEncoder().encode(
    "GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n" +
      "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
  ));
  const head = new Uint8Array(1024);
  await socket.read(head);
  for (
    const text of [
      INITIALIZE,
      JSON.stringify({
        id: 1,
        method: "fs/readFile",
        params: { path: `${home.path}/big` },
      }),
    ]
  ) await socket.write(toMaskedFrame(text));
  // The reply has begun; its rest stands against a full socket.
  await socket.read(head);
  const begun = performance.now();
  server.kill("SIGTERM");
  server.kill("SIGINT");
  const { code } = await server.outcome();
  assert.equal(code, 0);
  // The first one alone would wait 5 s for the reader.
  const ms = performance.now() - begun;
  assert.ok(ms < 4_500, `A second signal has to force: ${ms} ms`);
});

/** A text as a client's websocket frame with a mask of zeros. */
function toMaskedFrame(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const length = [0x81, 0xfe, bytes.length >> 8, bytes.length & 0xff];
  return new Uint8Array([...length, 0, 0, 0, 0, ...bytes]);
}
