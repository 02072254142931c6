import assert from "node:assert/strict";
import { HANDSHAKE, rawHttp, RawPeer } from "./_raw_peer_test.ts";
import { createBearerPolicy } from "./bearer.ts";
import { sha256Hex } from "./capability_token.ts";
import type { Listener } from "./channel.ts";
import {
  listenWebSocket,
  type ListenWebSocketOptions,
} from "./listen_websocket.ts";

async function open(
  options: Partial<ListenWebSocketOptions> = {},
): Promise<{ listener: Listener; port: number }> {
  const listener = await listenWebSocket({
    hostname: "127.0.0.1",
    port: 0,
    ...options,
  });
  return { listener, port: Number(new URL(listener.address).port) };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Asks on a fresh connection; `date` and keep-alive lines are left out. */
async function ask(
  port: number,
  lines: string,
  headers: readonly string[] = ["Host: x"],
  body = "",
): Promise<Answer> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const text = await rawHttp(
    conn,
    `${[lines, ...headers].join("\r\n")}\r\n\r\n${body}`,
  );
  const [head = "", rest = ""] = text.split("\r\n\r\n");
  const [status = "", ...fields] = head.split("\r\n");
  const found = fields.map((field) => {
    const [name = "", ...value] = field.split(": ");
    return [name.toLowerCase(), value.join(": ")];
  });
  const dropped = ["date", "connection", "keep-alive"];
  return {
    status: Number(status.split(" ")[1]),
    headers: Object.fromEntries(
      found.filter(([name]) => !dropped.includes(name!)),
    ),
    body: rest,
  };
}

const empty = (status: number, headers: object = {}) => ({
  status,
  headers: { "content-length": "0", ...headers },
  body: "",
});
const plain = (status: number, body: string) => ({
  status,
  headers: {
    "content-length": String(body.length),
    "content-type": "text/plain; charset=utf-8",
  },
  body,
});
const SWITCHED = {
  status: 101,
  headers: {
    upgrade: "websocket",
    "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
  },
  body: "",
};
const NO_CONNECTION = "Connection header did not include 'upgrade'";
const NO_UPGRADE = "`Upgrade` header did not include 'websocket'";
const NO_VERSION = "`Sec-WebSocket-Version` header did not include '13'";
const NO_KEY = "`Sec-WebSocket-Key` header missing";
const BAD_KEY = "`Sec-WebSocket-Key` header is not 16 bytes of base64";
const NOT_GET = "Request method must be `GET`";

/** The good handshake with one header taken out or put in its place. */
function handshake(name: string, value?: string): string[] {
  const rest = HANDSHAKE.filter((line) => !line.startsWith(`${name}:`));
  return value === undefined ? rest : [...rest, `${name}: ${value}`];
}

Deno.test("listenWebSocket() answers the probes, whatever else is asked", async () => {
  const { listener, port } = await open();
  await using _listener = listener;
  const good: [string, readonly string[]][] = [
    ["GET /readyz HTTP/1.1", ["Host: x"]],
    ["GET /healthz HTTP/1.1", ["Host: x"]],
    ["HEAD /readyz HTTP/1.1", ["Host: x"]],
    ["HEAD /healthz HTTP/1.1", ["Host: x"]],
    ["GET /readyz?x=1 HTTP/1.1", ["Host: x"]],
    ["GET /healthz HTTP/1.1", []],
    ["GET /readyz HTTP/1.0", []],
    ["GET http://anywhere/readyz HTTP/1.1", ["Host: x"]],
    ["GET /readyz HTTP/1.1", HANDSHAKE],
    ["GET /healthz HTTP/1.1", [...HANDSHAKE, "Authorization: nonsense"]],
  ];
  for (const [line, headers] of good) {
    assert.deepEqual(await ask(port, line, headers), empty(200), line);
  }
  for (const path of ["/readyz", "/healthz"]) {
    for (
      const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]
    ) {
      const line = `${method} ${path} HTTP/1.1`;
      assert.deepEqual(
        await ask(port, line),
        empty(405, { allow: "GET,HEAD" }),
        line,
      );
    }
  }
  assert.deepEqual(
    await ask(
      port,
      "POST /readyz HTTP/1.1",
      ["Host: x", "Content-Length: 2"],
      "{}",
    ),
    empty(405, { allow: "GET,HEAD" }),
  );
});

Deno.test("listenWebSocket() keeps a probe's connection for the next one", async () => {
  const { listener, port } = await open();
  await using _listener = listener;
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  for (let i = 0; i < 3; i++) {
    const text = await rawHttp(conn, "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n");
    assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
  }
});

