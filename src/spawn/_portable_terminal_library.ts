import { GLIBC_PATHS } from "./open_glibc.ts";
import { SpawnError, TerminalUnavailable } from "./spawn_error.ts";
import type { TerminalSize } from "./spawner.ts";

/** What differs between systems; those of macOS were never run. */
interface Dialect {
  /** Where the C library lies; the first that can be loaded is taken. */
  readonly paths: readonly string[];
  readonly errnoLocation: "__errno_location" | "__error";
  /** O_RDWR, O_NOCTTY and O_CLOEXEC. */
  readonly openFlags: number;
  readonly setSize: number;
  readonly duplicate: number;
  readonly again: number;
  /**
   * Registers to fill before the arguments of a variadic function are passed
   * where it looks for them: on macOS on arm64 that is the stack.
   */
  readonly isVariadicOnStack: boolean;
}

const LINUX: Dialect = {
  paths: [
    ...GLIBC_PATHS,
    `/lib/ld-musl-${Deno.build.arch}.so.1`,
  ],
  errnoLocation: "__errno_location",
  openFlags: 0o2 | 0o400 | 0o2000000,
  setSize: 0x5414,
  duplicate: 1030,
  again: 11,
  isVariadicOnStack: false,
};

const MACOS: Dialect = {
  paths: ["/usr/lib/libSystem.B.dylib"],
  errnoLocation: "__error",
  openFlags: 0x2 | 0x20000 | 0x1000000,
  setSize: 0x80087467,
  duplicate: 67,
  again: 35,
  isVariadicOnStack: Deno.build.arch === "aarch64",
};

const EINTR = 4;
const POLLHUP = 0x10;
const NAME_BYTES = 128;
const ENCODER = new TextEncoder();

/**
 * Declared so that nothing needs `Deno.UnsafePointer`, which a permission for
 * one library alone would refuse.
 */
