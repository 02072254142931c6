import assert from "node:assert/strict";
import { delay } from "../../bench/delay.ts";
import { deltaBytes } from "../../bench/delta_bytes.ts";
import { initialize, type Peer, request } from "../../kit/peer.ts";
import { peakRssBytes, rssBytes } from "../../kit/process_facts.ts";

/** What a slow reader cost the server. */
export interface SlowRead {
  /** What was read, all of what the command wrote. */
  readonly bytes: number;
  readonly seconds: number;
  /** The most memory the server ever had over what it had before. */
  readonly grownBytes: number;
}

const MIB = 1024 * 1024;
/** Stands still for so long at the start, when the first output has come. */
const STANDSTILL_MS = 3_000;
/** Then pauses behind every so many bytes. */
const PAUSE_EVERY_BYTES = 64 * MIB;
const PAUSE_MS = 200;

/**
 * Reads the output of a command slowly: first not at all for some seconds, then
 * with pauses. Every byte is counted.
 *
 * @param peer A connection to the server, before its handshake.
 */
export async function readSlowly(
  peer: Peer,
  pid: number,
  wantedBytes: number,
): Promise<SlowRead> {
  await initialize(peer);
  // What starting the first command takes is not the reader's doing.
  await peer.send(request(1, "command/exec", toParams("first", 1)));
  while (!await isAnswer(peer, 1));
  const before = await rssBytes(pid);

  const started = performance.now();
  const processId = "slow";
  await peer.send(
    request(2, "command/exec", toParams(processId, wantedBytes)),
  );
  let bytes = 0;
  let pauseAt = 0;
  for (;;) {
    const message = await peer.message();
    assert.ok(message, `Ended after ${bytes} bytes`);
    const delta = deltaBytes(message, processId);
    if (delta === undefined) {
      assert.match(new TextDecoder().decode(message), /"exitCode":0/);
      break;
    }
    bytes += delta;
    if (bytes < pauseAt) continue;
    await delay(pauseAt === 0 ? STANDSTILL_MS : PAUSE_MS);
    pauseAt = bytes + PAUSE_EVERY_BYTES;
  }
  assert.equal(bytes, wantedBytes);
  return {
    bytes,
    seconds: (performance.now() - started) / 1000,
    grownBytes: await peakRssBytes(pid) - before,
  };
}

function toParams(processId: string, bytes: number): object {
  return {
    command: ["head", "-c", String(bytes), "/dev/zero"],
    processId,
    streamStdoutStderr: true,
    disableOutputCap: true,
    disableTimeout: true,
    sandboxPolicy: { type: "dangerFullAccess" },
  };
}

async function isAnswer(peer: Peer, id: number): Promise<boolean> {
  const message = await peer.message();
  assert.ok(message, "Ended");
  return JSON.parse(new TextDecoder().decode(message)).id === id;
}
