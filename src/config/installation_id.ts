import type { Logger } from "../telemetry/mod.ts";
import { toStateDirectory } from "./home.ts";

/** Any UUID, with dashes or without, as others that share the home take it. */
const uuid =
  /^\s*(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[\da-f]{32})\s*$/i;

/**
 * The lasting id of this installation: the content of `installation_id` in the
 * home, which is written if it is missing or not a UUID. Processes that do so
 * at the same time agree on one id. Where nothing can be written, the id is
 * made up for this process and the log says so.
 */
export async function installationId(
  home: string,
  options: { log?: Logger } = {},
): Promise<string> {
  const path = `${home}/installation_id`;
  try {
    return await readId(path) ?? await createId(home, path);
  } catch (error) {
    options.log?.warn(
      "Cannot keep the installation id; this process uses one of its own",
      { path, error },
    );
    return crypto.randomUUID();
  }
}

async function readId(path: string): Promise<string | undefined> {
  try {
    const text = await Deno.readTextFile(path);
    return uuid.test(text) ? text.trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function createId(home: string, path: string): Promise<string> {
  const state = toStateDirectory(home);
  await Deno.mkdir(state, { recursive: true, mode: 0o700 });
  // The lock keeps those apart who replace an invalid id; it ends with the
  // file's handle, also when the process is killed.
  using lock = await Deno.open(`${state}/installation_id.lock`, {
    create: true,
    write: true,
    mode: 0o600,
  });
  await lock.lock(true);
  const other = await readId(path);
  if (other !== undefined) return other;
  const id = crypto.randomUUID();
  // Others must never read half an id: it is written aside and put in place.
  const draft = `${state}/installation_id.${id}`;
  await Deno.writeTextFile(draft, id, { createNew: true, mode: 0o644 });
  try {
    await Deno.rename(draft, path);
  } catch (error) {
    await Deno.remove(draft).catch(() => {});
    throw error;
  }
  return id;
}
