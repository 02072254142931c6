/**
 * Commands through the typed client: one that may only read, one that is fed
 * and read while it runs, and one in a terminal that is ended early.
 *
 * Run it with `deno run -A docs/examples/commands.ts`.
 *
 * @module
 */
import { createAppServer } from "../../mod.ts";
import { Client } from "../../src/client/mod.ts";

const say = (text: string) =>
  Deno.stdout.writeSync(new TextEncoder().encode(`${text.trimEnd()}\n`));
const toBase64 = (text: string) => new TextEncoder().encode(text).toBase64();
const toText = (base64: string) =>
  new TextDecoder().decode(Uint8Array.fromBase64(base64));

const home = await Deno.makeTempDir({ prefix: "gangway-example-" });
try {
  await using server = await createAppServer({ home });
  await using client = await Client.connect({ channel: server.connect() });

  say("1. A command that may read everything and write nothing");
  const { exitCode, stderr } = await client.request("command/exec", {
    command: ["touch", `${home}/file`],
    sandboxPolicy: { type: "readOnly" },
  });
  say(`   exit code ${exitCode}: ${stderr}`);

  say("2. A command that reads what we write, while its output comes in");
  using output = client.notifications("command/exec/outputDelta");
  const sorted = client.request("command/exec", {
    command: ["sort", "-n"],
    processId: "sort",
    streamStdin: true,
    streamStdoutStderr: true,
  });
  for (const line of ["3 three\n", "1 one\n", "2 two\n"]) {
    await client.request("command/exec/write", {
      processId: "sort",
      deltaBase64: toBase64(line),
    });
  }
  await client.request("command/exec/write", {
    processId: "sort",
    closeStdin: true,
  });
  // The answer comes behind the last piece of output.
  await sorted;
  const { value: delta } = await output.next();
  say(`   ${toText(delta!.params.deltaBase64).replaceAll("\n", ", ")}`);

  say("3. A command in a terminal, ended when it has said enough");
  const shell = client.request("command/exec", {
    command: ["sh", "-c", "stty size; exec sleep 600"],
    processId: "shell",
    tty: true,
    size: { rows: 30, cols: 100 },
    disableTimeout: true,
  });
  const { value: size } = await output.next();
  say(`   size of its terminal: ${toText(size!.params.deltaBase64)}`);
  await client.request("command/exec/terminate", { processId: "shell" });
  say(`   exit code ${(await shell).exitCode}`);
} finally {
  await Deno.remove(home, { recursive: true });
}
