/**
 * The process that holds an flock on a file, from `/proc/locks`; undefined if
 * the system does not say.
 */
export async function findLockOwner(path: string): Promise<number | undefined> {
  try {
    const { ino } = await Deno.stat(path);
    for (const line of (await Deno.readTextFile("/proc/locks")).split("\n")) {
      // "30: FLOCK  ADVISORY  WRITE 24745 fe:00:16188615 0 EOF"
      const [, kind, , , pid, place] = line.split(/\s+/);
      if (kind === "FLOCK" && place?.endsWith(`:${ino}`)) return Number(pid);
    }
  } catch {
    // Not Linux, or hidden from us.
  }
  return undefined;
}