Deno.test("listenWebSocket() says what is wrong with a handshake, in this order", async () => {
  const { listener, port } = await open();
  await using _listener = listener;
  const get = "GET / HTTP/1.1";
  const cases: [string, readonly string[], object][] = [
    [get, ["Host: x"], plain(400, NO_CONNECTION)],
    ["GET /readyz/ HTTP/1.1", ["Host: x"], plain(400, NO_CONNECTION)],
    ["GET /any/path?q HTTP/1.1", [], plain(400, NO_CONNECTION)],
    [get, handshake("Connection"), plain(400, NO_CONNECTION)],
    [get, handshake("Connection", "keep-alive"), plain(400, NO_CONNECTION)],
    [get, handshake("Upgrade"), plain(400, NO_UPGRADE)],
    [get, handshake("Upgrade", "h2c"), plain(400, NO_UPGRADE)],
    [get, handshake("Upgrade", "websocket, h2c"), plain(400, NO_UPGRADE)],
    [get, handshake("Sec-WebSocket-Version"), plain(400, NO_VERSION)],
    [get, handshake("Sec-WebSocket-Version", "12"), plain(400, NO_VERSION)],
    [get, handshake("Sec-WebSocket-Version", "8"), plain(400, NO_VERSION)],
    [get, handshake("Sec-WebSocket-Version", "13, 8"), plain(400, NO_VERSION)],
    [get, handshake("Sec-WebSocket-Key"), plain(400, NO_KEY)],
    [get, handshake("Sec-WebSocket-Key", "abc"), plain(400, BAD_KEY)],
    ["POST / HTTP/1.1", ["Host: x"], plain(405, NOT_GET)],
    ["PUT /x HTTP/1.1", ["Host: x"], plain(405, NOT_GET)],
    ["OPTIONS * HTTP/1.1", ["Host: x"], plain(405, NOT_GET)],
    ["TRACE / HTTP/1.1", ["Host: x"], plain(405, NOT_GET)],
    ["POST / HTTP/1.1", HANDSHAKE, plain(405, NOT_GET)],
    ["POST / HTTP/1.1", handshake("Sec-WebSocket-Key"), plain(405, NOT_GET)],
  ];
  for (const [line, headers, want] of cases) {
    assert.deepEqual(
      await ask(port, line, headers),
      want,
      `${line} ${headers}`,
    );
  }
  assert.equal((await ask(port, "HEAD / HTTP/1.1")).status, 405);
  assert.equal((await ask(port, "HEAD / HTTP/1.1", HANDSHAKE)).body, "");
  assert.equal((await ask(port, "GET / HTTP/1.0", HANDSHAKE)).status, 426);
});

Deno.test("listenWebSocket() upgrades on any path, and takes no subprotocol or extension", async () => {
  const { listener, port } = await open();
  await using _listener = listener;
  const cases: [string, readonly string[]][] = [
    ["GET / HTTP/1.1", HANDSHAKE],
    ["GET /any/path?query=1 HTTP/1.1", HANDSHAKE],
    ["GET / HTTP/1.1", handshake("Host")],
    ["GET / HTTP/1.1", handshake("Host", "evil.example")],
    ["GET / HTTP/1.1", handshake("Connection", "keep-alive, Upgrade")],
    ["GET / HTTP/1.1", handshake("Upgrade", "WebSocket")],
    ["GET / HTTP/1.1", [...HANDSHAKE, "Sec-WebSocket-Protocol: foo, bar"]],
    ["GET / HTTP/1.1", [
      ...HANDSHAKE,
      "Sec-WebSocket-Protocol: foo,,bad protocol",
    ]],
    ["GET / HTTP/1.1", [
      ...HANDSHAKE,
      "Sec-WebSocket-Extensions: permessage-deflate",
    ]],
    ["GET / HTTP/1.1", [...HANDSHAKE, "Authorization: Bearer unasked"]],
  ];
  for (const [line, headers] of cases) {
    assert.deepEqual(
      await ask(port, line, headers),
      SWITCHED,
      `${line} ${headers}`,
    );
  }
});

Deno.test("listenWebSocket() puts a date in the 101", async () => {
  const { listener, port } = await open();
  await using _listener = listener;
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const text = await rawHttp(
    conn,
    `GET / HTTP/1.1\r\n${HANDSHAKE.join("\r\n")}\r\n\r\n`,
  );
  assert.match(text, /\r\ndate: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r\n/i);
});

