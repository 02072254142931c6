/** The directory in the home that holds the control socket and the lock. */
const CONTROL_DIRECTORY = "app-server-control";
const CONTROL_SOCKET = "app-server-control.sock";
const LOCK_FILE = "app-server-startup.lock";

/** Path of the control socket of a home directory. */
export function toControlSocketPath(home: string): string {
  return `${home}/${CONTROL_DIRECTORY}/${CONTROL_SOCKET}`;
}

/**
 * Runs `work` while holding the startup lock of a home directory, so that of
 * several servers that start at once in it one after another looks at the
 * socket, opens the database and binds. Waits for as long as another holds it.
 * The lock file is empty and stays.
 *
 * @param home The home directory; it is created if it is missing.
 * @throws {DOMException} if `signal` is aborted while waiting.
 *
 * @example
 * ```ts
 * import { withStartupLock } from "@gangway/app-server";
 *
 * await withStartupLock("/home/me/.codex", async () => {
 *   // look at the socket, open the database, bind
 * }, { signal: AbortSignal.timeout(10_000) });
 * ```
 */
export async function withStartupLock<T>(
  home: string,
  work: () => Promise<T>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<T> {
  // A server on standard input and output knows the place and needs no lock.
  const { withExclusiveLock } = await import("./_flock.ts");
  const directory = `${home}/${CONTROL_DIRECTORY}`;
  await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  const file = await Deno.open(`${directory}/${LOCK_FILE}`, {
    create: true,
    write: true,
    mode: 0o644,
  });
  return await withExclusiveLock(file, work, signal);
}
