import { findForks } from "./find_forks.ts";
import { findRollout, listRollouts } from "./find_rollout.ts";
import { ReferencedError } from "./rollout_error.ts";
import { parseRolloutName, toSessionsDirectory } from "./rollout_path.ts";

/**
 * Puts a thread's rollouts away. Whoever does holds its writer lock.
 *
 * @returns where the newest is now; undefined if there is none.
 */
export async function archiveRollout(
  home: string,
  threadId: string,
): Promise<string | undefined> {
  const directory = toSessionsDirectory(home, { archived: true });
  return await moveAll(home, threadId, false, (name) => `${directory}/${name}`);
}

/**
 * Takes a thread's rollouts back to where they were. Whoever does holds its
 * writer lock.
 *
 * @returns where the newest is now; undefined if there is none.
 */
export async function unarchiveRollout(
  home: string,
  threadId: string,
): Promise<string | undefined> {
  const directory = toSessionsDirectory(home);
  return await moveAll(home, threadId, true, (name) => {
    const day = parseRolloutName(name)?.time.slice(0, 10).replaceAll("-", "/");
    return `${directory}/${day}/${name}`;
  });
}

/**
 * Removes a thread's rollouts, archived or not. Whoever does holds its writer
 * lock.
 *
 * @returns whether there were any.
 * @throws {ReferencedError} if a fork goes on from one of them.
 */
export async function deleteRollout(
  home: string,
  threadId: string,
): Promise<boolean> {
  const forks = await findForks(home, threadId);
  if (forks.length > 0) throw new ReferencedError(threadId, forks);
  let wasThere = false;
  for (const archived of [false, true]) {
    for await (const found of listRollouts(home, { archived })) {
      if (found.threadId !== threadId) continue;
      await Deno.remove(found.path);
      wasThere = true;
    }
  }
  return wasThere;
}

async function moveAll(
  home: string,
  threadId: string,
  archived: boolean,
  toTarget: (name: string) => string,
): Promise<string | undefined> {
  const newest = await findRollout(home, threadId, { archived });
  let newestTarget: string | undefined;
  for await (const found of listRollouts(home, { archived })) {
    if (found.threadId !== threadId) continue;
    const target = toTarget(found.path.slice(found.path.lastIndexOf("/") + 1));
    await Deno.mkdir(target.slice(0, target.lastIndexOf("/")), {
      recursive: true,
    });
    await Deno.rename(found.path, target);
    if (found.path === newest?.path) newestTarget = target;
  }
  return newestTarget;
}