Deno.test("listenWebSocket() answers garbage with 400 and the end", async () => {
  const { listener, port } = await open();
  await using _listener = listener;
  const garbage = [
    '{"method":"initialize"}\r\n\r\n',
    "GET / HTTP/3.0\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n",
    "GET / HTTP/1.1\r\nHost\r\n\r\n",
    `GET /readyz HTTP/1.1\r\nX: ${"a".repeat(200_000)}\r\n\r\n`,
  ];
  for (const text of garbage) {
    using conn = await Deno.connect({ hostname: "127.0.0.1", port });
    const answer = await rawHttp(conn, text);
    assert.match(
      answer,
      /^HTTP\/1\.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n/,
    );
    // Bytes nobody read make the end a reset.
    const end = await conn.read(new Uint8Array(1)).catch(() => null);
    assert.equal(end, null);
  }
  assert.deepEqual(await ask(port, "GET /readyz HTTP/1.1"), empty(200));
});

Deno.test("listenWebSocket() refuses every request with an Origin, before anything else", async () => {
  const { listener, port } = await open();
  await using _listener = listener;
  for (
    const line of [
      "GET / HTTP/1.1",
      "GET /readyz HTTP/1.1",
      "HEAD /healthz HTTP/1.1",
      "POST /readyz HTTP/1.1",
      "DELETE / HTTP/1.1",
      "OPTIONS * HTTP/1.1",
    ]
  ) {
    for (
      const origin of ["http://localhost", "null", "", "*", "http://127.0.0.1"]
    ) {
      assert.deepEqual(
        await ask(port, line, ["Host: x", `Origin: ${origin}`]),
        empty(403),
        `${line} ${origin}`,
      );
    }
  }
  for (const name of ["Origin", "origin", "ORIGIN"]) {
    assert.deepEqual(
      await ask(port, "GET / HTTP/1.1", [...HANDSHAKE, `${name}: null`]),
      empty(403),
    );
  }
});

Deno.test("listenWebSocket() lets in an allowed Origin only when it is exactly that one", async () => {
  const good = "https://app.example:8443";
  const { listener, port } = await open({ allowOrigins: [good, "*"] });
  await using _listener = listener;
  const get = "GET / HTTP/1.1";
  assert.deepEqual(
    await ask(port, get, [...HANDSHAKE, `Origin: ${good}`]),
    SWITCHED,
  );
  const others = [
    "https://app.example",
    `${good}/`,
    good.toUpperCase(),
    "http://app.example:8443",
    `${good}.evil.example`,
    `${good}, ${good}`,
    "https://evil.example",
    "null",
    "",
  ];
  for (const origin of others) {
    assert.deepEqual(
      await ask(port, get, [...HANDSHAKE, `Origin: ${origin}`]),
      empty(403),
      origin,
    );
  }
  assert.deepEqual(
    await ask(port, get, [
      ...HANDSHAKE,
      `Origin: ${good}`,
      "Origin: https://evil.example",
    ]),
    empty(403),
  );
});

Deno.test("listenWebSocket() checks the bearer last, and for upgrades only", async () => {
  const auth = await createBearerPolicy({
    mode: "capability-token",
    tokenSha256: sha256Hex("good"),
  });
  const { listener, port } = await open({ auth });
  await using _listener = listener;
  const get = "GET / HTTP/1.1";
  const authorized = (...values: string[]) => [
    ...HANDSHAKE,
    ...values.map((value) => `Authorization: ${value}`),
  ];
  const cases: [string, readonly string[], object][] = [
    [get, HANDSHAKE, plain(401, "missing websocket bearer token")],
    [
      "GET /?token=good HTTP/1.1",
      HANDSHAKE,
      plain(401, "missing websocket bearer token"),
    ],
    [
      get,
      [...HANDSHAKE, "Sec-WebSocket-Protocol: good"],
      plain(401, "missing websocket bearer token"),
    ],
    [get, authorized(""), plain(401, "invalid authorization header")],
    [
      get,
      authorized("Bearer\tgood"),
      plain(401, "invalid authorization header"),
    ],
    [get, authorized("Basic good"), plain(401, "invalid authorization header")],
    [
      get,
      authorized("Bearer gööd"),
      plain(401, "invalid authorization header"),
    ],
    [
      get,
      authorized("Bearer bad"),
      plain(401, "invalid websocket bearer token"),
    ],
    [
      get,
      authorized("Bearer bad", "Bearer good"),
      plain(401, "invalid websocket bearer token"),
    ],
    [get, authorized("Bearer good", "Bearer bad"), SWITCHED],
    [get, authorized("bearer   good  "), SWITCHED],
    ["POST / HTTP/1.1", HANDSHAKE, plain(405, NOT_GET)],
    [get, handshake("Sec-WebSocket-Key"), plain(400, NO_KEY)],
    [get, [...HANDSHAKE, "Origin: null"], empty(403)],
    ["GET /readyz HTTP/1.1", ["Host: x"], empty(200)],
    ["GET /healthz HTTP/1.1", HANDSHAKE, empty(200)],
  ];
  for (const [line, headers, want] of cases) {
    assert.deepEqual(
      await ask(port, line, headers),
      want,
      `${line} ${headers}`,
    );
  }
});

