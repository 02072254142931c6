import { type Options, type Side, SIDES } from "./args.ts";
import { BenchClient } from "./client.ts";
import { type Reply, succeeded } from "./replies.ts";
import { Measurements } from "./measurements.ts";
import { Servers, type SocketServer } from "./servers.ts";

/** Sizes in bytes of the files that the sections read. */
export const FILES = { "1k": 1024, "1m": 1 << 20, "32m": 32 << 20 } as const;

/** What every section works with. */
export interface Bench {
  readonly options: Options;
  readonly servers: Servers;
  readonly measurements: Measurements;
  /** One MiB of random bytes. */
  readonly random: Uint8Array;
  /** Absolute path of a file in the bench's directory. */
  path(name: string): string;
  /** Says on stderr what goes on. */
  log(line: string): Promise<void>;
}

/** A server of each side with one client, for the socket sections. */
export interface SocketPair {
  readonly servers: Readonly<Record<Side, SocketServer>>;
  readonly clients: Readonly<Record<Side, BenchClient>>;
}

/** Sets up the directory with its files. */
export async function createBench(
  options: Options,
  directory: string,
): Promise<Bench> {
  await Deno.mkdir(directory, { recursive: true });
  const random = new Uint8Array(1 << 20);
  for (let at = 0; at < random.length; at += 65536) {
    crypto.getRandomValues(random.subarray(at, at + 65536));
  }
  const path = (name: string) => `${directory}/${name}`;
  for (const [name, bytes] of Object.entries(FILES)) {
    const part = random.subarray(0, Math.min(bytes, random.length));
    await Deno.writeFile(path(name), part);
    for (let at = part.length; at < bytes; at += part.length) {
      await Deno.writeFile(path(name), part, { append: true });
    }
  }
  return {
    options,
    servers: new Servers(options),
    measurements: new Measurements(),
    random,
    path,
    async log(line: string): Promise<void> {
      if (options.silent) return;
      await Deno.stderr.write(new TextEncoder().encode(line + "\n"));
    },
  };
}

/** Runs `burst` on both sides `times` times: A B, B A, A B and so on. */
export async function alternate(
  times: number,
  burst: (side: Side) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < times; round++) {
    const order = round % 2 === 0 ? SIDES : SIDES.toReversed();
    for (const side of order) await burst(side);
  }
}

/** Seconds that `count` calls take one after the other, and each one's ms. */
export async function sequence(
  count: number,
  call: () => Promise<Reply>,
): Promise<{ seconds: number; latenciesMs: number[] }> {
  const latenciesMs: number[] = [];
  const started = performance.now();
  for (let done = 0; done < count; done++) {
    const sent = performance.now();
    succeeded(await call(), "call");
    latenciesMs.push(performance.now() - sent);
  }
  return { seconds: (performance.now() - started) / 1000, latenciesMs };
}

/** Starts both servers and connects one client to each. */
export async function openPair(bench: Bench): Promise<SocketPair> {
  const open = async (side: Side) => {
    const server = await bench.servers.startSocket(side);
    return {
      server,
      client: await BenchClient.open(server, bench.options.token),
    };
  };
  const [a, b] = [await open("a"), await open("b")];
  return {
    servers: { a: a.server, b: b.server },
    clients: { a: a.client, b: b.client },
  };
}
