/**
 * The main job end to end, on real files: starts the server as an operator
 * would (a websocket with a token, writes fenced in), connects as an editor
 * would, and works on a directory while watching it.
 *
 * Run it with `deno task demo`.
 *
 * @module
 */
import { Client } from "../../src/client/mod.ts";

const say = (text: string) =>
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const toBase64 = (text: string) => new TextEncoder().encode(text).toBase64();
const toText = (base64: string) =>
  new TextDecoder().decode(Uint8Array.fromBase64(base64));

const work = await Deno.makeTempDir({ prefix: "gangway-demo-" });
const home = `${work}/home`;
const project = `${work}/project`;
const tokenFile = `${work}/token`;
const token = crypto.getRandomValues(new Uint8Array(32)).toHex();
await Deno.mkdir(home);
await Deno.mkdir(project);
await Deno.writeTextFile(tokenFile, token, { mode: 0o600 });

say("1. Start the server: a websocket, a token, writes allowed in one folder");
const server = new Deno.Command(Deno.execPath(), {
  args: [
    "run",
    "-A",
    new URL("../../cli.ts", import.meta.url).pathname,
    "app-server",
    "--listen=ws://127.0.0.1:0",
    "--ws-auth=capability-token",
    `--ws-token-file=${tokenFile}`,
    `--allow-write=${project}`,
  ],
  env: { CODEX_HOME: home },
  stdout: "null",
  stderr: "piped",
}).spawn();

const url = await (async () => {
  let banner = "";
  for await (
    const chunk of server.stderr.pipeThrough(new TextDecoderStream())
  ) {
    banner += chunk;
    const found = /ws:\/\/\S+/.exec(banner);
    if (found !== null) return found[0];
  }
  throw new Error(`The server did not start: ${banner}`);
})();
say(`   listening on ${url}`);

try {
  say("2. Connect without the token");
  await Client.connect({ url }).then(
    () => say("   let in, which should not be"),
    (error) => say(`   refused: ${error.message}`),
  );

  say("3. Connect with it");
  await using client = await Client.connect({ url, token }, {
    // Opens the additions: etags, kinds of changes (docs/extensions.md).
    capabilities: { gangway: {} },
  });
  say(`   user agent: ${client.initialized.userAgent}`);

  say("4. Watch the folder, write a file, read it back");
  const changes = client.notifications("fs/changed")[Symbol.asyncIterator]();
  await client.request("fs/watch", { watchId: "demo", path: project });
  const path = `${project}/hello.txt`;
  const { etag } = await client.request("fs/writeFile", {
    path,
    dataBase64: toBase64("Welcome aboard.\n"),
  });
  const { dataBase64 } = await client.request("fs/readFile", { path });
  say(`   read: ${toText(dataBase64).trim()}`);
  const { value: change } = await changes.next();
  say(`   changed: ${JSON.stringify(change?.params)}`);

  say("5. Write over somebody else's change");
  await Deno.writeTextFile(path, "Somebody else was here.\n");
  await client.request("fs/writeFile", {
    path,
    dataBase64: toBase64("mine"),
    ifMatch: etag ?? null,
  }).then(
    () => say("   written, which should not be"),
    (error) => say(`   refused: ${error.message}`),
  );

  say("6. Write outside the folder");
  await client.request("fs/writeFile", {
    path: `${work}/outside.txt`,
    dataBase64: "",
  }).then(
    () => say("   written, which should not be"),
    (error) => say(`   refused: ${error.message}`),
  );

  const { entries } = await client.request("fs/readDirectory", {
    path: project,
  });
  say(`7. In the folder: ${entries.map((one) => one.fileName).join(", ")}`);
} finally {
  server.kill("SIGTERM");
  const { code } = await server.status;
  say(`8. The server said goodbye, exit code ${code}`);
  await Deno.remove(work, { recursive: true });
}
