import type { SyscallName } from "./_seccomp_syscalls.ts";

/** What becomes of a system call. */
export type Verdict = "allow" | { readonly errno: number };

/**
 * What is looked at: 32 bits of an argument, the lower ones unless said
 * otherwise. Where the kernel takes an `int`, the upper ones mean nothing, and
 * must not decide anything.
 */
interface Place {
  readonly argument: 0 | 1 | 2 | 3 | 4 | 5;
  readonly upper?: true;
}

/** A condition: equal to a number behind a mask, or with any of some bits. */
export type Condition =
  & Place
  & (
    | { readonly equals: number; readonly mask?: number }
    | { readonly intersects: number }
  );

/** One rule for some system calls: the first case that holds decides. */
export interface Rule {
  readonly calls: readonly SyscallName[];
  readonly cases?: readonly {
    /** All of them hold. */
    readonly when: readonly Condition[];
    readonly then: Verdict;
  }[];
  readonly otherwise: Verdict;
}

/** What a filter is for. */
export interface SeccompPurpose {
  /** Whether sockets of IPv4, IPv6 and routing information may be had. */
  readonly network: boolean;
  /**
   * Whether Unix sockets may be had that reach others. If not, only pairs that
   * are connected for good.
   */
  readonly unixSockets: boolean;
  /**
   * Modes, owners, extended attributes and times of files, which no path can be
   * judged by: `times` lets those of opened files be set.
   */
  readonly attributes: "free" | "times" | "fixed";
  /**
   * A thread that starts the children and is open to their signals otherwise,
   * and the process that it belongs to.
   */
  readonly thread?: { readonly pid: number; readonly tid: number };
}

const EPERM = { errno: 1 } as const;
const ENOTTY = { errno: 25 } as const;
const ENOSYS = { errno: 38 } as const;
const EOPNOTSUPP = { errno: 95 } as const;

/** The rules for a purpose; what no rule is for is allowed. */
export function toRules(purpose: SeccompPurpose): Rule[] {
  const { thread, attributes } = purpose;
  return [
    ...always,
    ioctl(attributes !== "free"),
    ...thread === undefined ? [] : signals(thread.pid, thread.tid),
    fcntl(thread),
    ...sockets(purpose),
    ...attributes === "free" ? [] : fixedAttributes(attributes === "times"),
  ];
}

/** Kinds of namespaces as bits of `clone` and `unshare`, but for that of times. */
const NEW_NAMESPACES = 0x7e02_0000;
const CLONE_NEWTIME = 0x80;
const CLONE_PARENT = 0x8000;

