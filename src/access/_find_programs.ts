import { joinNames } from "./_names.ts";

/** Where programs are looked for without a PATH, as the C library does. */
const DEFAULT_PATH = "/usr/local/bin:/bin:/usr/bin";

/** From where a program is looked for. */
export interface Surroundings {
  /** Absolute directory that relative paths start from. */
  readonly cwd: string;
  /** PATH of whoever is to run it. */
  readonly searchPath: string | undefined;
}

/**
 * The files that a name stands for, as execvp(3) tries them: one in each
 * directory of PATH that has it, ready to be run. With a slash in it, it is a
 * path and stands for itself alone, whatever is there.
 */
export async function* findPrograms(
  program: string,
  { cwd, searchPath = DEFAULT_PATH }: Surroundings,
): AsyncGenerator<string> {
  if (program.includes("/")) {
    yield toAbsolute(program, cwd);
    return;
  }
  for (const directory of searchPath.split(":")) {
    const file = toAbsolute(`${directory || "."}/${program}`, cwd);
    if (await isProgram(file)) yield file;
  }
}

/** Joined by name only: `..` behind a link leads where the system says. */
function toAbsolute(path: string, cwd: string): string {
  if (!path.startsWith("/")) return toAbsolute(`${cwd}/${path}`, "/");
  return path.includes("..") ? path : joinNames("/", path.split("/"));
}

async function isProgram(file: string): Promise<boolean> {
  try {
    const { isFile, mode } = await Deno.stat(file);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}
