import { until } from "./until.ts";

const KIB = 1024;
/** Looks between which a process that has nothing to do must not change. */
const LOOKS_AT_REST = 4;
const LOOK_EVERY_MS = 50;

/** Most resident memory that a process ever had, in bytes. */
export async function peakRssBytes(pid: number): Promise<number> {
  return await statusBytes(pid, "VmHWM");
}

/** Resident memory of a process, in bytes. */
export async function rssBytes(pid: number): Promise<number> {
  return await statusBytes(pid, "VmRSS");
}

/**
 * How many descriptors a process has open, those of Deno's own caches left out:
 * it opens them whenever it gets round to it.
 */
export async function descriptorCount(pid: number): Promise<number> {
  const links = await Promise.all(
    (await Array.fromAsync(Deno.readDir(`/proc/${pid}/fd`))).map(({ name }) =>
      Deno.readLink(`/proc/${pid}/fd/${name}`).catch(() => undefined) // closed
    ),
  );
  return links.filter((link) =>
    link !== undefined && !/_cache_v\d+(-\w+)?$/.test(link)
  ).length;
}

/** Arguments that a process was started with, as everybody on the machine sees. */
export async function commandLine(pid: number): Promise<string[]> {
  const text = await Deno.readTextFile(`/proc/${pid}/cmdline`);
  return text.split("\0").slice(0, -1);
}

/** Command lines, of all processes of the machine, that contain a text. */
export async function commandLinesWith(text: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`)
      .catch(() => ""); // ended meanwhile
    if (line.includes(text)) lines.push(line);
  }
  return lines;
}

/** Whether a process runs: one that has ended and is not reaped does not. */
export async function isAlive(pid: number): Promise<boolean> {
  const state = await stateOf(pid);
  return state !== undefined && state !== "Z" && state !== "X";
}

/**
 * Whether a process can still do something: one that is ending has no memory
 * any more, also where a busy machine does not let it come to its end.
 */
export async function canAct(pid: number): Promise<boolean> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  return status.includes("\nVmSize:");
}

/**
 * Waits until a process neither reads nor writes any more, and none of its
 * threads has anything to do: whatever was asked of it is done, or stands
 * against somebody who does not read. One that is only not let on by a busy
 * machine is not at rest.
 */
export async function atRest(pid: number): Promise<void> {
  let last = "";
  let same = 0;
  await until(`process ${pid} comes to rest`, async () => {
    const now = await traffic(pid);
    same = now === last && await sleeps(pid) ? same + 1 : 0;
    last = now;
    return same >= LOOKS_AT_REST;
  }, { everyMs: LOOK_EVERY_MS, timeoutMs: 120_000 });
}

/** Bytes that went through system calls, and how many calls there were. */
async function traffic(pid: number): Promise<string> {
  const text = await Deno.readTextFile(`/proc/${pid}/io`);
  return text.slice(0, text.indexOf("read_bytes"));
}

/** Whether every thread of a process waits for something. */
async function sleeps(pid: number): Promise<boolean> {
  const threads = await Array.fromAsync(Deno.readDir(`/proc/${pid}/task`));
  const states = await Promise.all(
    threads.map(({ name }) => stateOf(`${pid}/task/${name}`)),
  );
  // One without a state has ended meanwhile.
  return states.every((state) => state === undefined || /[SIZX]/.test(state));
}

/** The letter for what a process or thread does; none if it is gone. */
async function stateOf(id: number | string): Promise<string | undefined> {
  const stat = await Deno.readTextFile(`/proc/${id}/stat`).catch(() => "");
  return stat.slice(stat.lastIndexOf(")") + 2)[0];
}

async function statusBytes(pid: number, field: string): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  const [, kib] = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status) ??
    [];
  return Number(kib) * KIB;
}
