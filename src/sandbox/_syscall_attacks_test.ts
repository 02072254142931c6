import {
  type Architecture,
  type SyscallName,
  toSyscallNumber,
} from "./_seccomp_syscalls.ts";
import { toRules } from "./_seccomp_rules.ts";

/** Bytes that the kernel is given the address of. */
type Bytes = { readonly bytes: readonly number[] } | { readonly text: string };
/** A number, an address, or what an earlier call of a name gave or wrote. */
type Argument =
  | number
  | Bytes
  | { readonly result: string }
  | { readonly written: string; readonly index: number };

/** One system call that must not get through. */
export interface SyscallAttack {
  readonly name: string;
  readonly number: number;
  readonly args: readonly Argument[];
  /** Whether it works without confinement. */
  readonly works: boolean;
  /** May work, at least in a world of its own: what comes of it is looked at. */
  readonly mayWork?: "anywhere" | "with own processes";
}

/** Prints what became of the system calls of its first argument. */
export const syscallProgram = `
const lib = Deno.dlopen("libc.so.6", {
  syscall: { parameters: Array(7).fill("i64"), result: "i64" },
  __errno_location: { parameters: [], result: "pointer" },
});
const errno = new Deno.UnsafePointerView(lib.symbols.__errno_location());
const kept = {}, results = {}, found = {};
const address = (call, bytes) => {
  (kept[call] ??= []).push(bytes);
  return BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
};
const word = (it, call) => {
  if (typeof it === "number") return BigInt(it);
  if ("result" in it) return results[it.result];
  if ("written" in it) {
    return BigInt(new Int32Array(kept[it.written][0].buffer)[it.index]);
  }
  if ("bytes" in it) return address(call, new Uint8Array(it.bytes));
  return address(call, new TextEncoder().encode(it.text + "\\0"));
};
// Once compiled, nothing comes between a call and its error.
for (let i = 0; i < 100; i++) {
  lib.symbols.syscall(-1n, 0n, 0n, 0n, 0n, 0n, 0n), errno.getInt32();
}
for (const { name, number, args } of JSON.parse(Deno.args[0])) {
  const words = args.map((it) => word(it, name));
  while (words.length < 6) words.push(0n);
  results[name] = lib.symbols.syscall(BigInt(number), ...words);
  found[name] = results[name] < 0n ? errno.getInt32() : 0;
}
console.log(JSON.stringify(found));
`;

/** Numbers of calls that no rule is for. */
const unruled = {
  x86_64: { openat: 257, write: 1 },
  aarch64: { openat: 56, write: 64 },
} as const;

const SIGWINCH = 28;
/** `siginfo_t` of a signal that a process queues. */
const info: Bytes = {
  bytes: [SIGWINCH, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, ...zeros(116)],
};

function zeros(count: number): number[] {
  return Array(count).fill(0);
}

function int32(value: number): number[] {
  return Array.from(new Uint8Array(new Int32Array([value]).buffer));
}

/** A server, some of its threads, and another process. */
export interface Targets {
  readonly pid: number;
  readonly tids: readonly number[];
  /** The thread of them that starts the children. */
  readonly restricted: number;
  readonly sentinel: number;
}

