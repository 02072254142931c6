import { toStateDirectory } from "./home.ts";

/** How long another server is waited for; none takes so long but a stuck one. */
const maxWaitMs = 5_000;

const retryMs = 10;

/**
 * Does some work while no other server on the same home does such work. Where a
 * lock cannot be had, because nothing can be written there or somebody keeps
 * it, the work is done without.
 */
export async function withLock<Result>(
  home: string,
  work: () => Promise<Result>,
): Promise<Result> {
  using file = await openLock(home);
  if (file) await takeLock(file);
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

async function takeLock(file: Deno.FsFile): Promise<void> {
  const deadline = performance.now() + maxWaitMs;
  try {
    while (!await file.tryLock(true) && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  } catch {
    // Not every file system has locks.
  }
}
