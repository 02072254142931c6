import { SandboxUnavailable } from "./confinement.ts";

/** Modification time of a placeholder, in seconds: by this it is known. */
const MARK = 1;
/** How often another server may get in between before it is given up. */
const MAX_ATTEMPTS = 8;

/**
 * Empty directories at paths that must not come to be while a command runs:
 * something has to stand there for a mount to cover it. Nothing of them stays:
 * the last user of one removes it, of whatever server; and if a server dies of
 * SIGKILL, a process that outlives it does.
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
    const taken: string[] = [];
    const release = async () => {
      await Promise.all(taken.splice(0).map((path) => this.#release(path)));
    };
    try {
      await Promise.all(paths.map(async (path) => {
        await this.#hold(path);
        taken.push(path);
      }));
    } catch (error) {
      await release();
      throw error;
    }
    return { [Symbol.asyncDispose]: release };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#held.keys()].map(async (path) => {
      const held = this.#held.get(path);
      if (held === undefined) return;
      held.users = 1;
      await this.#release(path);
    }));
    const caretaker = await this.#caretaker?.catch(() => undefined);
    this.#caretaker = undefined;
    await caretaker?.[Symbol.asyncDispose]();
  }

  async #hold(path: string): Promise<void> {
    for (;;) {
      const held = this.#held.get(path);
      if (held === undefined) break;
      if (held.users > 0) {
        held.users++;
        await held.lock;
        return;
      }
      await held.gone;
    }
    const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
    const held: Held = { users: 1, lock: this.#make(path), gone, leave };
    this.#held.set(path, held);
    try {
      await held.lock;
    } catch (error) {
      held.users = 0;
      this.#held.delete(path);
      leave();
      throw error;
    }
  }

  /** Makes the directory, or joins the users of the one that is there. */
  async #make(path: string): Promise<Deno.FsFile | undefined> {
    const caretaker = await (this.#caretaker ??= createCaretaker());
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const there = await join(path);
      if (there === "foreign") return undefined;
      if (there !== "gone") {
        await caretaker.watch(path);
        return there;
      }
      await caretaker.watch(path);
      try {
        await Deno.mkdir(path, { mode: 0o555 });
        await Deno.utime(path, MARK, MARK);
      } catch (error) {
        await caretaker.forget(path);
        if (error instanceof Deno.errors.AlreadyExists) continue;
        const reason = error instanceof Error ? error.message : String(error);
        throw new SandboxUnavailable(
          `Cannot protect "${path}": nothing can be put there (${reason})`,
        );
      }
      const made = await join(path);
      if (made !== "gone" && made !== "foreign") return made;
      await caretaker.forget(path);
    }
    throw new SandboxUnavailable(`Cannot protect "${path}": it comes and goes`);
  }

  async #release(path: string): Promise<void> {
    const held = this.#held.get(path);
    if (held === undefined || --held.users > 0) return;
    try {
      const lock = await held.lock;
      if (lock === undefined) return;
      try {
        // Users in other servers hold it shared; the last one removes it.
        const { mtime } = await Deno.lstat(path);
        if (mtime?.getTime() === MARK * 1000 && await lock.tryLock(true)) {
          await Deno.remove(path);
        }
      } finally {
        lock.close();
      }
      await (await this.#caretaker)?.forget(path);
    } catch {
      // It was taken away or filled from outside: no placeholder any more.
    } finally {
      this.#held.delete(path);
      held.leave();
    }
  }
}

/** A placeholder that this server uses. */
interface Held {
  /** How many commands use it; 0 while it is being removed. */
  users: number;
  /** Held shared as long as it is in use; nothing if the path is no placeholder. */
  readonly lock: Promise<Deno.FsFile | undefined>;
  /** When it was removed. */
  readonly gone: Promise<void>;
  readonly leave: () => void;
}

/** Locks what is at a path against removal by others, if it is a placeholder. */
async function join(
  path: string,
): Promise<Deno.FsFile | "gone" | "foreign"> {
  let file: Deno.FsFile;
  try {
    // Born unwritable and marked a moment later.
    const { isDirectory, mode } = await Deno.lstat(path);
    if (!isDirectory || (mode ?? 0) & 0o222) return "foreign";
    file = await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "gone";
    throw error;
  }
  try {
    if (await file.tryLock(false)) {
      const [opened, there] = await Promise.all([
        file.stat(),
        Deno.lstat(path),
      ]);
      if (opened.ino === there.ino && opened.dev === there.dev) return file;
    }
  } catch {
    // Removed in between.
  }
  file.close();
  return "gone";
}

/** Removes placeholders when this process is gone without having done so. */
interface Caretaker extends AsyncDisposable {
  watch(path: string): Promise<void>;
  forget(path: string): Promise<void>;
}

/**
 * Reads a book of placeholders from a pipe. When the pipe breaks, it waits
 * until no process has a mount on one and removes it, if it is still empty.
 * Two forks make it nobody's child, so that nobody kills it along.
 */
const caretakerScript = `
exec 3<&0 </dev/null >/dev/null 2>&1
(
  trap '' HUP INT TERM QUIT PIPE
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
        [ "$(stat -c %Y -- "$at")" = ${MARK} ] && rmdir -- "$at"
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
  const write = async (what: "+" | "-", path: string) => {
    const bytes = encoder.encode(path);
    const octal = (byte: number) => byte.toString(8).padStart(3, "0");
    // For printf's %b; and as the kernel writes it in mountinfo(5).
    const words = [
      [...bytes].map((byte) => `\\0${octal(byte)}`).join(""),
      [...bytes].map((byte) =>
        [9, 10, 32, 92].includes(byte)
          ? `\\${octal(byte)}`
          : String.fromCharCode(byte)
      ).join(""),
    ];
    const line = [what, ...words].join(" ") + "\n";
    await book.write(Uint8Array.from(line, (c) => c.charCodeAt(0)));
  };
  return {
    watch: (path) => write("+", path),
    forget: (path) => write("-", path).catch(() => {}),
    async [Symbol.asyncDispose]() {
      await book.close().catch(() => {});
    },
  };
}
