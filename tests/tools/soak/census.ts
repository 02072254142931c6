import { memoryOf, pidsBelow } from "../../bench/process_tree.ts";
import type { Mark } from "../../kit/marked_processes.ts";
import { descriptorCount } from "../../kit/process_facts.ts";

/** What a server and all that it started take at a moment. */
export interface Census {
  /** The server and everything below it. */
  readonly processes: number;
  /** Threads of the server. */
  readonly threads: number;
  /** Open descriptors of the server. */
  readonly descriptors: number;
  /** Resident memory of the server. */
  readonly serverRssMiB: number;
  /** Resident memory of everything below it. */
  readonly childrenRssMiB: number;
  /** Commands that still run, wherever in the tree they stand. */
  readonly commands: number;
}

/** Counts what a server takes. */
export async function takeCensus(pid: number, mark: Mark): Promise<Census> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const rssMiB = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  return {
    processes: (await pidsBelow(pid)).length,
    threads: Number(/Threads:\s+(\d+)/.exec(status)?.[1]),
    descriptors: await descriptorCount(pid),
    serverRssMiB: rssMiB,
    childrenRssMiB: (await memoryOf(pid)).rssMiB - rssMiB,
    commands: (await mark.pids()).length,
  };
}
