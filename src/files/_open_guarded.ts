import { RpcError } from "../protocol/mod.ts";

/** How long an opening may take before a fifo is suspected behind it. */
const SUSPICIOUS_MS = 250;

/** Refuses what is not a regular file, in the words that clients know. */
export function refuseIrregular(path: string): RpcError {
  return RpcError.invalidRequest(`path \`${path}\` is not a file`);
}

/**
 * Opens what was no fifo a moment ago. Opening a fifo waits until its other
 * side is opened, and holds one of the few threads that all file work shares.
 * So if somebody put a fifo there since, its other side is opened here to set
 * the thread free; the fifo is then refused.
 *
 * @param real What to open.
 * @param path As it was asked for, for the message.
 */
export async function openGuarded(
  real: string,
  path: string,
  options: Deno.OpenOptions,
): Promise<Deno.FsFile> {
  let isOpening = true;
  // The first `setTimeout` of a process has the runtime load its Node.js layer,
  // which takes ten times as long as to read a file.
  AbortSignal.timeout(SUSPICIOUS_MS).addEventListener("abort", () => {
    if (isOpening) release(real);
  }, { once: true });
  let file: Deno.FsFile;
  try {
    file = await Deno.open(real, options);
  } finally {
    isOpening = false;
  }
  // Synchronous: right after an opening it is answered from memory.
  if (!file.statSync().isFifo) return file;
  file.close();
  throw refuseIrregular(path);
}

async function release(path: string): Promise<void> {
  try {
    if (!(await Deno.stat(path)).isFifo) return;
    // Both sides at once never waits on Linux.
    (await Deno.open(path, { read: true, write: true })).close();
  } catch {
    // Gone meanwhile, or not ours to write.
  }
}
