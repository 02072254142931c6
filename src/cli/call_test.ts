import assert from "node:assert/strict";
import { createHome, GangwayProcess, runGangway } from "./_gangway_process.ts";

const METHOD = "mock/experimentalMethod";

Deno.test("call prints the result of a server within the process", async () => {
  await using home = await createHome();
  await Deno.writeTextFile(`${home.path}/f`, "hello");
  const params = JSON.stringify({ path: `${home.path}/f` });
  assert.deepEqual(await runGangway(["call", "fs/readFile", params], home), {
    code: 0,
    signal: null,
    stdout: '{"dataBase64":"aGVsbG8="}\n',
    stderr: "",
  });
});

Deno.test("call reads parameters from standard input", async () => {
  await using home = await createHome();
  const { code, stdout } = await runGangway(
    ["call", "--experimental", METHOD, "-"],
    { ...home, input: '{"value":"é"}' },
  );
  assert.deepEqual([code, stdout], [0, '{"echoed":"é"}\n']);
});

Deno.test("call without parameters sends none", async () => {
  await using home = await createHome();
  const { code, stdout } = await runGangway(
    ["call", "configRequirements/read"],
    home,
  );
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).requirements, null);
});

Deno.test("call prints the server's error as JSON on stderr and exits 1", async () => {
  await using home = await createHome();
  const outcome = await runGangway(["call", METHOD, "{}"], home);
  assert.deepEqual({ ...outcome, stderr: JSON.parse(outcome.stderr) }, {
    code: 1,
    signal: null,
    stdout: "",
    stderr: {
      code: -32600,
      message: `${METHOD} requires experimentalApi capability`,
    },
  });
});

Deno.test("call --gangway asks for the additions", async () => {
  await using home = await createHome();
  const params = JSON.stringify({ path: home.path });
  const sizes = [];
  for (const flags of [[], ["--gangway"]]) {
    const { stdout } = await runGangway(
      ["call", ...flags, "fs/getMetadata", params],
      home,
    );
    sizes.push(typeof JSON.parse(stdout).size);
  }
  assert.deepEqual(sizes, ["undefined", "number"]);
});

for (
  const [text, reason] of [
    [
      "{",
      "Expected property name or '}' in JSON at position 1 (line 1 column 2)",
    ],
    ["", "Unexpected end of JSON input at position 0"],
    [
      '{"a":}',
      `Unexpected token '}', "{"a":}" is not valid JSON at position 6`,
    ],
  ] as const
) {
  Deno.test(`call refuses the parameters \`${text}\` as a usage error`, async () => {
    const hint = "\n\nFor more information, try '--help'.\n";
    const typed = await runGangway(["call", "m", text]);
    assert.deepEqual(
      [typed.code, typed.stdout, typed.stderr],
      [
        2,
        "",
        `error: invalid value '${text}' for '[PARAMS_JSON]': ${reason}${hint}`,
      ],
    );
    const piped = await runGangway(["call", "m", "-"], { input: text });
    assert.deepEqual(
      [piped.code, piped.stderr],
      [2, `error: invalid JSON on standard input: ${reason}${hint}`],
    );
  });
}

Deno.test("call --spawn starts this server, and a command of one's own", async () => {
  await using home = await createHome();
  const own = await runGangway(
    ["call", "--spawn", "--experimental", METHOD, '{"value":"s"}'],
    home,
  );
  assert.deepEqual([own.code, own.stdout, own.stderr], [
    0,
    '{"echoed":"s"}\n',
    "",
  ]);
  const cli = new URL("../../cli.ts", import.meta.url).pathname;
  const command = `'${Deno.execPath()}' run -A "${cli}" app-server --stdio`;
  const given = await runGangway(
    ["call", `--spawn=${command}`, "--experimental", METHOD, '{"value":"c"}'],
    home,
  );
  assert.deepEqual([given.code, given.stdout], [0, '{"echoed":"c"}\n']);
});

