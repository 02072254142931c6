import { Errno } from "./_errno.ts";
import { type Libc, toCString } from "./_libc.ts";
import {
  type ProgramAnswer,
  type ProgramQuery,
  searchPath,
} from "./_search_path.ts";

const F_OK = 0;
const X_OK = 1;

/** Finds a program as execvp(3) does, and asks the system about it. */
export function findProgram(libc: Libc, query: ProgramQuery): ProgramAnswer {
  return searchPath(query, (file) => {
    if (libc.call.access(toCString(file), X_OK) !== 0) return libc.errno;
    // Directories have the same permission, for another purpose.
    const isDirectory = libc.call.access(toCString(`${file}/`), F_OK) === 0;
    return isDirectory ? Errno.EACCES : 0;
  });
}
