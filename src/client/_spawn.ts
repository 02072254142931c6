import { type Channel, createLineChannel } from "../transport/mod.ts";
import type { SpawnTarget } from "./spawn_target.ts";

/** Longest message that is taken from a child; V8's strings end there too. */
const MAX_MESSAGE_BYTES = 512 * 1024 * 1024 - 64;
const STDERR_TAIL_BYTES = 8 * 1024;
/** How long a child may take to go when its input ended, then at SIGTERM. */
const PATIENCE_MS = [5_000, 2_000] as const;
/** How long the rest of its stderr may take when the child is gone. */
const DRAIN_MS = 500;

/** A server that was started as a child process. */
export interface SpawnedServer {
  /** How it exited, in words; ends it by force where it does not leave. */
  leave(): Promise<string>;
  /** The last of what it wrote to stderr. */
  stderrTail(): string;
}

/**
 * Starts a server.
 *
 * @throws {Deno.errors.NotFound} if there is no such program or directory.
 */
export function spawnServer(
  { spawn: [program, ...args], env, cwd }: SpawnTarget,
  patienceMs: readonly [leave: number, terminate: number] = PATIENCE_MS,
): { channel: Channel; server: SpawnedServer } {
  const child = new Deno.Command(program, {
    args,
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(cwd === undefined ? {} : { cwd }),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const channel = createLineChannel(child.stdout, child.stdin, {
    maxLineBytes: MAX_MESSAGE_BYTES,
    peer: `${program} (${child.pid})`,
  });
  let tail = new Uint8Array();
  const drained = (async () => {
    for await (const chunk of child.stderr) {
      const joined = new Uint8Array(tail.length + chunk.length);
      joined.set(tail);
      joined.set(chunk, tail.length);
      tail = joined.slice(-STDERR_TAIL_BYTES);
    }
  })();

  async function leave(): Promise<string> {
    for (const [at, signal] of (["SIGTERM", "SIGKILL"] as const).entries()) {
      if (await within(child.status, patienceMs[at]!)) break;
      try {
        child.kill(signal);
      } catch {
        // It left in this very moment.
      }
    }
    const { code, signal } = await child.status;
    // A grandchild may hold the pipe open for as long as it likes.
    if (!await within(drained, DRAIN_MS)) {
      await child.stderr.cancel().catch(() => {});
    }
    return signal === null
      ? `Server exited with code ${code}`
      : `Server was ended by ${signal}`;
  }
  let leaving: Promise<string> | undefined;
  return {
    channel,
    server: {
      leave: () => leaving ??= leave(),
      stderrTail: () => new TextDecoder().decode(tail),
    },
  };
}

async function within(event: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: timeUp, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), ms);
  try {
    return await Promise.race([event.then(() => true), timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
