/** Resident memory of a process tree, in MiB. */
export interface Memory {
  readonly rssMiB: number;
  /** The part that no file backs. */
  readonly anonMiB: number;
}

/** The process and everything it started, as pids. */
export async function pidsBelow(pid: number): Promise<number[]> {
  const children = new Map<number, number[]>();
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number((await statFields(name))[1]);
    if (Number.isNaN(parent)) continue;
    children.set(parent, [...children.get(parent) ?? [], Number(name)]);
  }
  const found: number[] = [];
  const left = [pid];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    found.push(next);
    left.push(...children.get(next) ?? []);
  }
  return found;
}

/** Resident memory of the process and everything it started. */
export async function memoryOf(pid: number): Promise<Memory> {
  let rssKiB = 0;
  let anonKiB = 0;
  for (const one of await pidsBelow(pid)) {
    const status = await read(`/proc/${one}/status`);
    rssKiB += Number(status.match(/VmRSS:\s+(\d+)/)?.[1] ?? 0);
    anonKiB += Number(status.match(/RssAnon:\s+(\d+)/)?.[1] ?? 0);
  }
  return { rssMiB: rssKiB / 1024, anonMiB: anonKiB / 1024 };
}

/** Linux counts processor time in ticks of 10 ms. */
const TICK_MS = 10;

/** Processor time that the process tree has used, in ms. */
export async function cpuMsOf(pid: number): Promise<number> {
  let ticks = 0;
  for (const one of await pidsBelow(pid)) {
    const fields = await statFields(String(one));
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks * TICK_MS;
}

/** Sends a signal to the process and everything it started. */
export async function killTree(
  pid: number,
  signal: Deno.Signal,
): Promise<void> {
  for (const one of await pidsBelow(pid)) {
    try {
      Deno.kill(one, signal);
    } catch {
      // It ended in between.
    }
  }
}

/** Fields of /proc/PID/stat from the third on; the second may hold blanks. */
async function statFields(pid: string): Promise<string[]> {
  const stat = await read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** The text of a file, or nothing when its process has ended. */
async function read(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(() => "");
}
