/**
 * A process that outlives its connection (docs/extensions.md): a client starts
 * a build, its connection breaks in the middle, and another one goes on reading
 * where the first had stopped. Nothing is lost and nothing comes twice.
 *
 * Run it with `deno run -A docs/examples/reattach.ts`.
 *
 * @module
 */
import { createAppServer } from "../../mod.ts";
import { Client } from "../../src/client/mod.ts";

const write = (text: string) =>
  Deno.stdout.writeSync(new TextEncoder().encode(text));
const toText = (base64: string) =>
  new TextDecoder().decode(Uint8Array.fromBase64(base64));

const home = await Deno.makeTempDir({ prefix: "gangway-example-" });
await using server = await createAppServer({ home });
const connect = () =>
  Client.connect({ channel: server.connect() }, {
    // process/* is experimental, keepAlive an addition of Gangway.
    capabilities: { experimentalApi: true, gangway: {} },
  });

/** What has to be remembered; the secret as carefully as a password. */
interface Place {
  readonly attachSecret: string;
  /** How much has arrived. */
  cursor: number;
}

async function start(): Promise<Place> {
  await using client = await connect();
  using output = client.notifications("process/outputDelta");
  const { attachment } = await client.request("process/spawn", {
    command: [
      "sh",
      "-c",
      "for n in 1 2 3 4 5; do echo step $n; sleep 0.2; done",
    ],
    processHandle: "build",
    cwd: "/",
    streamStdoutStderr: true,
    timeoutMs: null,
    keepAlive: { graceMs: 60_000 },
  });
  const place = { attachSecret: attachment!.attachSecret, cursor: 0 };
  for await (const { params } of output) {
    write(toText(params.deltaBase64));
    place.cursor = params.cursor!;
    if (place.cursor > 10) break;
  }
  return place; // and here the connection ends
}

async function goOn({ attachSecret, cursor }: Place): Promise<number> {
  await using client = await connect();
  using output = client.notifications([
    "process/outputDelta",
    "process/exited",
  ]);
  const { droppedBytes } = await client.request("gangway/process/attach", {
    attachSecret,
    processHandle: "build",
    cursor,
  });
  if (droppedBytes > 0) write(`[${droppedBytes} bytes are gone]\n`);
  for await (const { method, params } of output) {
    if (method === "process/exited") return params.exitCode;
    write(toText(params.deltaBase64));
  }
  throw new Error("The connection ended");
}

try {
  const place = await start();
  write(`[the connection broke after ${place.cursor} bytes]\n`);
  write(`[exit code ${await goOn(place)}]\n`);
} finally {
  await Deno.remove(home, { recursive: true });
}
