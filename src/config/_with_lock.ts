import { toStateDirectory } from "./home.ts";

/**
 * Does some work while no other server on the same home does such work. Where a
 * lock cannot be had, because nothing can be written there, the work is done
 * without.
 */
export async function withLock<Result>(
  home: string,
  work: () => Promise<Result>,
): Promise<Result> {
  using file = await openLock(home);
  await file?.lock(true).catch(() => {}); // not every file system has locks
  return await work(); // closing the file gives the lock back
}

async function openLock(home: string): Promise<Deno.FsFile | undefined> {
  const directory = toStateDirectory(home);
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    return await Deno.open(`${directory}/config.lock`, {
      write: true,
      create: true,
      mode: 0o600,
    });
  } catch {
    return undefined;
  }
}
