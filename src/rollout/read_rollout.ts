import { parseRolloutName } from "./rollout_path.ts";
import { findSegments } from "./_segments.ts";
import { StoredThread } from "./stored_thread.ts";

/** Settings of {@linkcode readRollout}. */
export interface ReadRolloutOptions {
  /** Where other files of the history are found, for forks and reverts. */
  readonly home?: string;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/**
 * Reads what a rollout tells. Its lines are looked at once; what is long is
 * parsed only when it is asked for.
 *
 * @throws {Deno.errors.NotFound} if there is none.
 * @throws {Error} if it goes on from a rollout that is not there, or does not
 * say whose it is.
 */
export async function readRollout(
  path: string,
  { home, signal }: ReadRolloutOptions = {},
): Promise<StoredThread> {
  const id = parseRolloutName(path)?.segmentId ?? path;
  const segments = await findSegments(path, id, home);
  const thread = new StoredThread(path, segments);
  await thread.refresh({ signal });
  return thread;
}
