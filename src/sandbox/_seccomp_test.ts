import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Architecture,
  encodeSeccompFilter,
  type SeccompPurpose,
  toBubblewrapFilter,
} from "./_seccomp.ts";
import type { Condition } from "./_seccomp_rule.ts";
import { toRules } from "./_seccomp_rules.ts";
import {
  LAST_SYSCALL,
  type SyscallName,
  syscalls,
  toSyscallNumber,
} from "./_seccomp_syscalls.ts";

const auditNumbers = { x86_64: 0xc000003e, aarch64: 0xc00000b7 } as const;
const architectures: Architecture[] = ["x86_64", "aarch64"];
const server = 4321;
const thread = 4330;

type Outcome = "allow" | "kill" | number;

/** What the kernel does: runs a filter over `struct seccomp_data`. */
function interpret(
  filter: Uint8Array<ArrayBuffer>,
  architecture: number,
  number: number,
  args: readonly bigint[],
): Outcome {
  const data = new DataView(new ArrayBuffer(64));
  data.setInt32(0, number, true);
  data.setUint32(4, architecture, true);
  for (let index = 0; index < 6; index++) {
    data.setBigUint64(16 + 8 * index, args[index] ?? 0n, true);
  }
  const program = new DataView(filter.buffer);
  const count = filter.length / 8;
  let accumulator = 0;
  for (let at = 0; at < count; at++) {
    const code = program.getUint16(at * 8, true);
    const ifTrue = program.getUint8(at * 8 + 2);
    const ifFalse = program.getUint8(at * 8 + 3);
    const operand = program.getUint32(at * 8 + 4, true);
    const jump = (holds: boolean): void => {
      at += holds ? ifTrue : ifFalse;
    };
    switch (code) {
      case 0x20:
        accumulator = data.getUint32(operand, true);
        break;
      case 0x54:
        accumulator = (accumulator & operand) >>> 0;
        break;
      case 0x15:
        jump(accumulator === operand);
        break;
      case 0x25:
        jump(accumulator > operand);
        break;
      case 0x35:
        jump(accumulator >= operand);
        break;
      case 0x45:
        jump((accumulator & operand) !== 0);
        break;
      case 0x06:
        return toOutcome(operand);
      default:
        assert.fail(`The kernel knows no instruction ${code.toString(16)}`);
    }
  }
  assert.fail("The filter ends without a verdict");
}

function toOutcome(operand: number): Outcome {
  if (operand === 0x7fff0000) return "allow";
  if (operand === 0x80000000) return "kill";
  assert.equal(operand >>> 16, 5);
  return operand & 0xffff;
}

function run(
  architecture: Architecture,
  purpose: SeccompPurpose,
  name: SyscallName,
  ...args: (number | bigint)[]
): Outcome {
  const number = toSyscallNumber(name, architecture);
  assert.ok(number !== undefined, `${name} on ${architecture}`);
  return interpret(
    encodeSeccompFilter(architecture, purpose),
    auditNumbers[architecture],
    number,
    args.map((it) => BigInt.asUintN(64, BigInt(it))),
  );
}

/** What a purpose means, said without a program. */
function judge(
  architecture: Architecture,
  purpose: SeccompPurpose,
  number: number,
  args: readonly bigint[],
): Outcome {
  if (number < 0 || number > LAST_SYSCALL) return 38;
  const rule = toRules(purpose).find(({ calls }) =>
    calls.some((name) => toSyscallNumber(name, architecture) === number)
  );
  const holds = (condition: Condition): boolean => {
    const whole = args[condition.argument]!;
    const half = Number(
      BigInt.asUintN(32, condition.upper ? whole >> 32n : whole),
    );
    if ("intersects" in condition) return (half & condition.intersects) !== 0;
    const { mask = -1, equals } = condition;
    return (half & mask) >>> 0 === equals >>> 0;
  };
  const found = rule?.cases?.find(({ when }) => when.every(holds));
  const verdict = found?.then ?? rule?.otherwise ?? "allow";
  return verdict === "allow" ? verdict : verdict.errno;
}

const offline: SeccompPurpose = {
  network: false,
  thread: { pid: server, tid: thread, attributes: "fixed" },
};
const online: SeccompPurpose = { ...offline, network: true };
const writing: SeccompPurpose = {
  network: false,
  thread: { pid: server, tid: thread, attributes: "times" },
};
const free: SeccompPurpose = {
  network: false,
  thread: { pid: server, tid: thread, attributes: "free" },
};
const boxed: SeccompPurpose = { network: true };
const purposes = { offline, online, writing, free, boxed };

