import {
  parseRolloutName,
  toRolloutPath,
  toSessionsDirectory,
} from "./rollout_path.ts";

/** A rollout in a home. */
export interface FoundRollout {
  /** The file. */
  readonly path: string;
  /** The thread. */
  readonly threadId: string;
  /** Id that stands for the file in a history base. */
  readonly segmentId: string;
  /** Whether it was put away. */
  readonly isArchived: boolean;
}

/** Settings of {@linkcode listRollouts}. */
export interface ListRolloutsOptions {
  /** Archived ones in place of the others. Default false. */
  readonly archived?: boolean;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/**
 * All rollouts of a home, newest first by the time in their names; a thread
 * that was reverted has several, of which the newest counts and comes first.
 */
export async function* listRollouts(
  home: string,
  { archived = false, signal }: ListRolloutsOptions = {},
): AsyncGenerator<FoundRollout> {
  yield* walk(toSessionsDirectory(home, { archived }), archived, signal);
}

/**
 * The rollout of a thread: the newest file of it. Undefined if there is none.
 */
export async function findRollout(
  home: string,
  threadId: string,
  { archived = false }: { readonly archived?: boolean } = {},
): Promise<FoundRollout | undefined> {
  // All files of a thread lie in one directory, so what is near is all.
  return archived
    ? await findNewest(listRollouts(home, { archived }), threadId)
    : await findNewest(listNear(home, threadId), threadId) ??
      await findNewest(listRollouts(home), threadId);
}

async function findNewest(
  rollouts: AsyncGenerator<FoundRollout>,
  threadId: string,
): Promise<FoundRollout | undefined> {
  let newest: FoundRollout | undefined;
  for await (const found of rollouts) {
    if (found.threadId !== threadId) continue;
    // Ids of segments are UUIDs of version 7 and sort by time; that of the
    // first is the thread's and older than all others. Of a file and its
    // compressed copy, which a crash can leave, the file comes last and counts.
    if (!newest || found.segmentId >= newest.segmentId) newest = found;
  }
  return newest;
}

/** The file that an id in a history base stands for. */
export async function findSegment(
  home: string,
  segmentId: string,
): Promise<string | undefined> {
  for (
    const rollouts of [
      listNear(home, segmentId),
      listRollouts(home),
      listRollouts(home, { archived: true }),
    ]
  ) {
    for await (const found of rollouts) {
      if (found.segmentId === segmentId) return found.path;
    }
  }
  return undefined;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Rollouts of the days around the one that a UUID of version 7 (RFC 9562) was
 * made on: whoever made it may have lived in another time zone.
 */
async function* listNear(
  home: string,
  id: string,
): AsyncGenerator<FoundRollout> {
  if (id.charAt(14) !== "7") return;
  const madeMs = parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  for (const awayMs of [0, -DAY_MS, DAY_MS]) {
    const path = toRolloutPath(home, id, new Date(madeMs + awayMs));
    yield* walk(path.slice(0, path.lastIndexOf("/")), false, undefined);
  }
}

async function* walk(
  directory: string,
  isArchived: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<FoundRollout> {
  signal?.throwIfAborted();
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(directory)) entries.push(entry);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  entries.sort((a, b) => a.name < b.name ? 1 : -1);
  for (const { name, isDirectory } of entries) {
    const path = `${directory}/${name}`;
    if (isDirectory) yield* walk(path, isArchived, signal);
    const parsed = parseRolloutName(name);
    if (parsed && !isDirectory) {
      yield {
        path,
        threadId: parsed.threadId,
        segmentId: parsed.segmentId,
        isArchived,
      };
    }
  }
}
