/** Where programs are looked for by those who have no PATH. */
const DEFAULT_PATH = "/usr/local/bin:/bin:/usr/bin";

const ENOENT = 2;
const EACCES = 13;
const ENOTDIR = 20;

/** What is looked for, and by whom. */
export interface ProgramQuery {
  /** Name, or path with a slash in it. */
  readonly program: string;
  /** Absolute directory that relative paths start from. */
  readonly cwd: string;
  /** PATH of the one who is to run it. */
  readonly searchPath: string | undefined;
}

/** Where a program is, or the number of the error that it can't be run for. */
export type ProgramAnswer = { readonly file: string } | {
  readonly errno: number;
};

/**
 * Finds a program as execvp(3) does: a name in the directories of PATH, a path
 * as it is. What may not be executed is passed over, but remembered. What is
 * found is relative, with a slash in it, where the path or the directory is:
 * scripts are told by what path they were started.
 *
 * @param obstacle Why an absolute path can't be executed; 0 if it can.
 */
export function searchPath(
  { program, cwd, searchPath = DEFAULT_PATH }: ProgramQuery,
  obstacle: (file: string) => number,
): ProgramAnswer {
  if (program === "") return { errno: ENOENT };
  if (program.includes("/")) {
    const errno = obstacle(toAbsolute(program, cwd));
    return errno === 0 ? { file: program } : { errno };
  }
  let refusal = ENOENT;
  for (const directory of searchPath.split(":")) {
    const file = toAbsolute(program, directory || ".");
    const errno = obstacle(toAbsolute(file, cwd));
    if (errno === 0) return { file };
    if (errno === EACCES) refusal = errno;
    else if (errno !== ENOENT && errno !== ENOTDIR) return { errno };
  }
  return { errno: refusal };
}

/** A path from a directory on; an absolute one is what it is. */
export function toAbsolute(path: string, directory: string): string {
  if (path.startsWith("/")) return path;
  return directory.endsWith("/")
    ? `${directory}${path}`
    : `${directory}/${path}`;
}
