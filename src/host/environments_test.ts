import assert from "node:assert/strict";
import {
  type Answer,
  FakeExecServer,
  info,
  wellBehaved,
} from "../../tests/kit/fake_exec_server.ts";
import { RpcError } from "../protocol/mod.ts";
import { dial } from "../transport/mod.ts";
import { Environments } from "./environments.ts";

/** Environments, and what they told of coming and going. */
function createWorld(): {
  environments: Environments;
  news: [string, boolean][];
  /** Resolves with the next of them. */
  nextNews: () => Promise<[string, boolean]>;
} {
  const news: [string, boolean][] = [];
  let wake = Promise.withResolvers<[string, boolean]>();
  const environments = new Environments({
    dial,
    onChange: (...one) => {
      news.push(one);
      wake.resolve(one);
      wake = Promise.withResolvers();
    },
  });
  return { environments, news, nextNews: () => wake.promise };
}

const attempt = "exec-server connection attempt failed: ";

Deno.test("environment/add: connects, greets, and asks what it is asked", async () => {
  await using server = new FakeExecServer(wellBehaved());
  const { environments, news } = createWorld();
  await using _ = environments;
  environments.add({
    environmentId: "box",
    execServerUrl: server.url,
    authBearerToken: "secret",
    websocketRequestId: "r1",
  });
  assert.deepEqual(environments.ids, ["box"]);
  const box = environments.find("box")!;
  assert.deepEqual(await box.status(), { status: "pending" });
  assert.deepEqual(await box.info(), {
    shell: { name: "zsh", path: "/bin/zsh" },
    cwd: "file:///work",
  });
  assert.deepEqual(await box.status(), { status: "ready" });
  assert.deepEqual(server.upgrades, [["Bearer secret", "r1"]]);
  assert.deepEqual(server.heard, [
    {
      id: 1,
      method: "initialize",
      params: { clientName: "gangway-environment", resumeSessionId: null },
    },
    { method: "initialized", params: {} },
    { id: 2, method: "environment/info", params: null },
    { id: 3, method: "environment/status", params: null },
  ]);
  assert.deepEqual(news, [["box", true]]);
});

Deno.test("environment/add: an id that is none or taken by this machine is refused", () => {
  const { environments } = createWorld();
  const cases = [
    ["", "environment id cannot be empty"],
    ["local", "environment id `local` is reserved for EnvironmentManager"],
  ] as const;
  for (const [environmentId, why] of cases) {
    assert.throws(
      () => environments.add({ environmentId, execServerUrl: "ws://h" }),
      RpcError.invalidRequest(`exec-server protocol error: ${why}`),
    );
  }
  assert.deepEqual(environments.ids, []);
});

Deno.test("environment/add: takes the place of the one with its id, whose connection ends", async () => {
  const closed = Promise.withResolvers<void>();
  await using old = new FakeExecServer(wellBehaved((_, socket) => {
    socket.addEventListener("close", () => closed.resolve());
    return undefined;
  }));
  await using server = new FakeExecServer(
    wellBehaved(({ method }) =>
      method === "environment/info"
        ? { result: { ...info, cwd: null } }
        : undefined
    ),
  );
  const { environments, news } = createWorld();
  await using _ = environments;
  environments.add({ environmentId: "box", execServerUrl: old.url });
  environments.add({ environmentId: "two", execServerUrl: old.url });
  await environments.find("box")!.info();
  environments.add({ environmentId: "box", execServerUrl: server.url });
  assert.deepEqual(environments.ids, ["box", "two"]);
  assert.equal((await environments.find("box")!.info()).cwd, null);
  await closed.promise;
  assert.deepEqual(
    news.filter(([id]) => id === "box"),
    [["box", true], ["box", true]],
  );
});

Deno.test("environment/status: tells why a server is out of reach", async () => {
  await using plain = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response("no", { status: 401 }),
  );
  const at = (url: string) => `exec-server websocket \`${url}\``;
  const refused = "ws://127.0.0.1:1"; // no other test gets that port
  const unwelcome = `ws://127.0.0.1:${plain.addr.port}`;
  const cases: [string, number | null, string][] = [
    [
      refused,
      null,
      `failed to connect to ${at(refused)}: IO error: Connection refused ` +
      "(os error 111)",
    ],
    [
      unwelcome,
      null,
      `failed to connect to ${at(unwelcome)}: HTTP error: 401 Unauthorized`,
    ],
    [refused, 0, `timed out connecting to ${at(refused)} after 0ns`],
    ...["http://127.0.0.1", "unix:///run/x.sock", "junk"].map(
      (url): [string, null, string] => [
        url,
        null,
        `failed to connect to ${at(url)}: URL error: URL scheme not supported`,
      ],
    ),
  ];
  const { environments, news } = createWorld();
  await using _ = environments;
  for (const [execServerUrl, connectTimeoutMs, why] of cases) {
    environments.add({ environmentId: "x", execServerUrl, connectTimeoutMs });
    const environment = environments.find("x")!;
    await environment.settled();
    assert.deepEqual(await environment.status(), {
      status: "disconnected",
      error: attempt + why,
    });
  }
  assert.deepEqual(news, []);
});

