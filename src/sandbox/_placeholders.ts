import {
  isPlaceholder,
  PLACEHOLDER_MTIME,
  type PlaceholderMarks,
} from "../protocol/mod.ts";
import { SandboxUnavailable } from "./confinement.ts";

/** What kind of directory one is, by its attributes. */
export function toDirectory(
  marks: PlaceholderMarks,
): "placeholder" | "sealed" | "directory" {
  if ((marks.mode ?? 0) & 0o222) return "directory";
  return isPlaceholder(marks) ? "placeholder" : "sealed";
}

/** How often another server may get in between before it is given up. */
const MAX_ATTEMPTS = 8;

/**
 * Empty directories at paths that must not come to be while a command runs:
 * something has to stand there for a mount to cover it. Nothing of them stays:
 * the last user of one removes it, of whatever server; and if a server dies of
 * SIGKILL, a process that outlives it does.
 *
 * They are made and removed by calls that block: there are eight of them for a
 * usual command, with a dozen calls of some microseconds each, and nobody comes
 * in between.
 */
export class Placeholders implements AsyncDisposable {
  readonly #held = new Map<string, Held>();
  #caretaker: Promise<Caretaker> | undefined;

  /**
   * Puts them there; dispose of the result to have them removed.
   *
   * @throws {SandboxUnavailable} if that can't be done.
   */
  async take(paths: readonly string[]): Promise<AsyncDisposable> {
    const fresh = paths.filter((path) => !this.#held.has(path));
    // Before they are there: this process may be gone right after.
    const caretaker = await this.#watch(fresh);
    const taken: string[] = [];
    try {
      for (const path of paths) {
        this.#hold(path);
        taken.push(path);
      }
    } catch (error) {
      this.#release(taken);
      throw error;
    } finally {
      const idle = fresh.filter((path) => !this.#held.get(path)?.lock);
      if (idle.length > 0) await caretaker.forget(idle);
    }
    return {
      [Symbol.asyncDispose]: async () => {
        const gone = this.#release(taken.splice(0));
        if (gone.length > 0) await caretaker.forget(gone);
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const held of this.#held.values()) held.users = 1;
    this.#release([...this.#held.keys()]);
    const caretaker = await this.#caretaker?.catch(() => undefined);
    this.#caretaker = undefined;
    await caretaker?.[Symbol.asyncDispose]();
  }

  async #watch(paths: readonly string[]): Promise<Caretaker> {
    const known = this.#caretaker;
    try {
      const caretaker = await (this.#caretaker ??= createCaretaker());
      if (paths.length > 0) await caretaker.watch(paths);
      return caretaker;
    } catch (error) {
      // Somebody killed it; without one nothing is put anywhere.
      if (this.#caretaker === known) this.#caretaker = undefined;
      if (known !== undefined) return await this.#watch(paths);
      throw error;
    }
  }

  #hold(path: string): void {
    const held = this.#held.get(path);
    if (held === undefined) {
      this.#held.set(path, { users: 1, lock: make(path) });
    } else held.users++;
  }

  /** Gives up uses; tells which were the last and are gone. */
  #release(paths: readonly string[]): string[] {
    return paths.filter((path) => {
      const held = this.#held.get(path);
      if (held === undefined || --held.users > 0) return false;
      this.#held.delete(path);
      if (held.lock !== undefined) remove(path, held.lock);
      return held.lock !== undefined;
    });
  }
}

/** A placeholder that this server uses. */
interface Held {
  /** How many commands use it. */
  users: number;
  /** Locked as long as it is in use; nothing if the path is no placeholder. */
  readonly lock: Deno.FsFile | undefined;
}

/**
 * Makes the directory, or joins the users of the one that is there.
 *
 * @throws {SandboxUnavailable} if nothing can be put there.
 */
function make(path: string): Deno.FsFile | undefined {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    try {
      Deno.mkdirSync(path, { mode: 0o555 });
      Deno.utimeSync(path, PLACEHOLDER_MTIME, PLACEHOLDER_MTIME);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new SandboxUnavailable(
          `Cannot protect "${path}": nothing can be put there (${reason})`,
        );
      }
    }
    const there = join(path);
    if (there === "foreign") return undefined;
    if (there !== "gone") return there;
  }
  throw new SandboxUnavailable(`Cannot protect "${path}": it comes and goes`);
}

/** Locks what is at a path against removal by others, if it is a placeholder. */
function join(path: string): Deno.FsFile | "gone" | "foreign" {
  let file: Deno.FsFile | undefined;
  try {
    // Born unwritable and marked a moment later.
    const info = Deno.lstatSync(path);
    if (info.isSymlink) {
      // A mount would go where it leads, and leave the name free.
      throw new SandboxUnavailable(
        `Cannot protect "${path}": it has become a symbolic link`,
      );
    }
    if (!info.isDirectory || toDirectory(info) === "directory") {
      return "foreign";
    }
    file = Deno.openSync(path);
    if (file.tryLockSync(false)) {
      const opened = file.statSync();
      const there = Deno.lstatSync(path);
      if (opened.ino === there.ino && opened.dev === there.dev) return file;
    }
  } catch (error) {
    // Another user's, which has no business to be a placeholder.
    if (error instanceof Deno.errors.PermissionDenied) return "foreign";
    if (!(error instanceof Deno.errors.NotFound)) {
      file?.close();
      throw error;
    }
  }
  file?.close();
  return "gone";
}

/** Removes a placeholder unless another server uses it still. */
function remove(path: string, lock: Deno.FsFile): void {
  try {
    const { mtime } = Deno.lstatSync(path);
    if (
      mtime?.getTime() === PLACEHOLDER_MTIME * 1000 && lock.tryLockSync(true)
    ) {
      Deno.removeSync(path);
    }
  } catch {
    // Taken away or filled from outside: it is no placeholder any more.
  } finally {
    lock.close();
  }
}

/** Removes placeholders when this process is gone without having done so. */
interface Caretaker extends AsyncDisposable {
  watch(paths: readonly string[]): Promise<void>;
  forget(paths: readonly string[]): Promise<void>;
}

/**
 * Reads a book of placeholders from a pipe. When the pipe breaks, it waits
 * until no process has a mount on one and removes it, if it is still empty and
 * no other server holds it.
 * Two forks make it nobody's child, so that nobody kills it along.
 */
const caretakerScript = `
exec 3<&0 </dev/null >/dev/null 2>&1
(
  trap '' HUP INT TERM QUIT PIPE
  remove() {
    if command -v flock; then flock -n -x "$1" rmdir -- "$1"; else rmdir -- "$1"; fi
  }
  book=
  while read -r what path mount <&3; do
    case $what in
      +) book="$book$path $mount
" ;;
      -) case $book in
          *"$path $mount
"*) book="\${book%%"$path $mount
"*}\${book#*"$path $mount
"}" ;;
        esac ;;
    esac
  done
  printf '%s' "$book" | while read -r path mount; do
    at=$(printf '%bx' "$path")
    at=\${at%x}
    tries=0
    while [ -d "$at" ] && [ $tries -lt 100 ]; do
      grep -qsF -- " $mount " /proc/[0-9]*/mountinfo || {
        [ "$(stat -c %Y -- "$at")" = ${PLACEHOLDER_MTIME} ] && remove "$at"
        break
      }
      tries=$((tries + 1))
      sleep 0.1
    done
  done
) &
`;

async function createCaretaker(): Promise<Caretaker> {
  const shell = new Deno.Command("/bin/sh", {
    args: ["-c", caretakerScript],
    cwd: "/",
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const book = shell.stdin.getWriter();
  await shell.status;
  const encoder = new TextEncoder();
  const octal = (byte: number) => byte.toString(8).padStart(3, "0");
  const toLine = (what: "+" | "-", path: string) => {
    const bytes = [...encoder.encode(path)];
    // For printf's %b; and as the kernel writes it in mountinfo(5).
    const words = [
      bytes.map((byte) => `\\0${octal(byte)}`).join(""),
      bytes.map((byte) =>
        [9, 10, 32, 92].includes(byte)
          ? `\\${octal(byte)}`
          : String.fromCharCode(byte)
      ).join(""),
    ];
    return [what, ...words].join(" ") + "\n";
  };
  const write = async (what: "+" | "-", paths: readonly string[]) => {
    const lines = paths.map((path) => toLine(what, path)).join("");
    await book.write(Uint8Array.from(lines, (c) => c.charCodeAt(0)));
  };
  return {
    watch: (paths) => write("+", paths),
    forget: (paths) => write("-", paths).catch(() => {}),
    async [Symbol.asyncDispose]() {
      await book.close().catch(() => {});
    },
  };
}
