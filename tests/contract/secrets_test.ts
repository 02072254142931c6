import assert from "node:assert/strict";
import {
  createCapabilityToken,
  mintSignedToken,
} from "../../src/transport/mod.ts";
import { Client, DialError } from "../../src/client/mod.ts";
import { commandLine } from "../kit/process_facts.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { connectTo, upgradeRequest } from "../kit/websocket_peer.ts";

/** Sends a handshake and gives all of the answer. */
async function handshake(
  url: string,
  headers: readonly string[],
  target = "/",
): Promise<string> {
  using conn = await connectTo(url);
  const text = upgradeRequest(headers).replace("GET / ", `GET ${target} `);
  await conn.write(new TextEncoder().encode(text));
  const decoder = new TextDecoder();
  let answer = "";
  const buffer = new Uint8Array(4_096);
  while (!answer.startsWith("HTTP/1.1 101 ")) {
    const count = await conn.read(buffer).catch(() => null);
    if (count === null) break;
    answer += decoder.decode(buffer.subarray(0, count));
  }
  return answer;
}

/** Handshakes in all the wrong places where people put a token. */
async function tryEverywhere(
  url: string,
  token: string,
): Promise<readonly string[]> {
  return [
    await handshake(url, [`Authorization: Bearer ${token}`]),
    await handshake(url, [`Authorization: Basic ${token}`]),
    await handshake(url, [`Authorization: ${token}`]),
    await handshake(url, [`Authorization: Bearer\t${token}`]),
    await handshake(url, [`Authorization: Bearer ${token} ${token}`]),
    await handshake(url, [`Sec-WebSocket-Protocol: ${token}`]),
    await handshake(url, [`Cookie: token=${token}`]),
    await handshake(url, [`Origin: https://${token}.example`]),
    await handshake(url, [`${token}: x`]),
    await handshake(url, [], `/?token=${token}`),
    await handshake(url, [`Upgrade: ${token}`], `/${token}`),
    await handshake(url, ["Broken"], `/ ${token} HTTP/9.9`),
  ];
}

/** What must not be seen of a secret: any part of it that is worth something. */
function partsOf(secret: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at + 12 <= secret.length; at += 6) {
    parts.push(secret.slice(at, at + 12));
  }
  return parts;
}

function expectUnseen(text: string, secrets: readonly string[]): void {
  for (const secret of secrets) {
    for (const part of partsOf(secret)) {
      assert.ok(!text.includes(part), `A secret shows in: ${text}`);
    }
  }
}

for (const format of ["human", "json"] as const) {
  Deno.test(`capability tokens show in no log (${format}), no answer, no error and no process list`, async () => {
    await using home = await createTempDir();
    const token = await createCapabilityToken();
    const wrong = await createCapabilityToken();
    const file = `${home.path}/token`;
    await Deno.writeTextFile(file, token, { mode: 0o600 });
    await using server = await ServerProcess.start({
      home: home.path,
      listen: "ws://127.0.0.1:0",
      args: ["--ws-auth", "capability-token", "--ws-token-file", file],
      env: { GANGWAY_LOG: "trace", LOG_FORMAT: format },
    });
    const texts = [
      (await commandLine(server.pid)).join(" "),
      ...await tryEverywhere(server.url, token),
      ...await tryEverywhere(server.url, wrong),
    ];
    const error = await Client.connect({ url: server.url, token: wrong })
      .catch((error) => error);
    assert.ok(error instanceof DialError);
    assert.equal(error.refusal?.status, 401);
    texts.push(Deno.inspect(error, { depth: 10 }));
    {
      await using client = await Client.connect({ url: server.url, token });
      const { isDirectory } = await client.request("fs/getMetadata", {
        path: "/",
      });
      assert.equal(isDirectory, true);
    }
    server.kill("SIGTERM");
    assert.deepEqual(await server.exit(), { code: 0, signal: null });
    assert.match(server.stderr, /connected/, "The log is at work");
    texts.push(server.stderr);
    for (const text of texts) expectUnseen(text, [token, wrong]);
  });

  Deno.test(`signed tokens and their secret show in no log (${format}), no answer, no error and no process list`, async () => {
    await using home = await createTempDir();
    const secret = await createCapabilityToken();
    const file = `${home.path}/secret`;
    await Deno.writeTextFile(file, secret, { mode: 0o600 });
    await using server = await ServerProcess.start({
      home: home.path,
      listen: "ws://127.0.0.1:0",
      args: [
        "--ws-auth",
        "signed-bearer-token",
        "--ws-shared-secret-file",
        file,
      ],
      env: { GANGWAY_LOG: "trace", LOG_FORMAT: format },
    });
    const nowSeconds = Math.floor(Date.now() / 1_000);
    const mint = (expiresAt: number, by = secret): Promise<string> =>
      mintSignedToken({
        secret: by,
        expiresAt,
        subject: "somebody-in-particular",
      });
    const good = await mint(nowSeconds + 600);
    const expired = await mint(nowSeconds - 600);
    const forged = await mint(nowSeconds + 600, await createCapabilityToken());
    const texts = [(await commandLine(server.pid)).join(" ")];
    for (const token of [good, expired, forged]) {
      texts.push(...await tryEverywhere(server.url, token));
    }
    for (const token of [expired, forged]) {
      const error = await Client.connect({ url: server.url, token })
        .catch((error) => error);
      assert.ok(error instanceof DialError);
      texts.push(Deno.inspect(error, { depth: 10 }));
    }
    {
      await using client = await Client.connect({
        url: server.url,
        token: good,
      });
      await client.request("fs/getMetadata", { path: "/" });
    }
    server.kill("SIGTERM");
    assert.deepEqual(await server.exit(), { code: 0, signal: null });
    texts.push(server.stderr);
    for (const text of texts) {
      // The head of a token is the same for all and no secret.
      const secrets = [good, expired, forged].flatMap((token) =>
        token.split(".").slice(1)
      );
      expectUnseen(text, [secret, ...secrets]);
    }
  });
}

Deno.test("a token file that cannot be used is refused without a word of its content", async () => {
  await using home = await createTempDir();
  const weak = "weak-but-secret-all-the-same";
  const file = `${home.path}/secret`;
  await Deno.writeTextFile(file, weak);
  await using server = ServerProcess.launch({
    home: home.path,
    listen: "ws://127.0.0.1:0",
    args: ["--ws-auth", "signed-bearer-token", "--ws-shared-secret-file", file],
    env: { GANGWAY_LOG: "trace" },
  });
  assert.deepEqual(await server.exit(), { code: 1, signal: null });
  assert.match(server.stderr, /must be at least 32 bytes/);
  expectUnseen(server.stderr, [weak]);
});