Deno.test("encodeSeccompFilter: decides every call and argument as the rules do", () => {
  const numbers = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ruledNumbers()) },
    fc.integer({ min: 0, max: 600 }),
    fc.integer({ min: -1, max: 0x7fffffff }),
  );
  const interesting = [...constants()].flatMap((it) => [
    BigInt.asUintN(32, BigInt(it)),
    BigInt.asUintN(64, BigInt(it)),
    BigInt.asUintN(32, BigInt(it)) | (7n << 32n),
  ]);
  const argument = fc.oneof(
    fc.constantFrom(...interesting),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: 0n, max: 1024n }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...architectures),
      fc.constantFrom(...Object.values(purposes)),
      numbers,
      fc.array(argument, { minLength: 6, maxLength: 6 }),
      (architecture, purpose, number, args) => {
        assert.equal(
          interpret(
            encodeSeccompFilter(architecture, purpose),
            auditNumbers[architecture],
            number,
            args,
          ),
          judge(architecture, purpose, number, args),
        );
      },
    ),
    { numRuns: 3_000 },
  );
});

function ruledNumbers(): number[] {
  return architectures.flatMap((architecture) =>
    (Object.keys(syscalls) as SyscallName[])
      .map((name) => toSyscallNumber(name, architecture))
      .filter((number) => number !== undefined)
  );
}

function constants(): Set<number> {
  const found = new Set([0, 1, -1, server, thread, -thread, -server]);
  for (const purpose of Object.values(purposes)) {
    for (const { cases = [] } of toRules(purpose)) {
      for (const condition of cases.flatMap(({ when }) => when)) {
        if ("equals" in condition) found.add(condition.equals);
        else found.add(condition.intersects);
      }
    }
  }
  return found;
}

Deno.test("toRules: no call has two rules, each has a number somewhere", () => {
  for (const [name, purpose] of Object.entries(purposes)) {
    const calls = toRules(purpose).flatMap((rule) => rule.calls);
    assert.deepEqual(calls.length, new Set(calls).size, name);
  }
  const ruled = new Set(toRules(offline).flatMap((rule) => rule.calls));
  assert.deepEqual([...ruled].sort(), Object.keys(syscalls).sort());
  for (const architecture of architectures) {
    const numbers = Object.values(syscalls)
      .map((it: Partial<Record<Architecture, number>>) => it[architecture])
      .filter((it) => it !== undefined);
    assert.equal(numbers.length, new Set(numbers).size, architecture);
    assert.ok(Math.max(...numbers) <= LAST_SYSCALL);
  }
});

Deno.test("encodeSeccompFilter: foreign architectures end the process, unknown calls fail with ENOSYS", () => {
  for (const architecture of architectures) {
    const filter = encodeSeccompFilter(architecture, online);
    const call = (audit: number, number: number): Outcome =>
      interpret(filter, audit, number, []);
    const own = auditNumbers[architecture];
    // i386, arm, big-endian aarch64 and the other one.
    for (
      const audit of [
        0x40000003,
        0x40000028,
        0x800000b7,
        0xc000003e,
        0xc00000b7,
      ]
    ) {
      if (audit !== own) assert.equal(call(audit, 0), "kill");
    }
    assert.equal(call(own, 0), "allow");
    assert.equal(call(own, LAST_SYSCALL + 1), 38);
    assert.equal(call(own, 512), 38);
    // x32: `ptrace` there, the bit alone and with a call that is allowed.
    for (const number of [0x40000000 + 521, 0x40000000, 0x40000001, -1]) {
      assert.equal(call(own, number), 38);
    }
  }
});

type Example = readonly [
  outcome: Outcome,
  name: SyscallName,
  ...args: (number | bigint)[],
];

/** Whether each purpose's table holds on both architectures. */
function check(purpose: SeccompPurpose, examples: readonly Example[]): void {
  for (const architecture of architectures) {
    for (const [outcome, name, ...args] of examples) {
      if (toSyscallNumber(name, architecture) === undefined) continue;
      assert.equal(
        run(architecture, purpose, name, ...args),
        outcome,
        `${architecture} ${name}(${args.join(", ")})`,
      );
    }
  }
}