/** All that is tried against them. */
export function syscallAttacks(
  { pid, tids, restricted, sentinel }: Targets,
): SyscallAttack[] {
  const architecture: Architecture = Deno.build.arch;
  const call = (
    name: string,
    of: SyscallName,
    args: readonly Argument[],
    works = true,
  ): SyscallAttack[] => {
    const number = toSyscallNumber(of, architecture);
    return number === undefined ? [] : [{ name, number, args, works }];
  };
  const withOwnProcesses = (attack: SyscallAttack): SyscallAttack => ({
    ...attack,
    mayWork: "with own processes",
  });
  /** Has a socket send another process a signal when there is input. */
  const alarm = (id: number): SyscallAttack[] => {
    const end = { written: "pair", index: 0 };
    return [
      ...call("pair", "socketpair", [1, 1, 0, { bytes: zeros(8) }]),
      ...call("choose the signal", "fcntl", [end, 10, SIGWINCH]),
      ...call("choose the process", "fcntl", [end, 8, id]),
      ...call("switch it on", "fcntl", [end, 4, 0o20002]),
      {
        name: "set it off",
        number: unruled[architecture].write,
        args: [{ written: "pair", index: 1 }, { text: "x" }, 1],
        works: true,
      },
    ].map((attack) => ({ ...attack, mayWork: "anywhere" }));
  };
  const open = (name: string, path: string): SyscallAttack => ({
    name,
    number: unruled[architecture].openat,
    args: [-100, { text: path }, 0],
    works: true,
    mayWork: "anywhere",
  });
  return [
    ...[pid, ...tids].flatMap((id) => [
      ...call(`kill ${id}`, "kill", [id, SIGWINCH]),
      ...call(`tkill ${id}`, "tkill", [id, SIGWINCH]),
      ...call(`tgkill ${id}`, "tgkill", [pid, id, SIGWINCH]),
      ...call(`queue ${id}`, "rt_sigqueueinfo", [id, SIGWINCH, info]),
      ...call(`tgqueue ${id}`, "rt_tgsigqueueinfo", [pid, id, SIGWINCH, info]),
      // By descriptors: of the number, of the thread, of its directory.
      open(`open ${id}`, `/proc/${id}`),
      ...call(`signal by open ${id}`, "pidfd_send_signal", [
        { result: `open ${id}` },
        SIGWINCH,
        0,
        0,
      ]),
      ...call(`limit ${id}`, "prlimit64", [id, 4, { bytes: zeros(16) }, 0]),
      ...call(`reach ${id}`, "process_vm_readv", [id, 0, 0, 0, 0, 0], false),
      ...call(`seize ${id}`, "ptrace", [0x4206, id, 0, 0], false),
      ...call(`compare ${id}`, "kcmp", [id, id, 0, 0, 0]),
      ...call(`migrate ${id}`, "migrate_pages", [id, 0, 0, 0], false),
      ...call(`nice ${id}`, "ioprio_set", [1, id, (2 << 13) | 4]),
    ]),
    ...call("clear user's nice", "ioprio_set", [3, 0, (2 << 13) | 4], false)
      .map(withOwnProcesses),
    ...alarm(sentinel),
    // Descriptor 0 is as good as any to be owned.
    ...[pid, restricted].flatMap((id) => [
      ...call(`own ${id}`, "fcntl", [0, 8, id]),
      ...call(`own exactly ${id}`, "fcntl", [0, 15, {
        bytes: [...int32(0), ...int32(id)],
      }]),
    ]),
    ...call("own a socket", "ioctl", [0, 0x8901, { bytes: int32(pid) }], false)
      .map(withOwnProcesses),
    ...call("datagram pair", "socketpair", [1, 2, 0, { bytes: zeros(8) }]),
    ...call("raw pair", "socketpair", [1, 3, 0, { bytes: zeros(8) }]),
    ...call("users", "unshare", [0x10000000], false),
    ...call("mounts", "unshare", [0x00020000], false),
    ...Array.from({ length: 46 }, (_, family) => family)
      .flatMap((family) => [
        ...call(`stream of ${family}`, "socket", [family, 1, 0], family === 1),
        ...call(
          `datagrams of ${family}`,
          "socket",
          [family, 2, 0],
          family === 2,
        ),
        ...call(`raw of ${family}`, "socket", [family, 3, 255], false),
      ]),
    // With arguments that no call can do anything with if it gets through.
    ...(toRules({ network: false })[0]?.calls ?? [])
      .filter((name) => name !== "vhangup")
      .flatMap((name) =>
        call(`${name} at all`, name, Array(6).fill(-1), false)
      ),
    { name: "unknown", number: 470, args: [], works: false },
    { name: "x32", number: 0x4000_0000 + 39, args: [], works: false },
  ];
}

/** What is tried on a terminal that is standard input. */
export function terminalAttacks(architecture: Architecture): SyscallAttack[] {
  const number = toSyscallNumber("ioctl", architecture)!;
  const request = (name: string, code: number, bytes: number[]) => (
    { name, number, args: [0, code, { bytes }], works: true } as const
  );
  return [
    request("size", 0x5413, zeros(8)),
    request("type", 0x5412, [0x78]),
    request("console", 0x541c, [2, 0]),
  ];
}