Deno.test("listenWebSocket() refuses to start without auth where others can reach it", async () => {
  for (
    const [hostname, shown] of [["0.0.0.0", "0.0.0.0:0"], ["::", "[::]:0"], [
      "192.0.2.1",
      "192.0.2.1:0",
    ]]
  ) {
    await assert.rejects(listenWebSocket({ hostname: hostname!, port: 0 }), {
      message:
        `refusing to start non-loopback websocket listener ${shown} without auth; configure \`--ws-auth capability-token\` or \`--ws-auth signed-bearer-token\``,
    });
  }
  const auth = { refusal: () => undefined };
  const { listener } = await open({ hostname: "0.0.0.0", auth });
  await using _listener = listener;
  assert.match(listener.address, /^ws:\/\/0\.0\.0\.0:[1-9]\d*$/);
});

Deno.test("listenWebSocket() tells the real address, and that a port is taken", async () => {
  await using six = await listenWebSocket({ hostname: "::1", port: 0 });
  assert.match(six.address, /^ws:\/\/\[::1\]:[1-9]\d*$/);
  const { listener, port } = await open();
  await using _listener = listener;
  await assert.rejects(
    listenWebSocket({ hostname: "127.0.0.1", port }),
    (error) => {
      assert.ok(error instanceof Deno.errors.AddrInUse);
      assert.equal(error.message, "Address in use (os error 98)");
      return true;
    },
  );
});

Deno.test("close() stops the door and leaves open channels open", async () => {
  const { listener, port } = await open();
  using peer = await RawPeer.connect({ hostname: "127.0.0.1", port });
  const [channel] = await Array.fromAsync({
    async *[Symbol.asyncIterator]() {
      for await (const one of listener.channels) {
        yield one;
        await listener.close();
      }
    },
  });
  await using _channel = channel!;
  await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port }));
  await peer.send(1, "still here");
  const frames = channel!.frames[Symbol.asyncIterator]();
  assert.deepEqual(await frames.next(), { done: false, value: "still here" });
  await channel!.send(["yes"]);
  assert.equal((await peer.frame())?.text, "yes");
  await listener.close();
});

Deno.test("listenWebSocket() closes by its signal", async () => {
  const controller = new AbortController();
  const { listener, port } = await open({ signal: controller.signal });
  controller.abort();
  assert.deepEqual(await Array.fromAsync(listener.channels), []);
  await assert.rejects(Deno.connect({ hostname: "127.0.0.1", port }));
  await assert.rejects(open({ signal: controller.signal }), {
    name: "AbortError",
  });
});

Deno.test("listenWebSocket() survives peers that leave in the middle of the handshake", async () => {
  const { listener, port } = await open();
  await using _listener = listener;
  const request = `GET / HTTP/1.1\r\n${HANDSHAKE.join("\r\n")}\r\n\r\n`;
  for (let length = 1; length <= request.length; length += 7) {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    await conn.write(new TextEncoder().encode(request.slice(0, length)));
    conn.close();
  }
  assert.deepEqual(await ask(port, "GET /readyz HTTP/1.1"), empty(200));
});

Deno.test("listenWebSocket() takes 2,000 connections and talks on each", async () => {
  const { listener, port } = await open();
  await using _listener = listener;
  const serving = (async () => {
    const echoes: Promise<void>[] = [];
    for await (const channel of listener.channels) {
      echoes.push((async () => {
        for await (const frame of channel.frames) {
          await channel.send([`${frame}`]);
        }
      })());
    }
    await Promise.all(echoes);
  })();
  const peers: RawPeer[] = [];
  for (let i = 0; i < 2_000; i += 100) {
    peers.push(
      ...await Promise.all(
        Array.from(
          { length: 100 },
          () => RawPeer.connect({ hostname: "127.0.0.1", port }),
        ),
      ),
    );
  }
  const heard = await Promise.all(peers.map(async (peer, index) => {
    await peer.send(1, `peer ${index}`);
    return (await peer.frame())?.text;
  }));
  assert.deepEqual(heard, peers.map((_, index) => `peer ${index}`));
  for (const peer of peers) peer[Symbol.dispose]();
  await listener.close();
  await serving;
});