Deno.test("encodeSeccompFilter: the server's process and thread get no signals", () => {
  check(offline, [
    [1, "kill", server, 9],
    [1, "kill", thread, 9],
    [1, "kill", -thread, 9],
    // The kernel takes an int: what is above it changes nothing.
    [1, "kill", (5n << 32n) | BigInt(thread), 9],
    ["allow", "kill", 77, 9],
    ["allow", "kill", 0, 15],
    ["allow", "kill", -1, 9],
    [1, "tkill", thread, 9],
    [1, "tkill", server, 9],
    ["allow", "tkill", 77, 9],
    [1, "tgkill", server, thread, 9],
    [1, "tgkill", 77, thread, 9],
    [1, "tgkill", -1, thread, 9],
    ["allow", "tgkill", 77, 78, 9],
    [1, "rt_sigqueueinfo", thread, 9],
    [1, "rt_tgsigqueueinfo", server, 99, 9],
    [1, "rt_tgsigqueueinfo", 99, thread, 9],
    ["allow", "rt_tgsigqueueinfo", 77, 78, 9],
    [1, "pidfd_open", thread, 0x80],
    [1, "pidfd_open", server, 0],
    ["allow", "pidfd_open", 77, 0],
    [38, "pidfd_send_signal", 3, 0],
    [1, "fcntl", 3, 8, thread],
    [1, "fcntl", 3, 8, -thread],
    [1, "fcntl", 3, 8, server],
    [1, "fcntl", 3, 15, 0xdead],
    ["allow", "fcntl", 3, 8, 77],
    ["allow", "fcntl", 3, 4, thread],
    ["allow", "fcntl", 3, 1030, 15],
    [1, "ioctl", 3, 0x8901],
    [1, "ioctl", 3, 0x8902],
  ]);
});

Deno.test("encodeSeccompFilter: nobody types for the user", () => {
  for (const purpose of Object.values(purposes)) {
    check(purpose, [
      [1, "ioctl", 0, 0x5412],
      [1, "ioctl", 0, (0xffffffffn << 32n) | 0x5412n],
      [1, "ioctl", 0, 0x541c],
      ["allow", "ioctl", 0, 0x5401],
      ["allow", "ioctl", 0, 0x5413],
      ["allow", "ioctl", 0, 0x540e],
    ]);
  }
});

Deno.test("encodeSeccompFilter: limits and scheduling of oneself only", () => {
  check(offline, [
    ["allow", "prlimit64", 0, 7, 0x7fff0000],
    ["allow", "prlimit64", server, 7, 0, 0x7fff0000],
    [1, "prlimit64", server, 7, 0x7fff0000],
    // A pointer whose lower half is zero is none of NULL.
    [1, "prlimit64", server, 7, 0x7fff_0000_0000_0000n],
    ["allow", "sched_setaffinity", 0, 128],
    [1, "sched_setaffinity", server, 128],
    [1, "sched_setscheduler", thread, 0],
    [1, "sched_setattr", 77],
    ["allow", "setpriority", 0, 0, 10],
    ["allow", "setpriority", 1, 0, 10],
    [1, "setpriority", 2, 0, 19],
    [1, "setpriority", 0, server, 19],
    ["allow", "ioprio_set", 1, 0, 0],
    [1, "ioprio_set", 3, 0, 0],
    [1, "ioprio_set", 1, thread, 0],
    ["allow", "move_pages", 0],
    [1, "move_pages", server],
    [1, "migrate_pages", server],
  ]);
});

Deno.test("encodeSeccompFilter: without network nothing but connected pairs", () => {
  check(offline, [
    ...Array.from(
      { length: 48 },
      (_, family): Example => [1, "socket", family, 1, 0],
    ),
    ["allow", "socketpair", 1, 1, 0],
    ["allow", "socketpair", 1, 0o2000000 | 0o4000 | 5, 0],
    [1, "socketpair", 1, 2, 0],
    [1, "socketpair", 1, 3, 0],
    [1, "socketpair", 1, 0o2000000 | 2, 0],
    [1, "socketpair", 2, 1, 0],
    [1, "socketpair", 30, 1, 0],
  ]);
});

Deno.test("encodeSeccompFilter: with network IPv4, IPv6 and routing, in a box Unix too", () => {
  for (const purpose of [online, boxed]) {
    const isBoxed = purpose === boxed;
    const allowed = new Set(isBoxed ? [1, 2, 10, 16] : [2, 10, 16]);
    check(purpose, [
      ...Array.from(
        { length: 48 },
        (_, family): Example => [
          allowed.has(family) ? "allow" : 1,
          "socket",
          family,
          1,
          0,
        ],
      ),
      // Other kinds of netlink: auditing, events of the kernel.
      [1, "socket", 16, 3, 9],
      [1, "socket", 16, 3, 15],
      [isBoxed ? "allow" : 1, "socketpair", 1, 2, 0],
      ["allow", "socketpair", 1, 1, 0],
      [1, "socketpair", 2, 1, 0],
    ]);
  }
});

