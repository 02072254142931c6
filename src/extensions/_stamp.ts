/**
 * How long after a change another one may leave the same times behind: systems
 * stamp files with the time of their last tick.
 */
const settleMs = 100;

/** What tells a file or directory from how it was before it changed. */
export function toStamp(info: Deno.FileInfo): string {
  const { dev, ino, size, mtime, ctime } = info;
  return `${dev} ${ino} ${size} ${+(mtime ?? 0)} ${+(ctime ?? 0)}`;
}

/** Whether a later change is sure to give it another stamp. */
export function isSettled({ mtime, ctime }: Deno.FileInfo): boolean {
  return Date.now() - Math.max(+(mtime ?? 0), +(ctime ?? 0)) > settleMs;
}

/**
 * Looks at a path, links themselves included; undefined if there is nothing.
 * Done in a moment: waiting for another thread to do it takes thirty times as
 * long, and lists look at hundreds of files.
 */
export function look(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    return undefined;
  }
}
