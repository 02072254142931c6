/** MCP servers of a thread die with the server, whatever kills it. */
import { createMark } from "../kit/marked_processes.ts";
import { initialize, next, type Peer, request } from "../kit/peer.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";
import { until } from "../kit/until.ts";

const FIXTURE = new URL("../fixtures/mcp_faulty_server.js", import.meta.url)
  .pathname;
/** A provider that is never asked. */
const PROVIDER = `model = "m"
model_provider = "none"
[model_providers.none]
name = "None"
base_url = "http://127.0.0.1:1/v1"
`;

/** Starts a thread in a server with this configuration. */
async function startThread(home: string, config: string): Promise<{
  server: ServerProcess;
  peer: Peer;
}> {
  await Deno.writeTextFile(`${home}/config.toml`, PROVIDER + config);
  const server = await ServerProcess.start({ home });
  const peer = await server.connect();
  await initialize(peer);
  await peer.send(request(2, "thread/start", { ephemeral: true }));
  return { server, peer };
}

for (const signal of ["SIGKILL", "SIGTERM"] as const) {
  Deno.test(`MCP servers are gone after ${signal} of the server, also one that ignores its end`, async () => {
    await using home = await createTempDir();
    const mark = createMark();
    const [[name, value]] = Object.entries(mark.env) as [[string, string]];
    const server = (mode: string) => `
[mcp_servers.${mode}]
command = ${JSON.stringify(Deno.execPath())}
args = ["run", "-A", ${JSON.stringify(FIXTURE)}, "${mode}"]
env = { ${name} = "${value}" }
startup_timeout_sec = 120
`;
    const started = await startThread(
      home.path,
      server("fine") + server("stubborn") + server("silent"),
    );
    await using process = started.server;
    for (let ready = 0; ready < 2;) {
      const { method, params } = await next(started.peer);
      if (
        method === "mcpServer/startupStatus/updated" &&
        params?.status === "ready"
      ) ready++;
    }
    await until("three programs", async () => (await mark.pids()).length === 3);
    process.kill(signal);
    await process.exit();
    await until("no program", async () => (await mark.pids()).length === 0);
  });
}