const always: readonly Rule[] = [
  {
    calls: [
      // Other processes: their memory, descriptors, state.
      "ptrace",
      "process_vm_readv",
      "process_vm_writev",
      "process_madvise",
      "process_mrelease",
      "kcmp",
      "pidfd_getfd",
      "perf_event_open",
      // The kernel's own machines: none of what they do comes by here.
      "bpf",
      "userfaultfd",
      "io_uring_setup",
      "io_uring_enter",
      "io_uring_register",
      // Keys of the session, which is the server's.
      "keyctl",
      "add_key",
      "request_key",
      // What the tree of files looks like, and files without a path.
      "mount",
      "umount2",
      "pivot_root",
      "chroot",
      "move_mount",
      "open_tree",
      "open_tree_attr",
      "fsopen",
      "fsconfig",
      "fsmount",
      "fspick",
      "mount_setattr",
      "setns",
      "open_by_handle_at",
      // The machine.
      "reboot",
      "kexec_load",
      "kexec_file_load",
      "init_module",
      "finit_module",
      "delete_module",
      "create_module",
      "query_module",
      "get_kernel_syms",
      "_sysctl",
      "nfsservctl",
      "uselib",
      "swapon",
      "swapoff",
      "acct",
      "quotactl",
      "quotactl_fd",
      "syslog",
      "vhangup",
      "iopl",
      "ioperm",
      "settimeofday",
      "clock_settime",
      "sethostname",
      "setdomainname",
      "fanotify_init",
      "lookup_dcookie",
      // Memory, semaphores and queues that have no path, shared with everyone.
      "shmget",
      "shmat",
      "shmctl",
      "semget",
      "semctl",
      "semop",
      "semtimedop",
      "msgget",
      "msgsnd",
      "msgrcv",
      "msgctl",
      "mq_open",
      "mq_unlink",
    ],
    otherwise: EPERM,
  },
  {
    // What these do stands in memory or behind a descriptor, out of sight; the
    // C library knows how to do without them on earlier kernels. A descriptor
    // of a process may be one of /proc/TID, which `pidfd_open` never gave out.
    calls: ["clone3", "pidfd_send_signal"],
    otherwise: ENOSYS,
  },
  {
    // A child of the server's own would be nobody's to reap.
    calls: ["clone"],
    cases: [{
      when: [{ argument: 0, intersects: NEW_NAMESPACES | CLONE_PARENT }],
      then: EPERM,
    }],
    otherwise: "allow",
  },
  {
    calls: ["unshare"],
    cases: [{
      when: [{ argument: 0, intersects: NEW_NAMESPACES | CLONE_NEWTIME }],
      then: EPERM,
    }],
    otherwise: "allow",
  },
  {
    // Limits of others may be read; any thread's number would do to set them.
    calls: ["prlimit64"],
    cases: [
      { when: [{ argument: 0, equals: 0 }], then: "allow" },
      {
        when: [
          { argument: 2, equals: 0 },
          { argument: 2, upper: true, equals: 0 },
        ],
        then: "allow",
      },
    ],
    otherwise: EPERM,
  },
  {
    // How the caller itself runs, not others of the same user.
    calls: [
      "sched_setscheduler",
      "sched_setparam",
      "sched_setattr",
      "sched_setaffinity",
      "migrate_pages",
      "move_pages",
    ],
    cases: [{ when: [{ argument: 0, equals: 0 }], then: "allow" }],
    otherwise: EPERM,
  },
  {
    // PRIO_PROCESS 0 and PRIO_PGRP 1 of the caller, not PRIO_USER.
    calls: ["setpriority"],
    cases: [{
      when: [
        { argument: 0, mask: ~1, equals: 0 },
        { argument: 1, equals: 0 },
      ],
      then: "allow",
    }],
    otherwise: EPERM,
  },
  {
    // IOPRIO_WHO_PROCESS 1 and IOPRIO_WHO_PGRP 2 of the caller, not USER 3.
    calls: ["ioprio_set"],
    cases: [{ when: [{ argument: 0, equals: 3 }], then: EPERM }, {
      when: [{ argument: 1, equals: 0 }],
      then: "allow",
    }],
    otherwise: EPERM,
  },
];

/**
 * Landlock keeps signals from the server, but not from the thread that starts
 * the children: it is under the same restrictions as they, and a signal to one
 * thread is a signal to all.
 */
function signals(pid: number, tid: number): Rule[] {
  const are = (argument: 0 | 1, ...numbers: number[]) =>
    numbers.map((equals) => (
      { when: [{ argument, equals }], then: EPERM } as const
    ));
  return [
    { calls: ["kill"], cases: are(0, pid, tid, -tid), otherwise: "allow" },
    {
      calls: ["tkill", "rt_sigqueueinfo", "pidfd_open"],
      cases: are(0, pid, tid),
      otherwise: "allow",
    },
    {
      calls: ["tgkill", "rt_tgsigqueueinfo"],
      cases: [...are(0, pid, tid), ...are(1, pid, tid)],
      otherwise: "allow",
    },
  ];
}

const F_SETOWN = 8;
const F_SETOWN_EX = 15;

/** Owners of a file get the signals that it sends, of any number. */
function fcntl(thread: SeccompPurpose["thread"]): Rule {
  const owners = thread === undefined
    ? []
    : [thread.pid, thread.tid, -thread.tid];
  return {
    calls: ["fcntl"],
    cases: [
      { when: [{ argument: 1, equals: F_SETOWN_EX }], then: EPERM },
      ...owners.map((equals) => ({
        when: [
          { argument: 1, equals: F_SETOWN } as const,
          {
            argument: 2,
            equals,
          } as const,
        ],
        then: EPERM,
      })),
    ],
    otherwise: "allow",
  };
}

