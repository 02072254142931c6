import { openGlibc } from "./open_glibc.ts";

/**
 * Addresses are `usize` and nothing here needs `Deno.UnsafePointer`, which a
 * permission for one library alone would refuse. Sizes of results are `i32`
 * where they can't be larger: numbers are cheaper than bigints.
 */
const SYMBOLS = {
  errnoLocation: {
    name: "__errno_location",
    parameters: [],
    result: "usize",
  },
  copyIn: {
    name: "memcpy",
    parameters: ["usize", "buffer", "usize"],
    result: "usize",
  },
  copyOut: {
    name: "memcpy",
    parameters: ["buffer", "usize", "usize"],
    result: "usize",
  },
  malloc: { parameters: ["usize"], result: "usize" },
  free: { parameters: ["usize"], result: "void" },

  open: { parameters: ["buffer", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  access: { parameters: ["buffer", "i32"], result: "i32" },
  fstat: { parameters: ["i32", "buffer"], result: "i32" },
  getdents64: { parameters: ["i32", "buffer", "usize"], result: "i32" },

  posixOpenpt: { name: "posix_openpt", parameters: ["i32"], result: "i32" },
  grantpt: { parameters: ["i32"], result: "i32" },
  unlockpt: { parameters: ["i32"], result: "i32" },
  ptsnameR: {
    name: "ptsname_r",
    parameters: ["i32", "buffer", "usize"],
    result: "i32",
  },
  ioctlBuffer: {
    name: "ioctl",
    parameters: ["i32", "usize", "buffer"],
    result: "i32",
  },
  ioctlNumber: {
    name: "ioctl",
    parameters: ["i32", "usize", "usize"],
    result: "i32",
  },

  epollCreate: { name: "epoll_create1", parameters: ["i32"], result: "i32" },
  epollControl: {
    name: "epoll_ctl",
    parameters: ["i32", "i32", "i32", "buffer"],
    result: "i32",
  },
  epollPeek: {
    name: "epoll_wait",
    parameters: ["i32", "buffer", "i32", "i32"],
    result: "i32",
  },
  epollWait: {
    name: "epoll_wait",
    parameters: ["i32", "buffer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },

  kill: { parameters: ["i32", "i32"], result: "i32" },
  getsid: { parameters: ["i32"], result: "i32" },
  waitid: { parameters: ["i32", "u32", "buffer", "i32"], result: "i32" },
  awaitExit: {
    name: "waitid",
    parameters: ["i32", "u32", "buffer", "i32"],
    result: "i32",
    nonblocking: true,
  },
  /** `syscall(SYS_pidfd_open, pid, flags)`: older libraries have no wrapper. */
  syscall: { parameters: ["i64", "i64", "i64"], result: "i32" },

  spawn: {
    name: "posix_spawn",
    parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
  actionsInit: {
    name: "posix_spawn_file_actions_init",
    parameters: ["buffer"],
    result: "i32",
  },
  actionsDestroy: {
    name: "posix_spawn_file_actions_destroy",
    parameters: ["buffer"],
    result: "i32",
  },
  actionsOpen: {
    name: "posix_spawn_file_actions_addopen",
    parameters: ["buffer", "i32", "buffer", "i32", "u32"],
    result: "i32",
  },
  actionsDup2: {
    name: "posix_spawn_file_actions_adddup2",
    parameters: ["buffer", "i32", "i32"],
    result: "i32",
  },
  actionsChdir: {
    name: "posix_spawn_file_actions_addchdir_np",
    parameters: ["buffer", "buffer"],
    result: "i32",
  },
  actionsCloseFrom: {
    name: "posix_spawn_file_actions_addclosefrom_np",
    parameters: ["buffer", "i32"],
    result: "i32",
  },
  attributesInit: {
    name: "posix_spawnattr_init",
    parameters: ["buffer"],
    result: "i32",
  },
  attributesDestroy: {
    name: "posix_spawnattr_destroy",
    parameters: ["buffer"],
    result: "i32",
  },
  attributesFlags: {
    name: "posix_spawnattr_setflags",
    parameters: ["buffer", "i16"],
    result: "i32",
  },
  attributesMask: {
    name: "posix_spawnattr_setsigmask",
    parameters: ["buffer", "buffer"],
    result: "i32",
  },
  attributesDefault: {
    name: "posix_spawnattr_setsigdefault",
    parameters: ["buffer", "buffer"],
    result: "i32",
  },
} as const satisfies Deno.ForeignLibraryInterface;

const ENCODER = new TextEncoder();

/**
 * The C library of this process, as far as it is used here. Numbers, buffers
 * and structures of glibc on Linux, for x86_64 and aarch64.
 */
export class Libc implements Disposable {
  /** The functions; they report failures as in C. */
  readonly call: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>;
  readonly #errno = new Int32Array(1);

  private constructor(library: Deno.DynamicLibrary<typeof SYMBOLS>) {
    this.#library = library;
    this.call = library.symbols;
  }

  /**
   * Opens the library where it is found and granted; nothing elsewhere, and
   * nobody is asked. A library that lacks a function counts as none.
   */
  static open(): Libc | undefined {
    const library = openGlibc(SYMBOLS);
    return library && new Libc(library);
  }

  /** Number of the last error of this thread; ask before anything else. */
  get errno(): number {
    this.call.copyOut(this.#errno, this.call.errnoLocation(), 4n);
    return this.#errno[0]!;
  }

  [Symbol.dispose](): void {
    this.#library.close();
  }
}

/** A string of C. The caller knows that there is no NUL in it. */
export function toCString(text: string): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(`${text}\0`);
}

/** A NULL-terminated vector of strings, in memory of the C library. */
export class StringVector implements Disposable {
  /** What is passed on: the addresses. */
  readonly addresses: BigUint64Array<ArrayBuffer>;
  readonly #libc: Libc;
  readonly #block: bigint;

  /** Copies the strings; one block holds them all. */
  constructor(libc: Libc, strings: readonly string[]) {
    const bytes = ENCODER.encode(strings.map((text) => `${text}\0`).join(""));
    this.#libc = libc;
    this.#block = libc.call.malloc(BigInt(Math.max(1, bytes.length)));
    if (this.#block === 0n) throw new RangeError("Out of memory");
    libc.call.copyIn(this.#block, bytes, BigInt(bytes.length));
    this.addresses = new BigUint64Array(strings.length + 1);
    let start = 0;
    for (let index = 0; index < strings.length; index++) {
      this.addresses[index] = this.#block + BigInt(start);
      start = bytes.indexOf(0, start) + 1;
    }
  }

  [Symbol.dispose](): void {
    this.#libc.call.free(this.#block);
  }
}
