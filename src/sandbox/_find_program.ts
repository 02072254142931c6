import { SpawnError } from "../spawn/mod.ts";
import { join } from "./_paths.ts";
import type { Confinable } from "./confinement.ts";

const ENOENT = 2;
const EACCES = 13;
const ENOTDIR = 20;

/** Where programs are looked for by those who have no PATH. */
const DEFAULT_PATH = "/usr/local/bin:/bin:/usr/bin";

/**
 * Finds the program of a command as execvp(3) does. What builds a box looks
 * for it inside, where it can say why there is none as output only.
 *
 * @throws {SpawnError} if there is none, or none that may be executed.
 */
export async function findProgram(
  { command: [program], cwd, env }: Confinable,
): Promise<string> {
  const from = (path: string) => path.startsWith("/") ? path : join(cwd, path);
  if (program.includes("/")) {
    const errno = await toObstacle(from(program));
    if (errno === undefined) return from(program);
    throw new SpawnError(errno, program);
  }
  let obstacle = ENOENT;
  for (const directory of (env.PATH ?? DEFAULT_PATH).split(":")) {
    const path = join(from(directory || cwd), program);
    const errno = await toObstacle(path);
    if (errno === undefined) return path;
    if (errno === EACCES) obstacle = errno;
  }
  throw new SpawnError(obstacle, program);
}

/** What keeps a path from being executed; nothing if nothing does. */
async function toObstacle(path: string): Promise<number | undefined> {
  try {
    const { isFile, mode } = await Deno.stat(path);
    return isFile && (mode ?? 0) & 0o111 ? undefined : EACCES;
  } catch (error) {
    if (error instanceof Deno.errors.NotADirectory) return ENOTDIR;
    return error instanceof Deno.errors.PermissionDenied ? EACCES : ENOENT;
  }
}
