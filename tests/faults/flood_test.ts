import assert from "node:assert/strict";
import { Client } from "../../src/client/mod.ts";
import {
  initialize,
  type Peer,
  type Received,
  replies,
  request,
} from "../kit/peer.ts";
import { atRest, peakRssBytes, rssBytes } from "../kit/process_facts.ts";
import { ServerProcess } from "../kit/server_process.ts";
import { createTempDir } from "../kit/temp_dir.ts";

const REQUESTS = 5_000;
/** What the server may need beyond what it needs when it does nothing. */
const BOUND_BYTES = 160 * 1024 * 1024;
const FILES = 20;

/** One request of a flood and what has to come back. */
interface Case {
  readonly method: string;
  readonly params: object;
  readonly result: unknown;
}

/** A directory to ask about. */
async function createFiles(directory: string): Promise<string[]> {
  const paths: string[] = [];
  for (let at = 0; at < FILES; at++) {
    const path = `${directory}/file-${at}`;
    await Deno.writeFile(path, new Uint8Array(4_096).fill(at));
    paths.push(path);
  }
  await Deno.mkdir(`${directory}/written`);
  return paths;
}

async function metadataCases(paths: readonly string[]): Promise<Case[]> {
  const cases: Case[] = [];
  for (const path of paths) {
    const { birthtime, mtime } = await Deno.stat(path);
    cases.push({
      method: "fs/getMetadata",
      params: { path },
      result: {
        isDirectory: false,
        isFile: true,
        isSymlink: false,
        createdAtMs: birthtime?.getTime() ?? 0,
        modifiedAtMs: mtime!.getTime(),
      },
    });
  }
  return cases;
}

async function mixedCases(
  directory: string,
  paths: readonly string[],
): Promise<Case[]> {
  const cases: Case[] = [];
  for (const [at, metadata] of (await metadataCases(paths)).entries()) {
    const path = paths[at]!;
    const bytes = await Deno.readFile(path);
    const dataBase64 = bytes.toBase64();
    cases.push(metadata, {
      method: "fs/readFile",
      params: { path },
      result: { dataBase64 },
    }, {
      method: "fs/writeFile",
      params: { path: `${directory}/written/${at}`, dataBase64 },
      result: {},
    }, {
      method: "fs/readDirectory",
      params: { path: `${directory}/empty` },
      result: { entries: [] },
    });
  }
  await Deno.mkdir(`${directory}/empty`);
  return cases;
}

/** Sends the whole flood before a single reply is read, then reads them all. */
async function flood(
  peer: Peer,
  pid: number,
  cases: readonly Case[],
  meanwhile: () => Promise<void>,
): Promise<Map<unknown, Received>> {
  const sent = peer.send(
    ...Array.from({ length: REQUESTS }, (_, id) => {
      const { method, params } = cases[id % cases.length]!;
      return request(id, method, params);
    }),
  );
  // It has done what can be done while nobody reads.
  await atRest(pid);
  await meanwhile();
  const found = await replies(peer, REQUESTS);
  await sent;
  return found;
}

for (const listen of [undefined, "ws://127.0.0.1:0", "unix://"] as const) {
  for (const kind of ["fs/getMetadata", "mixed fs/*"] as const) {
    Deno.test(`${REQUESTS} pipelined ${kind} requests on ${listen ?? "stdio"} all get their results, in bounded memory`, async () => {
      await using directory = await createTempDir();
      const paths = await createFiles(directory.path);
      const cases = kind === "mixed fs/*"
        ? await mixedCases(directory.path, paths)
        : await metadataCases(paths);
      await using home = await createTempDir();
      await using server = await ServerProcess.start({
        home: home.path,
        listen: listen === "unix://" ? `unix://${home.path}/socket` : listen,
      });
      await using flooder = await server.connect();
      await initialize(flooder);
      const idleBytes = await rssBytes(server.pid);

      const found = await flood(flooder, server.pid, cases, async () => {
        if (listen === undefined) return; // There is nobody else on stdio.
        await using other = await Client.connect({ url: server.url });
        const { method, params, result } = cases[0]!;
        assert.equal(method, "fs/getMetadata");
        for (let at = 0; at < 20; at++) {
          assert.deepEqual(
            await other.request(
              "fs/getMetadata",
              params as { path: string },
            ),
            result,
          );
        }
      });

      for (const [id, reply] of found) {
        const { result } = cases[Number(id) % cases.length]!;
        assert.deepEqual(reply, { id, result });
      }
      const grownBytes = await peakRssBytes(server.pid) - idleBytes;
      assert.ok(grownBytes < BOUND_BYTES, `Grew by ${grownBytes} bytes`);
      assert.equal(server.stderr.includes("ERROR"), false, server.stderr);
    });
  }
}
