import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { until } from "../../tests/kit/until.ts";
import { createHttpServer, type HttpServerLimits } from "./_http_server.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

async function listen(
  limits: HttpServerLimits,
): Promise<{ connect(): Promise<Deno.TcpConn> } & AsyncDisposable> {
  const server = createHttpServer(limits);
  server.on("request", (_request, response) => response.end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    connect: () => Deno.connect({ hostname: "127.0.0.1", port }),
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Everything until the server hangs up. */
async function rest(conn: Deno.Conn): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(4096);
  try {
    for (;;) {
      const count = await conn.read(buffer);
      if (count === null) return text;
      text += decoder.decode(buffer.subarray(0, count));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
    return text;
  }
}

async function get(conn: Deno.Conn): Promise<string> {
  await conn.write(encoder.encode("GET / HTTP/1.1\r\n\r\n"));
  const buffer = new Uint8Array(4096);
  const count = await conn.read(buffer).catch(() => null);
  return count === null ? "" : decoder.decode(buffer.subarray(0, count));
}

for (
  const [what, head] of [
    ["says nothing", ""],
    ["stops in the middle of its head", "GET / HTTP/1.1\r\nX-Half: "],
  ] as const
) {
  Deno.test(`createHttpServer() hangs up on a peer that ${what}`, async () => {
    // Long enough for whoever says all at once, on a busy machine too.
    await using server = await listen({ headMs: 2_000, checkMs: 20 });
    using conn = await server.connect();
    await conn.write(encoder.encode(head));
    // It would wait for ever otherwise.
    assert.match(await rest(conn), /^(|HTTP\/1\.1 4\d\d [^]*)$/);
    using other = await server.connect();
    assert.match(await get(other), /^HTTP\/1\.1 200 /);
  });
}

Deno.test("createHttpServer() hangs up on a peer that sends its head byte by byte", async () => {
  await using server = await listen({ headMs: 100, checkMs: 20 });
  using conn = await server.connect();
  await conn.write(encoder.encode("GET / HTTP/1.1\r\nX-Slow: "));
  let isOver = false;
  const over = rest(conn).then(() => isOver = true);
  while (!isOver) {
    await conn.write(encoder.encode("x")).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await over;
});

Deno.test("createHttpServer() hangs up on whoever is too many, until somebody leaves", async () => {
  await using server = await listen({ maxConnections: 2 });
  using first = await server.connect();
  assert.match(await get(first), /^HTTP\/1\.1 200 /);
  const second = await server.connect();
  assert.match(await get(second), /^HTTP\/1\.1 200 /);
  using third = await server.connect();
  assert.equal(await get(third), "");
  second.close();
  await until("the place of who left is free", async () => {
    using fourth = await server.connect();
    return (await get(fourth)).startsWith("HTTP/1.1 200 ");
  });
});

Deno.test({
  name: "createHttpServer() has the system ask for peers that say nothing",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = await listen({ probeAfterMs: 60_000 });
    using conn = await server.connect();
    await get(conn);
    const toHex = ({ port }: Deno.NetAddr) =>
      `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
    const ends = [conn.remoteAddr, conn.localAddr].map(toHex).join(" ");
    // A keepalive timer, and how long it still runs; another one as long as the
    // peer has not confirmed the answer.
    const timer = new RegExp(`: ${ends} 01 \\S+ 02:(\\S+)`);
    const [, ticks] = await until("a timer", async () => {
      return timer.exec(await Deno.readTextFile("/proc/self/net/tcp"));
    });
    const leftMs = parseInt(ticks!, 16) * 10;
    assert.ok(leftMs > 50_000 && leftMs <= 60_000, `${leftMs}`);
  },
});
