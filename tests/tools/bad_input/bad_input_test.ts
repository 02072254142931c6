import assert from "node:assert/strict";
import { LinePeer } from "../../kit/line_peer.ts";
import { createTempDir } from "../../kit/temp_dir.ts";
import { BadRequests } from "./bad_requests.ts";
import { differences } from "./differences.ts";
import { type Answer, play } from "./play.ts";

const root = new URL("../../../", import.meta.url);
const contract = new BadRequests(JSON.parse(
  await Deno.readTextFile(new URL("schema/json/ClientRequest.json", root)),
));

Deno.test("BadRequests has something for every field of a method", () => {
  const all = [...contract.all()];
  const labels = all.filter(({ method }) => method === "threadSection/update")
    .map(({ label }) => label);
  for (
    const label of [
      "absent",
      "=5",
      "{…,unknown}",
      "{…}-name",
      ".name=5",
      ".appearance.icon=1.5",
    ]
  ) assert.ok(labels.includes(label), label);
  const names = all.map(({ method, params }) => `${method} ${params}`);
  assert.equal(new Set(names).size, names.length);
});

Deno.test("a server answers each bad request once, and lives", async () => {
  await using home = await createTempDir();
  const cli = new URL("cli.ts", root).pathname;
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", cli, "app-server"],
    env: { CODEX_HOME: home.path },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const requests = [...contract.all()].filter(({ method }) =>
    /^(?:threadSection|project|thread\/attachment|skills|fs)\//.test(method)
  );
  await using peer = new LinePeer(server);
  const { answers, faults } = await play(peer, requests, { place: home.path });
  assert.deepEqual(faults, []);
  const codes = new Set([...answers.values()].map(({ error }) => error?.code));
  assert.deepEqual([...codes].sort(), [-32600, -32602, -32603, undefined]);
  assert.equal((await server.status).code, 0);
});

Deno.test("differences() groups what differs by method and cause", () => {
  const error = (code: number, message: string) => ({
    error: { code, message },
  });
  const ours = new Map<string, Answer>([
    ["a =5", error(1, "no: more")],
    ["a =6", error(2, "no")],
    ["a =7", error(2, "no")],
    ["b {}", { result: { x: null } }],
    ["b =1", { result: {} }],
  ]);
  const theirs = new Map<string, Answer>([
    ["a =5", error(1, "no")],
    ["a =6", error(1, "no")],
    ["a =7", error(1, "no")],
    ["b {}", { result: {} }],
    ["b =1", error(1, "no")],
  ]);
  assert.deepEqual(Object.fromEntries(differences(ours, theirs)), {
    'a: 2 "no", theirs 1 "no"': ["=6", "=7"],
    "b: result.x is null, theirs absent": ["{}"],
    'b: a result, theirs 1 "no"': ["=1"],
  });
});
