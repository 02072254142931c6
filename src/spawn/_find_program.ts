import { Errno } from "./_errno.ts";
import { type Libc, toCString } from "./_libc.ts";

const F_OK = 0;
const X_OK = 1;

/** Where programs are looked for by those who have no PATH. */
const DEFAULT_PATH = "/usr/local/bin:/bin:/usr/bin";

/** What is looked for, and by whom. */
export interface ProgramQuery {
  /** Name, or path with a slash in it. */
  readonly program: string;
  /** Absolute directory that relative paths start from. */
  readonly cwd: string;
  /** PATH of the one who is to run it. */
  readonly searchPath: string | undefined;
}

/**
 * Finds a program as execvp(3) does: a name in the directories of PATH, a path
 * as it is. Files that may not be executed, and directories, are passed over,
 * but remembered.
 */
export function findProgram(
  libc: Libc,
  { program, cwd, searchPath }: ProgramQuery,
): { readonly file: string } | { readonly errno: number } {
  if (program === "") return { errno: Errno.ENOENT };
  if (program.includes("/")) {
    const file = join(cwd, program);
    const errno = executability(libc, file);
    return errno === 0 ? { file } : { errno };
  }
  let refusal: number = Errno.ENOENT;
  for (const directory of (searchPath ?? DEFAULT_PATH).split(":")) {
    const file = join(join(cwd, directory), program);
    const errno = executability(libc, file);
    if (errno === 0) return { file };
    if (errno === Errno.EACCES) refusal = errno;
    else if (errno !== Errno.ENOENT && errno !== Errno.ENOTDIR) {
      return { errno };
    }
  }
  return { errno: refusal };
}

/** 0 for what can be executed, else why it can't. */
function executability(libc: Libc, file: string): number {
  if (libc.call.access(toCString(file), X_OK) !== 0) return libc.errno;
  // Directories have the same permission, for another purpose.
  const isDirectory = libc.call.access(toCString(`${file}/`), F_OK) === 0;
  return isDirectory ? Errno.EACCES : 0;
}

function join(directory: string, name: string): string {
  if (name.startsWith("/")) return name;
  if (name === "") return directory;
  return directory.endsWith("/")
    ? `${directory}${name}`
    : `${directory}/${name}`;
}
