import { type Library, openLibrary } from "./_restriction_library.ts";
import type { ExposedThread } from "./_seccomp_thread_rules.ts";
import {
  EVERY_RIGHT,
  FILE_RIGHTS,
  type LandlockRule,
} from "./_landlock_rules.ts";

/** What a thread is restricted to, plain enough to be sent to it. */
export interface Restriction {
  /** Files and directories that it reaches. */
  readonly rules: readonly LandlockRule[];
  /** Whether it has a network. */
  readonly network: boolean;
  /** What it may set of files besides what is in them. */
  readonly attributes: ExposedThread["attributes"];
}

/** The first version of Landlock that keeps signals and abstract sockets in. */
export const LEAST_ABI = 6;

// System calls, the same on x86_64 and aarch64.
const OPENAT2 = 437;
const LANDLOCK_CREATE_RULESET = 444;
const LANDLOCK_ADD_RULE = 445;
const LANDLOCK_RESTRICT_SELF = 446;

const LANDLOCK_CREATE_RULESET_VERSION = 1;
const LANDLOCK_RULE_PATH_BENEATH = 1;
/** Bind and connect of TCP. */
const EVERY_NETWORK_RIGHT = 3n;
/** Abstract Unix sockets and signals. */
const EVERY_SCOPE = 3n;

const AT_FDCWD = -100;
const O_PATH_CLOEXEC = 0o12000000n;
/** No links, magic or not, anywhere on the way. */
const RESOLVE_NO_LINKS = 0x06n;

const PR_SET_DUMPABLE = 4;
const PR_SET_SECCOMP = 22;
const PR_CAPBSET_READ = 23;
const PR_CAPBSET_DROP = 24;
const PR_SET_SECUREBITS = 28;
const PR_SET_NO_NEW_PRIVS = 38;
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_CLEAR_ALL = 4;
const SECCOMP_MODE_FILTER = 2;
/**
 * NOROOT, NO_SETUID_FIXUP and NO_CAP_AMBIENT_RAISE, each locked, KEEP_CAPS
 * locked: user 0 is a user like any other.
 */
const SECUREBITS = 0xef;
const LINUX_CAPABILITY_VERSION_3 = 0x2008_0522;

const ENOENT = 2;
const EPERM = 1;
const EINVAL = 22;

/**
 * The system calls that restrict the thread which makes them, for good. What
 * it starts is restricted like it.
 */
export class Restrainer implements Disposable {
  readonly #library: Library;

  private constructor(library: Library) {
    this.#library = library;
  }

  /** The calls, where the C library can be called; nothing elsewhere. */
  static open(): Restrainer | undefined {
    const library = openLibrary();
    return library && new Restrainer(library);
  }

