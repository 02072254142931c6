import { type ProgramQuery, searchPath, toAbsolute } from "./_search_path.ts";
import { SpawnError } from "./spawn_error.ts";

const ENOENT = 2;
const ENOEXEC = 8;
const EACCES = 13;
const ENOTDIR = 20;

export type { ProgramQuery };

/** Enough of a file to see what it is. */
const HEAD_BYTES = 256;

/**
 * Finds the program that execvp(3) would run, without the C library, where
 * something stands between this process and the program: whatever would be
 * refused has to be seen before. Gives an absolute path.
 *
 * @throws {SpawnError} as the system would refuse to start it.
 */
export function findProgram(query: ProgramQuery): string {
  const { program, cwd } = query;
  const answer = searchPath(query, refusal);
  if ("errno" in answer) throw new SpawnError(answer.errno, program);
  return checkedFormat(toAbsolute(answer.file, cwd));
}

/**
 * Refuses a working directory that is none.
 *
 * @throws {SpawnError} as chdir(2) would.
 */
export function assertDirectory(path: string): void {
  try {
    if (!Deno.statSync(path).isDirectory) throw new SpawnError(ENOTDIR, path);
  } catch (error) {
    throw error instanceof SpawnError
      ? error
      : new SpawnError(toErrno(error), path);
  }
}

/** Number of the error that the system gave as reason; 5 where there is none. */
export function toErrno(error: unknown): number {
  const text = error instanceof Error ? error.message : "";
  const number = /\(os error (\d+)\)/.exec(text)?.[1];
  if (number !== undefined) return Number(number);
  if (error instanceof Deno.errors.NotFound) return ENOENT;
  if (error instanceof Deno.errors.NotADirectory) return ENOTDIR;
  if (
    error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotCapable
  ) return EACCES;
  return 5;
}

/** 0 for a file that this process may execute, as far as it can know. */
function refusal(file: string): number {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(file);
  } catch (error) {
    return toErrno(error);
  }
  if (!info.isFile) return EACCES;
  const mode = info.mode ?? 0o111;
  if ((mode & 0o111) === 0) return EACCES;
  const grant = Deno.permissions.querySync({ name: "sys", kind: "uid" });
  if (grant.state !== "granted") return 0;
  const uid = Deno.uid();
  if (uid === 0) return 0;
  if (uid === info.uid) return (mode & 0o100) !== 0 ? 0 : EACCES;
  // Which groups this process is in beside its own isn't known: the doubt is
  // the system's to resolve.
  return (mode & 0o011) !== 0 ? 0 : EACCES;
}

/**
 * Refuses scripts that don't name their interpreter, or one that is missing:
 * the trampoline would run the one by a shell and say of the other that the
 * script isn't there.
 */
function checkedFormat(file: string): string {
  const head = readHead(file);
  if (head === undefined) return file;
  if (head.startsWith("#!")) {
    const interpreter = /^#![ \t]*([^\s\0]+)/.exec(head)?.[1];
    if (interpreter?.startsWith("/")) {
      const errno = refusal(interpreter);
      if (errno !== 0) throw new SpawnError(errno, file);
    }
    return file;
  }
  // Text, then. Binaries have a NUL byte early, whatever their format is.
  if (!head.includes("\0")) throw new SpawnError(ENOEXEC, file);
  return file;
}

function readHead(file: string): string | undefined {
  try {
    using open = Deno.openSync(file);
    const bytes = new Uint8Array(HEAD_BYTES);
    const length = open.readSync(bytes) ?? 0;
    return String.fromCharCode(...bytes.subarray(0, length));
  } catch {
    return undefined; // Executable, not readable: nothing can be said.
  }
}
