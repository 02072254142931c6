import assert from "node:assert/strict";
import { until } from "../../tests/kit/until.ts";
import type { Child, Output, SpawnOptions } from "./spawner.ts";

/** All that the programs of these tests need to know. */
const O_CLOEXEC = 0o2000000;

export const ENV = { PATH: "/usr/bin:/bin" };

/** Options for a script of the shell. */
export function shell(
  script: string,
  more: Partial<SpawnOptions> = {},
): SpawnOptions {
  return {
    command: ["sh", "-c", script],
    cwd: "/",
    env: ENV,
    stdin: "null",
    ...more,
  };
}

/** Everything that comes until the end. */
export async function bytesOf(
  output: Output,
  maxBytes = 65_536,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const bytes = await output.read(maxBytes);
    if (bytes === undefined) break;
    assert.ok(bytes.length >= 1 && bytes.length <= maxBytes);
    chunks.push(bytes.slice());
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Everything that comes until the end, as text. */
export async function textOf(output: Output): Promise<string> {
  return new TextDecoder().decode(await bytesOf(output));
}

/** Reads until a text has come; gives all that was read. */
export async function readUntil(
  output: Output,
  text: string | RegExp,
): Promise<string> {
  const decoder = new TextDecoder();
  let seen = "";
  while (seen.search(text instanceof RegExp ? text : RegExp.escape(text)) < 0) {
    const bytes = await output.read(65_536);
    assert.ok(bytes, `${text} never came: ${JSON.stringify(seen)}`);
    seen += decoder.decode(bytes, { stream: true });
  }
  return seen;
}

/** The first line, without its end. */
export async function firstLine(child: Child): Promise<string> {
  let text = "";
  while (!text.endsWith("\n")) {
    const bytes = await child.stdout.read(1);
    if (bytes === undefined) break;
    text += new TextDecoder().decode(bytes);
  }
  return text.trimEnd();
}

/** Text as bytes. */
export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/**
 * How many descriptors this process has open, those of Deno's own caches left
 * out: it opens them whenever it gets round to it.
 */
export function countDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
    try {
      const link = Deno.readLinkSync(`/proc/self/fd/${name}`);
      return !/_cache_v\d+(-\w+)?$/.test(link);
    } catch {
      return false; // that of the directory itself
    }
  }).length;
}

/**
 * Numbers above 2 that this process was itself started with, and that the
 * programs that Deno starts inherit.
 */
export async function strayDescriptors(): Promise<readonly string[]> {
  const stray: string[] = [];
  for await (const { name } of Deno.readDir("/proc/self/fdinfo")) {
    const info = await Deno.readTextFile(`/proc/self/fdinfo/${name}`)
      .catch(() => "");
    const flags = /^flags:\s*([0-7]+)$/m.exec(info)?.[1];
    const isKept = flags !== undefined &&
      (parseInt(flags, 8) & O_CLOEXEC) === 0;
    if (isKept && Number(name) > 2) stray.push(name);
  }
  return stray;
}

/** Whether a process runs; one that is dead but not yet reaped doesn't. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    return !/\) [ZX] [^)]*$/.test(stat);
  } catch {
    return false;
  }
}

/** Children of this process with a text in their command line. */
export async function childrenWith(text: string): Promise<number[]> {
  const pids: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    const [stat, line] = await Promise.all(
      ["stat", "cmdline"].map((file) =>
        Deno.readTextFile(`/proc/${name}/${file}`)
          .catch(() => "") // no process, or none any more
      ),
    );
    const parent = stat!.split(") ").at(-1)!.split(" ")[1];
    if (parent === String(Deno.pid) && line!.includes(text)) {
      pids.push(Number(name));
    }
  }
  return pids;
}

/** Waits until a process is gone. */
export async function goneOf(pid: number): Promise<void> {
  await until(`${pid} is gone`, async () => !await isAlive(pid));
}

/** A session that nobody but a warden ends. */
export function startSession(): Deno.ChildProcess {
  return new Deno.Command("/usr/bin/setsid", {
    args: ["sleep", "300"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** The number of the warden that this process has, as soon as it is another. */
export async function wardenOtherThan(former: number): Promise<number> {
  return await until("a warden", async () => {
    const wardens = await childrenWith("while read -r verb");
    return wardens.find((pid) => pid !== former);
  });
}