const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
const FIOSETOWN = 0x8901;
const SIOCSPGRP = 0x8902;

/** Which group of requests one belongs to. */
const IOC_TYPE = 0xff00;
const IOC_WRITE = 0x4000_0000;
const FICLONE = 0x4004_9409;
const FICLONERANGE = 0x4020_940d;
const FIDEDUPERANGE = 0xc018_9436;

function ioctl(fixesAttributes: boolean): Rule {
  const request = (equals: number, then: Verdict) => (
    { when: [{ argument: 1, equals }], then } as const
  );
  const writing = (type: string) => ({
    when: [
      { argument: 1, mask: IOC_TYPE, equals: type.charCodeAt(0) << 8 },
      { argument: 1, intersects: IOC_WRITE },
    ],
    then: ENOTTY,
  } as const);
  return {
    calls: ["ioctl"],
    cases: [
      // Typing for the user; owners as in `fcntl`.
      request(TIOCSTI, EPERM),
      request(TIOCLINUX, EPERM),
      request(FIOSETOWN, EPERM),
      request(SIOCSPGRP, EPERM),
      ...fixesAttributes
        ? [
          // Flags and the like of a file that was opened only for reading:
          // of all file systems, of ext4 and of XFS.
          writing("f"),
          writing("v"),
          writing("X"),
          // Btrfs makes and removes subvolumes so; the rest of its letter.
          request(FICLONE, "allow"),
          request(FICLONERANGE, "allow"),
          request(FIDEDUPERANGE, "allow"),
          {
            when: [{ argument: 1, mask: IOC_TYPE, equals: 0x9400 }],
            then: ENOTTY,
          } as const,
        ]
        : [],
    ],
    otherwise: "allow",
  };
}

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_STREAM = 1;
const SOCK_SEQPACKET = 5;

function sockets({ network, unixSockets }: SeccompPurpose): Rule[] {
  const family = (equals: number) => ({ argument: 0, equals } as const);
  const allowed = (...when: Condition[]) => ({ when, then: "allow" } as const);
  return [
    {
      calls: ["socket"],
      cases: [
        ...unixSockets ? [allowed(family(AF_UNIX))] : [],
        ...network
          ? [
            allowed(family(AF_INET)),
            allowed(family(AF_INET6)),
            // Routing: what interfaces and addresses there are.
            allowed(family(AF_NETLINK), { argument: 2, equals: 0 }),
          ]
          : [],
      ],
      otherwise: EPERM,
    },
    {
      calls: ["socketpair"],
      cases: unixSockets ? [allowed(family(AF_UNIX))] : [
        // A datagram socket sends to any address, though it is one of a pair.
        ...[SOCK_STREAM, SOCK_SEQPACKET].map((equals) =>
          allowed(family(AF_UNIX), { argument: 1, mask: 0xf, equals })
        ),
      ],
      otherwise: EPERM,
    },
  ];
}

function fixedAttributes(exceptTimes: boolean): Rule[] {
  return [
    {
      calls: [
        "chmod",
        "fchmod",
        "fchmodat",
        "fchmodat2",
        "chown",
        "lchown",
        "fchown",
        "fchownat",
        "utime",
        "utimes",
        "futimesat",
      ],
      otherwise: EPERM,
    },
    {
      calls: ["utimensat"],
      cases: exceptTimes
        ? [{
          when: [
            { argument: 1, equals: 0 },
            { argument: 1, upper: true, equals: 0 },
          ],
          then: "allow",
        }]
        : [],
      otherwise: EPERM,
    },
    {
      // As on a file system that has none.
      calls: [
        "setxattr",
        "lsetxattr",
        "fsetxattr",
        "setxattrat",
        "removexattr",
        "lremovexattr",
        "fremovexattr",
        "removexattrat",
        "file_setattr",
      ],
      otherwise: EOPNOTSUPP,
    },
  ];
}