const SYMBOLS = {
  memcpy: { parameters: ["buffer", "usize", "usize"], result: "usize" },
  posix_openpt: { parameters: ["i32"], result: "i32" },
  grantpt: { parameters: ["i32"], result: "i32" },
  unlockpt: { parameters: ["i32"], result: "i32" },
  ptsname_r: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Both are variadic: of the two forms, the one that fits is called. */
const VARIADIC = {
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "usize"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

const VARIADIC_ON_STACK = {
  ioctl: {
    // deno-fmt-ignore
    parameters: ["i32", "usize", "usize", "usize", "usize", "usize", "usize",
      "usize", "buffer"],
    result: "i32",
  },
  fcntl: {
    // deno-fmt-ignore
    parameters: ["i32", "i32", "usize", "usize", "usize", "usize", "usize",
      "usize", "usize"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** Descriptors of a new terminal, and the path of its other end. */
export interface TerminalEnds {
  /** Ours: written to and resized. */
  readonly master: number;
  /** Ours too, for whoever reads and closes it on their own. */
  readonly reading: number;
  /** The other end, held open until the program has opened it. */
  readonly slave: number;
  /** Where the program finds it. */
  readonly path: string;
}

/** The few functions of the C library that make terminals. */
export class TerminalLibrary implements Disposable {
  readonly #call: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
  readonly #dialect: Dialect;
  readonly #resources: DisposableStack;
  readonly #locateErrno: () => bigint;
  readonly #setSize: (fd: number, size: Uint16Array<ArrayBuffer>) => number;
  readonly #duplicate: (fd: number) => number;

  private constructor(path: string, dialect: Dialect) {
    using stack = new DisposableStack();
    const load = <S extends Deno.ForeignLibraryInterface>(symbols: S) =>
      stack.adopt(Deno.dlopen(path, symbols), (library) => library.close())
        .symbols;
    this.#call = load(SYMBOLS);
    this.#locateErrno = load(
      {
        location: {
          name: dialect.errnoLocation,
          parameters: [],
          result: "usize",
        },
      } as const,
    ).location;
    const { setSize, duplicate } = dialect;
    if (dialect.isVariadicOnStack) {
      const { ioctl, fcntl } = load(VARIADIC_ON_STACK);
      this.#setSize = (fd, size) =>
        ioctl(fd, BigInt(setSize), 0n, 0n, 0n, 0n, 0n, 0n, size);
      this.#duplicate = (fd) =>
        fcntl(fd, duplicate, 0n, 0n, 0n, 0n, 0n, 0n, 0n);
    } else {
      const { ioctl, fcntl } = load(VARIADIC);
      this.#setSize = (fd, size) => ioctl(fd, BigInt(setSize), size);
      this.#duplicate = (fd) => fcntl(fd, duplicate, 0n);
    }
    this.#dialect = dialect;
    this.#resources = stack.move();
  }

  /**
   * Loads it from where it is found and granted; nobody is asked.
   *
   * @throws {TerminalUnavailable} if there is none, with the reason.
   */
  static open(): TerminalLibrary {
    const dialect = Deno.build.os === "darwin" ? MACOS : LINUX;
    for (const name of ["read", "write"] as const) {
      // What node:tty asks for before it takes a descriptor.
      if (Deno.permissions.querySync({ name }).state === "granted") continue;
      throw new TerminalUnavailable(
        `Terminals need the right to ${name} everywhere: run with --allow-${name}`,
      );
    }
    let failure: unknown;
    for (const path of dialect.paths) {
      const grant = Deno.permissions.querySync({ name: "ffi", path });
      if (grant.state !== "granted") continue;
      try {
        return new TerminalLibrary(path, dialect);
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure === undefined
      ? new TerminalUnavailable(
        `Terminals need the C library: run with --allow-ffi=${
          usualPath(dialect.paths)
        }`,
      )
      : new TerminalUnavailable(
        "Terminals need the C library, which cannot be loaded",
        { cause: failure },
      );
  }

  /**
   * Opens a new terminal.
   *
   * @throws {SpawnError} if the system has no more.
   */
  openTerminal(size: TerminalSize): TerminalEnds {
    const { openFlags } = this.#dialect;
    using opened = new DisposableStack();
    const checked = (fd: number) => {
      if (fd < 0) throw new SpawnError(this.#errno, "/dev/ptmx");
      return opened.adopt(fd, () => this.close(fd));
    };
    const master = checked(this.#call.posix_openpt(openFlags));
    const name = new Uint8Array(NAME_BYTES);
    if (
      this.#call.grantpt(master) !== 0 || this.#call.unlockpt(master) !== 0 ||
      this.#call.ptsname_r(master, name, BigInt(NAME_BYTES)) !== 0
    ) throw new SpawnError(this.#errno, "/dev/ptmx");
    const path = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
    // Some systems refuse a size as long as nobody has the other end open, and
    // all refuse what is written then.
    const slave = checked(
      this.#call.open(ENCODER.encode(`${path}\0`), openFlags),
    );
    this.resize(master, size);
    const reading = checked(this.#duplicate(master));
    opened.move();
    return { master, reading, slave, path };
  }

  /** Says how large a terminal is. */
  resize(master: number, { rows, cols }: TerminalSize): void {
    this.#setSize(master, new Uint16Array([rows, cols, 0, 0]));
  }

  /** Writes what there is room for: its length, 0 for none, -1 for nobody. */
  write(master: number, bytes: Uint8Array<ArrayBuffer>): number {
    for (;;) {
      const count = Number(
        this.#call.write(master, bytes, BigInt(bytes.length)),
      );
      if (count >= 0) return count;
      const errno = this.#errno;
      if (errno === this.#dialect.again) return this.#isHungUp(master) ? -1 : 0;
      if (errno !== EINTR) return -1;
    }
  }

  /** Whether nobody has the other end open: then it stays full for good. */
  #isHungUp(master: number): boolean {
    // struct pollfd: a number, the events asked for, the events found.
    const entry = new DataView(new ArrayBuffer(8));
    entry.setInt32(0, master, true);
    this.#call.poll(entry.buffer, 1n, 0);
    return (entry.getInt16(6, true) & POLLHUP) !== 0;
  }

  /** Closes one of the descriptors. */
  close(fd: number): void {
    this.#call.close(fd);
  }

  [Symbol.dispose](): void {
    this.#resources[Symbol.dispose]();
  }

  /** Number of the last error of this thread; ask before anything else. */
  get #errno(): number {
    const errno = new Int32Array(1);
    this.#call.memcpy(errno, this.#locateErrno(), 4n);
    return errno[0]!;
  }
}

/** The path to grant: the first that is there, as far as we may look. */
function usualPath(paths: readonly string[]): string {
  const there = paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
  return there ?? paths[0]!;
}