  get #call(): Library["symbols"] {
    return this.#library.symbols;
  }

  /** The number of the thread. */
  get tid(): number {
    return this.#call.gettid();
  }

  /** The version of Landlock; 0 if there is none. */
  get landlockAbi(): number {
    const flags = LANDLOCK_CREATE_RULESET_VERSION;
    return Math.max(0, this.#syscall(LANDLOCK_CREATE_RULESET, 0, 0, flags));
  }

  /**
   * Keeps others of the same user, and so what this process starts, from its
   * memory and its entries in /proc, which then belong to root. There is no
   * dump of its memory when it crashes. For the whole process.
   */
  concealProcess(): void {
    if (!this.#prctl(PR_SET_DUMPABLE, 0)) {
      throw this.#failure("conceal the process");
    }
  }

  /** Gives up every capability, and every way to get one. */
  dropCapabilities(): void {
    // Whoever lacks the capability to give up more has nothing to give up.
    for (let it = 0; this.#prctl(PR_CAPBSET_READ, it); it++) {
      this.#prctl(PR_CAPBSET_DROP, it);
    }
    this.#prctl(PR_SET_SECUREBITS, SECUREBITS);
    this.#prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL);
    const header = new Uint32Array([LINUX_CAPABILITY_VERSION_3, 0]);
    if (this.#call.capset(header, new Uint32Array(6)) !== 0) {
      throw this.#failure("drop capabilities");
    }
    if (!this.#prctl(PR_SET_NO_NEW_PRIVS, 1)) {
      throw this.#failure("give up privileges");
    }
  }

  /** Restricts the thread to some files; privileges must have been given up. */
  restrictFiles({ rules, network }: Restriction): void {
    // struct landlock_ruleset_attr: files, network, scopes.
    using attributes = this.#copy(
      new BigUint64Array([
        BigInt(EVERY_RIGHT),
        network ? 0n : EVERY_NETWORK_RIGHT,
        EVERY_SCOPE,
      ]),
    );
    const ruleset = this.#syscall(
      LANDLOCK_CREATE_RULESET,
      attributes.address,
      attributes.bytes,
    );
    if (ruleset < 0) throw this.#failure("make a Landlock ruleset");
    try {
      for (const rule of rules) this.#addRule(ruleset, rule);
      if (this.#syscall(LANDLOCK_RESTRICT_SELF, ruleset) < 0) {
        throw this.#failure("be restricted by Landlock");
      }
    } finally {
      this.#call.close(ruleset);
    }
  }

  #addRule(ruleset: number, { path, rights }: LandlockRule): void {
    using name = this.#copy(new TextEncoder().encode(`${path}\0`));
    // struct open_how: flags, mode, resolve.
    using how = this.#copy(
      new BigUint64Array([O_PATH_CLOEXEC, 0n, RESOLVE_NO_LINKS]),
    );
    const fd = this.#syscall(
      OPENAT2,
      AT_FDCWD,
      name.address,
      how.address,
      how.bytes,
    );
    if (fd < 0) {
      if (this.#errno === ENOENT) return;
      throw this.#failure(`open "${path}"`);
    }
    try {
      let errno = this.#tryRule(ruleset, fd, rights);
      if (errno === EINVAL) {
        // No directory: it has fewer rights to grant.
        errno = this.#tryRule(ruleset, fd, rights & FILE_RIGHTS);
      }
      if (errno !== 0) throw toFailure(`grant "${path}"`, errno);
    } finally {
      this.#call.close(fd);
    }
  }

  /** Gives the number of the error, or 0. */
  #tryRule(ruleset: number, fd: number, rights: number): number {
    // struct landlock_path_beneath_attr, packed.
    const view = new DataView(new ArrayBuffer(12));
    view.setBigUint64(0, BigInt(rights), true);
    view.setInt32(8, fd, true);
    using attributes = this.#copy(view);
    const result = this.#syscall(
      LANDLOCK_ADD_RULE,
      ruleset,
      LANDLOCK_RULE_PATH_BENEATH,
      attributes.address,
    );
    return result < 0 ? this.#errno : 0;
  }

  /** Installs a filter of system calls. */
  restrictCalls(filter: Uint8Array<ArrayBuffer>): void {
    using instructions = this.#copy(filter);
    // struct sock_fprog: length, padding, address.
    const program = new BigUint64Array([
      BigInt(filter.length / 8),
      instructions.address,
    ]);
    using copy = this.#copy(program);
    if (!this.#prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, copy.address)) {
      throw this.#failure("install a filter of system calls");
    }
  }

  /** Says whether it worked. */
  #prctl(option: number, ...given: readonly [Word, Word?]): boolean {
    const [first, second = 0] = given;
    const { prctl } = this.#call;
    return prctl(option, BigInt(first), BigInt(second), 0n, 0n) >= 0;
  }

  #syscall(number: number, ...given: readonly Word[]): number {
    const [a = 0, b = 0, c = 0, d = 0] = given;
    const { syscall } = this.#call;
    return Number(
      syscall(BigInt(number), BigInt(a), BigInt(b), BigInt(c), BigInt(d)),
    );
  }

  /** Copies bytes to where they have an address. */
  #copy(data: ArrayBufferView<ArrayBuffer>): Disposable & Copy {
    const bytes = data.byteLength;
    const address = this.#call.malloc(BigInt(bytes));
    if (address === 0n) throw new RangeError("Out of memory");
    this.#call.copyIn(address, data, BigInt(bytes));
    return {
      address,
      bytes,
      [Symbol.dispose]: () => this.#call.free(address),
    };
  }

  get #errno(): number {
    const number = new Int32Array(1);
    this.#call.copyOut(number, this.#call.errnoLocation(), 4n);
    return number[0]!;
  }

  #failure(purpose: string): Error {
    return toFailure(purpose, this.#errno);
  }

  [Symbol.dispose](): void {
    this.#library.close();
  }
}

/** An argument of a system call. */
type Word = number | bigint;

interface Copy {
  readonly address: bigint;
  readonly bytes: number;
}

function toFailure(purpose: string, errno: number): Error {
  const reason = errno === EPERM ? "not permitted" : `error ${errno}`;
  return new Error(`The system refused to ${purpose}: ${reason}`);
}