Deno.test("call refuses a URL that is none of a server", async () => {
  const { code, stdout, stderr } = await runGangway(
    ["call", "--url", "http://127.0.0.1:1", "fs/getMetadata", "{}"],
  );
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(
    stderr,
    /^error: invalid value 'http:\/\/127\.0\.0\.1:1' for '--url <URL>': expected `ws:/,
  );
});

Deno.test("call --url speaks to a websocket with a token that is in no argument", async () => {
  await using home = await createHome();
  const token = "capability-of-this-test";
  await Deno.writeTextFile(`${home.path}/token`, `${token}\n`);
  await using server = new GangwayProcess([
    "app-server",
    "--listen=ws://127.0.0.1:0",
    "--ws-auth=capability-token",
    `--ws-token-file=${home.path}/token`,
  ], home);
  const [, url] = await server.stderrMatch(/listening on: (\S+)\n/);
  const call = ["call", "--url", url!, "--experimental"];
  const request = [METHOD, '{"value":"w"}'];
  for (
    const flags of [
      ["--token-file", `${home.path}/token`],
      ["--token-env", "TEST_TOKEN"],
    ]
  ) {
    const { code, stdout, stderr } = await runGangway(
      [...call, ...flags, ...request],
      { env: { ...home.env, TEST_TOKEN: token } },
    );
    assert.deepEqual([code, stdout, stderr], [0, '{"echoed":"w"}\n', ""]);
  }
  assert.deepEqual(await runGangway([...call, ...request], home), {
    code: 2,
    signal: null,
    stdout: "",
    stderr: `Error: Cannot connect to "${url}": server answered 401: ` +
      "missing websocket bearer token\n",
  });
  const wrong = await runGangway(
    [...call, "--token-env", "TEST_TOKEN", ...request],
    { env: { ...home.env, TEST_TOKEN: "wrong-secret" } },
  );
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /server answered 401: invalid websocket bearer/);
  assert.doesNotMatch(wrong.stderr, /wrong-secret/);
});

Deno.test("call --url unix:// speaks to the control socket of the home", async () => {
  await using home = await createHome();
  await using server = new GangwayProcess(
    ["app-server", "--listen=unix://"],
    { env: { ...home.env, GANGWAY_LOG: "debug" } },
  );
  const socket = `${home.path}/app-server-control/app-server-control.sock`;
  for (;;) {
    const isThere = await Deno.lstat(socket).then(() => true, () => false);
    if (isThere) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const call = ["--experimental", METHOD, '{"value":"u"}'];
  for (const url of ["unix://", `unix://${socket}`]) {
    const { code, stdout, stderr } = await runGangway(
      ["call", "--url", url, ...call],
      home,
    );
    assert.deepEqual([code, stdout, stderr], [0, '{"echoed":"u"}\n', ""]);
  }
  server.kill("SIGTERM");
  assert.equal((await server.outcome()).code, 0);
});

/** What gives no answer: exit code 2, and stderr says why. */
const unanswered: readonly [args: string[], reason: RegExp][] = [
  [
    ["--url", "ws://127.0.0.1:1", "m"],
    /^Error: Cannot connect to "ws:\/\/127\.0\.0\.1:1": Connection refused \(os error 111\)\n$/,
  ],
  [
    ["--url", "unix:///nonexistent", "m"],
    /^Error: Cannot connect to .*os error 2\)\n$/,
  ],
  [["--url", "nope", "m"], /^error: invalid value 'nope' for '--url <URL>'/],
  [["--spawn=/nonexistent/program", "m"], /^Error: .*\/nonexistent\/program/],
  [
    ["--spawn=sh -c 'echo broken >&2; exit 3'", "m"],
    /^Error: Connection closed: Server exited with code 3\n\nbroken\n$/,
  ],
  [
    ["--spawn=echo hello", "m"],
    /^Error: Connection closed: Server sent something that is no message: not JSON/,
  ],
  [
    ["--spawn=sleep 60", "--timeout", "200", "m"],
    /^Error: No answer within 200 ms\n$/,
  ],
  [
    ["--token-env", "X", "m"],
    /^error: a token is of use only with '--url <URL>'/,
  ],
  [
    ["--url", "ws://x", "--token-env", "NOT_SET", "m"],
    /^Error: Environment variable "NOT_SET" is not set\n$/,
  ],
  [
    ["--url", "ws://x", "--token-file", "/nonexistent", "m"],
    /^Error: Cannot read "\/nonexistent": No such file/,
  ],
];

for (const [args, reason] of unanswered) {
  Deno.test(`call ${args.join(" ")} has no answer`, async () => {
    await using home = await createHome();
    const { code, stdout, stderr } = await runGangway(["call", ...args], home);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, reason);
  });
}

Deno.test("call --follow prints notifications until the named one came", async () => {
  await using home = await createHome();
  // Not the home itself: a server may write there whenever it wants.
  const path = `${home.path}/watched`;
  await Deno.mkdir(path);
  await using call = new GangwayProcess([
    "call",
    "--follow=fs/changed",
    "fs/watch",
    JSON.stringify({ watchId: "w", path }),
  ], home);
  const [status, result] = await call.stdoutLines(2);
  assert.equal(JSON.parse(status!).method, "remoteControl/status/changed");
  assert.deepEqual(JSON.parse(result!), { path });
  await Deno.writeTextFile(`${path}/new`, "");
  const { code, stdout } = await call.outcome();
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout.trimEnd().split("\n").at(-1)!), {
    method: "fs/changed",
    params: { watchId: "w", changedPaths: [`${path}/new`] },
  });
});

Deno.test("call --follow ends with 0 when interrupted, with 2 when the server goes", async () => {
  await using home = await createHome();
  const args = ["--follow", "configRequirements/read"];
  await using interrupted = new GangwayProcess(["call", ...args], home);
  await interrupted.stdoutLines(2);
  interrupted.kill("SIGINT");
  assert.equal((await interrupted.outcome()).code, 0);

  await using server = new GangwayProcess(
    ["app-server", "--listen=ws://127.0.0.1:0"],
    home,
  );
  const [, url] = await server.stderrMatch(/listening on: (\S+)\n/);
  await using left = new GangwayProcess(["call", "--url", url!, ...args], home);
  await left.stdoutLines(2);
  server.kill("SIGTERM");
  const { code, stderr } = await left.outcome();
  assert.deepEqual([code, stderr], [
    2,
    "Error: Connection closed (1001): the server is shutting down\n",
  ]);
});
