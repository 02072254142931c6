import type { Case, Condition, Rule } from "./_seccomp_rule.ts";
import { type ExposedThread, toThreadRules } from "./_seccomp_thread_rules.ts";

/** What a filter is for. */
export interface SeccompPurpose {
  /**
   * Whether sockets of IPv4, IPv6 and routing information may be had; without
   * `thread`, which goes with a file tree of its own, Unix sockets too.
   */
  readonly network: boolean;
  /**
   * Set if namespaces don't keep other processes out of reach: the thread that
   * starts the children, which is open to all that they do.
   */
  readonly thread?: ExposedThread;
}

const EPERM = { errno: 1 } as const;
const ENOSYS = { errno: 38 } as const;

/** The rules for a purpose; what no rule is for is allowed. */
export function toRules({ network, thread }: SeccompPurpose): Rule[] {
  return [
    ...always,
    ...sockets(network, { named: network && thread === undefined }),
    ...thread === undefined
      ? [{ calls: ["ioctl"], cases: typing, otherwise: "allow" } as const]
      : toThreadRules(thread, typing),
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
    ],
    otherwise: EPERM,
  },
  {
    // What it does stands in memory, out of sight; the C library knows how to
    // do without it on earlier kernels.
    calls: ["clone3"],
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
];

const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;

/** Typing for the user. */
const typing: readonly Case[] = [TIOCSTI, TIOCLINUX].map((equals) => (
  { when: [{ argument: 1, equals }], then: EPERM }
));

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const SOCK_STREAM = 1;
const SOCK_SEQPACKET = 5;

/**
 * Who listens at a path or a name can't be judged, and may do anything: where
 * `named` Unix sockets are not to be had, they can be had in pairs alone, which
 * are connected for good.
 */
function sockets(network: boolean, { named }: { named: boolean }): Rule[] {
  const family = (equals: number) => ({ argument: 0, equals } as const);
  const allowed = (...when: Condition[]) => ({ when, then: "allow" } as const);
  return [
    {
      calls: ["socket"],
      cases: network
        ? [
          allowed(family(AF_INET)),
          allowed(family(AF_INET6)),
          // Routing: what interfaces and addresses there are.
          allowed(family(AF_NETLINK), { argument: 2, equals: 0 }),
          ...named ? [allowed(family(AF_UNIX))] : [],
        ]
        : [],
      otherwise: EPERM,
    },
    {
      calls: ["socketpair"],
      // A datagram socket sends to any address, though it is one of a pair.
      cases: named
        ? [allowed(family(AF_UNIX))]
        : [SOCK_STREAM, SOCK_SEQPACKET].map((equals) =>
          allowed(family(AF_UNIX), { argument: 1, mask: 0xf, equals })
        ),
      otherwise: EPERM,
    },
  ];
}