Deno.test("environment/add: a server that does not answer the upgrade is given up", async () => {
  using mute = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { environments } = createWorld();
  await using _ = environments;
  const url = `ws://127.0.0.1:${mute.addr.port}`;
  environments.add({
    environmentId: "x",
    execServerUrl: url,
    connectTimeoutMs: 50,
  });
  await assert.rejects(environments.find("x")!.info(), {
    message: `${attempt}timed out connecting to exec-server websocket ` +
      `\`${url}\` after 50ms`,
  });
});

Deno.test("environment/info: what a server says wrong is told", async () => {
  const serde = "failed to serialize or deserialize exec-server JSON: ";
  const to = (method: string, said: object): Answer => (message) =>
    message.method === method ? said : undefined;
  const no = { error: { code: -32600, message: "no thanks" } };
  const cases: [Answer, string, string][] = [
    [
      to("initialize", no),
      `${attempt}exec-server rejected request (-32600): no thanks`,
      `${attempt}exec-server rejected request (-32600): no thanks`,
    ],
    [
      to("initialize", { result: {} }),
      `${attempt}${serde}missing field \`sessionId\``,
      `${attempt}${serde}missing field \`sessionId\``,
    ],
    [
      (_, socket) => {
        socket.send("not json");
        return undefined;
      },
      `${attempt}exec-server transport closed`,
      `${attempt}exec-server transport closed`,
    ],
    [
      ({ method }) => /^env/.test(method) ? no : undefined,
      "exec-server rejected request (-32600): no thanks",
      "exec-server rejected request (-32600): no thanks",
    ],
    [
      ({ method }) =>
        /^env/.test(method) ? { result: { status: "odd" } } : undefined,
      `${serde}missing field \`shell\``,
      `${serde}unknown variant \`odd\`, expected \`ready\``,
    ],
    [
      ({ method }) =>
        /^env/.test(method) ? { result: { shell: { name: 1 } } } : undefined,
      `${serde}invalid type of \`name\`, expected a string`,
      `${serde}missing field \`status\``,
    ],
  ];
  for (const [answer, infoError, statusError] of cases) {
    await using server = new FakeExecServer(wellBehaved(answer));
    const { environments } = createWorld();
    await using _ = environments;
    environments.add({ environmentId: "x", execServerUrl: server.url });
    const environment = environments.find("x")!;
    await assert.rejects(environment.info(), { message: infoError });
    assert.deepEqual(await environment.status(), {
      status: "disconnected",
      error: statusError,
    });
  }
});

Deno.test("an environment goes on with its session when the connection breaks", async () => {
  await using server = new FakeExecServer(wellBehaved());
  const { environments, news } = createWorld();
  await using _ = environments;
  environments.add({ environmentId: "box", execServerUrl: server.url });
  const box = environments.find("box")!;
  await box.info();
  while (server.upgrades.length < 2) {
    server.hangUp();
    await box.info().catch(() => {}); // asked in the moment of the break
  }
  await box.info();
  const greetings = server.heard.filter(({ method }) => method === "initialize")
    .map(({ params }) => params);
  assert.deepEqual(greetings.slice(0, 2), [
    { clientName: "gangway-environment", resumeSessionId: null },
    { clientName: "gangway-environment", resumeSessionId: "s1" },
  ]);
  // A break that is mended is only told of by the connection that follows.
  assert.deepEqual(
    news,
    greetings.map(() => ["box", true]),
  );
});

Deno.test("an environment whose session is gone tells so, and connects anew when asked", async () => {
  let sessions = 0;
  await using server = new FakeExecServer(
    wellBehaved(({ method }) =>
      method === "initialize"
        ? { result: { sessionId: `s${++sessions}` } }
        : undefined
    ),
  );
  const { environments, news, nextNews } = createWorld();
  await using _ = environments;
  environments.add({ environmentId: "box", execServerUrl: server.url });
  const box = environments.find("box")!;
  await box.info();
  const gone = nextNews();
  server.hangUp();
  assert.deepEqual(await gone, ["box", false]);
  assert.deepEqual(await box.status(), {
    status: "disconnected",
    error: "exec-server transport disconnected; failed to resume exec-server " +
      "session: exec-server protocol error: exec-server initialized an " +
      "unexpected session s2",
  });
  await box.info();
  assert.deepEqual(await box.status(), { status: "ready" });
  assert.deepEqual(news, [["box", true], ["box", false], ["box", true]]);
});

Deno.test("environments are let go of while they connect, recover and work", async () => {
  using mute = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const silent = new FakeExecServer(() => undefined);
  const working = new FakeExecServer(wellBehaved());
  const breaking = new FakeExecServer(wellBehaved());
  const { environments, news } = createWorld();
  const add = (environmentId: string, execServerUrl: string) =>
    environments.add({ environmentId, execServerUrl });
  add("connecting", `ws://127.0.0.1:${mute.addr.port}`);
  add("greeting", silent.url);
  add("working", working.url);
  add("recovering", breaking.url);
  using _taken = await mute.accept();
  await environments.find("working")!.info();
  await environments.find("recovering")!.info();
  await breaking[Symbol.asyncDispose]();
  const before = news.length;
  await environments[Symbol.asyncDispose]();
  assert.deepEqual(environments.ids, []);
  await silent[Symbol.asyncDispose]();
  await working[Symbol.asyncDispose]();
  assert.equal(news.length, before);
});
