/**
 * Compares two servers under load; see README.md beside this file.
 *
 *     deno run -A tests/bench/main.ts --a "CMD A" --b "CMD B"
 *
 * @module
 */
import {
  type Options,
  parseOptions,
  type SectionName,
  SIDES,
  USAGE,
  UsageError,
} from "./args.ts";
import { type Bench, createBench, openPair } from "./bench.ts";
import { exec, spawn } from "./sections/commands.ts";
import { extensions } from "./sections/extensions.ts";
import { read, write } from "./sections/files.ts";
import { first } from "./sections/first.ts";
import { idle } from "./sections/idle.ts";
import { list } from "./sections/list.ts";
import { resume } from "./sections/resume.ts";
import { rpc } from "./sections/rpc.ts";
import { startup } from "./sections/startup.ts";
import { threads } from "./sections/threads.ts";
import { tokens } from "./sections/tokens.ts";
import { turns } from "./sections/turns.ts";
import { formatTable } from "./table.ts";

/** Sections that share one server per side, in this order. */
const SHARED = { rpc, read, write, spawn, exec } as const;

/** Sections with servers of their own. */
const ALONE = {
  idle,
  first,
  tokens,
  turns,
  threads,
  resume,
  list,
  extensions,
} as const;

async function run(bench: Bench): Promise<string[]> {
  const { only } = bench.options;
  const errors: string[] = [];
  const attempt = async (name: string, section: () => Promise<void>) => {
    try {
      await section();
    } catch (error) {
      // One section's trouble does not cost the others their figures.
      errors.push(`${name}: ${error instanceof Error ? error.message : error}`);
      await bench.log(`section ${name} FAILED: ${errors.at(-1)}`);
    }
  };
  if (only.has("startup") || only.has("rss")) {
    await attempt("startup", () => startup(bench));
  }
  const shared = Object.entries(SHARED)
    .filter(([name]) => only.has(name as SectionName));
  if (shared.length > 0) {
    await attempt("sockets", async () => {
      const pair = await openPair(bench);
      for (const [name, section] of shared) {
        await attempt(name, () => section(bench, pair));
      }
      for (const side of SIDES) {
        pair.clients[side].close();
        await bench.servers.stop(pair.servers[side].child);
      }
    });
  }
  for (const [name, section] of Object.entries(ALONE)) {
    if (only.has(name as SectionName)) {
      await attempt(name, () => section(bench));
    }
  }
  return errors;
}

async function report(bench: Bench, errors: string[]): Promise<void> {
  const { command, name, repeats, json } = bench.options;
  const results = bench.measurements.summarize();
  await print(formatTable(results, name));
  const document = {
    when: new Date().toISOString(),
    host: {
      os: Deno.osRelease(),
      cpus: navigator.hardwareConcurrency,
      deno: Deno.version.deno,
    },
    a: { name: name.a, cmd: command.a },
    b: { name: name.b, cmd: command.b },
    repeats,
    errors,
    results,
  };
  if (json === undefined) await print(JSON.stringify(document));
  else await Deno.writeTextFile(json, JSON.stringify(document, null, 1));
}

async function main(options: Options): Promise<void> {
  const directory = options.directory ??
    await Deno.makeTempDir({ prefix: "bench-" });
  const bench = await createBench(options, directory);
  try {
    await report(bench, await run(bench));
  } finally {
    await bench.servers.stopAll();
    if (options.directory === undefined) {
      await Deno.remove(directory, { recursive: true });
    }
  }
}

async function print(text: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(text + "\n"));
}

if (import.meta.main) {
  try {
    await main(parseOptions(Deno.args));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    await print(`${error.message}\n${USAGE}`);
    Deno.exitCode = 2;
  }
}