Deno.test("encodeSeccompFilter: in a box without network nothing but connected pairs", () => {
  check({ network: false }, [
    [1, "socket", 1, 1, 0],
    [1, "socket", 1, 2, 0],
    [1, "socket", 2, 1, 0],
    [1, "socketpair", 1, 2, 0],
    ["allow", "socketpair", 1, 1, 0],
  ]);
});

Deno.test("encodeSeccompFilter: namespaces are not made or entered", () => {
  const kinds = [
    0x00020000,
    0x02000000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
  ];
  for (const purpose of Object.values(purposes)) {
    check(purpose, [
      ...kinds.map((kind): Example => [1, "clone", kind | 17]),
      ...kinds.map((kind): Example => [1, "unshare", kind]),
      [1, "unshare", 0x80],
      ["allow", "unshare", 0x400],
      [1, "clone", 0x8000 | 17],
      // fork, vfork, a thread.
      ["allow", "clone", 17],
      ["allow", "clone", 0x01200011],
      ["allow", "clone", 0x4111],
      ["allow", "clone", 0x003d0f00],
      [38, "clone3", 0x7fff0000, 88],
      [1, "setns", 3, 0],
    ]);
  }
});

Deno.test("encodeSeccompFilter: attributes of files as they are, but where all may be written", () => {
  const fixed: Example[] = [
    [1, "chmod", 1, 0o777],
    [1, "fchmod", 3, 0o777],
    [1, "fchmodat", -100, 1, 0o777],
    [1, "fchmodat2", -100, 1, 0o777],
    [1, "fchownat", -100, 1, 0, 0],
    [1, "utimes", 1, 0],
    [1, "utimensat", -100, 0x7fff0000, 0, 0],
    [95, "setxattr", 1, 1],
    [95, "setxattrat", 1, 1],
    [95, "removexattrat", 1, 1],
    [95, "file_setattr", 1, 1],
    [25, "ioctl", 3, 0x40086602],
    [25, "ioctl", 3, 0x40806685],
    [25, "ioctl", 3, 0x401c5820],
    [25, "ioctl", 3, 0x50009401],
    ["allow", "ioctl", 3, 0x80086601],
    ["allow", "ioctl", 3, 0x40049409],
    ["allow", "ioctl", 3, 0x4020940d],
    ["allow", "ioctl", 3, 0xc0189436],
  ];
  check(offline, [...fixed, [1, "utimensat", 3, 0, 0, 0]]);
  check(writing, [
    ...fixed,
    ["allow", "utimensat", 3, 0, 0, 0],
    [1, "utimensat", -100, 0x7fff_0000_0000_0000n, 0, 0],
  ]);
  for (const purpose of [free, boxed]) {
    check(purpose, [
      ["allow", "chmod", 1, 0o777],
      ["allow", "fchmodat2", -100, 1, 0o777],
      ["allow", "utimensat", -100, 0x7fff0000, 0, 0],
      ["allow", "setxattr", 1, 1],
      ["allow", "ioctl", 3, 0x40086602],
    ]);
  }
});

Deno.test("encodeSeccompFilter: what reaches others or the machine is denied outright", () => {
  const names: SyscallName[] = [
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_getfd",
    "kcmp",
    "perf_event_open",
    "bpf",
    "userfaultfd",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    "keyctl",
    "add_key",
    "request_key",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "move_mount",
    "open_tree",
    "open_tree_attr",
    "fsopen",
    "mount_setattr",
    "open_by_handle_at",
    "reboot",
    "kexec_load",
    "kexec_file_load",
    "init_module",
    "finit_module",
    "delete_module",
  ];
  for (const purpose of Object.values(purposes)) {
    check(purpose, names.map((name): Example => [1, name, 0, 0, 0]));
  }
  check(offline, [[1, "shmget", 0, 4096], [1, "msgget", 1], [1, "mq_open", 1]]);
  check(boxed, [["allow", "shmget", 0, 4096], ["allow", "mq_open", 1]]);
});

Deno.test("toBubblewrapFilter: is that of this machine's processor", () => {
  for (const network of [true, false]) {
    assert.deepEqual(
      toBubblewrapFilter(network),
      encodeSeccompFilter(Deno.build.arch, { network }),
    );
  }
});
