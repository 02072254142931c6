import type { Case, Rule } from "./_seccomp_rule.ts";

/**
 * A thread of the server under the same restrictions as the children that it
 * starts, among all other processes.
 */
export interface ExposedThread {
  /** The process that it belongs to. */
  readonly pid: number;
  /** Its own number. */
  readonly tid: number;
  /**
   * Modes, owners, extended attributes and times of files, which Landlock does
   * not judge: `times` lets those of opened files be set.
   */
  readonly attributes: "free" | "times" | "fixed";
}

const EPERM = { errno: 1 } as const;
const ENOTTY = { errno: 25 } as const;
const ENOSYS = { errno: 38 } as const;
const EOPNOTSUPP = { errno: 95 } as const;

/** The rules that stand in for namespaces, with those for `ioctl`. */
export function toThreadRules(
  { pid, tid, attributes }: ExposedThread,
  requests: readonly Case[],
): Rule[] {
  const isFree = attributes === "free";
  return [
    ...shared,
    ...signals(pid, tid),
    fcntl(pid, tid),
    {
      calls: ["ioctl"],
      cases: [...requests, ...owning, ...isFree ? [] : changing],
      otherwise: "allow",
    },
    ...isFree ? [] : fixedAttributes(attributes === "times"),
  ];
}

const shared: readonly Rule[] = [
  {
    calls: [
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
    // What it reaches stands behind a descriptor, out of sight: it may be that
    // of /proc/TID, which `pidfd_open` never gave out.
    calls: ["pidfd_send_signal"],
    otherwise: ENOSYS,
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
function fcntl(pid: number, tid: number): Rule {
  return {
    calls: ["fcntl"],
    cases: [
      { when: [{ argument: 1, equals: F_SETOWN_EX }], then: EPERM },
      ...[pid, tid, -tid].map((equals) => ({
        when: [
          { argument: 1, equals: F_SETOWN },
          { argument: 2, equals },
        ],
        then: EPERM,
      } as const)),
    ],
    otherwise: "allow",
  };
}

const FIOSETOWN = 0x8901;
const SIOCSPGRP = 0x8902;

/** Owners of sockets, as in `fcntl`. */
const owning: readonly Case[] = [FIOSETOWN, SIOCSPGRP].map((equals) => (
  { when: [{ argument: 1, equals }], then: EPERM }
));

/** Which group of requests one belongs to. */
const IOC_TYPE = 0xff00;
const IOC_WRITE = 0x4000_0000;
const FICLONE = 0x4004_9409;
const FICLONERANGE = 0x4020_940d;
const FIDEDUPERANGE = 0xc018_9436;

/** What changes a file that was opened only for reading. */
const changing: readonly Case[] = [
  // Flags and the like, of all file systems, of ext4 and of XFS.
  ...["f", "v", "X"].map((letter) => ({
    when: [
      { argument: 1, mask: IOC_TYPE, equals: letter.charCodeAt(0) << 8 },
      { argument: 1, intersects: IOC_WRITE },
    ],
    then: ENOTTY,
  } as const)),
  // These need a file opened for writing, or give it what it has.
  ...[FICLONE, FICLONERANGE, FIDEDUPERANGE].map((equals) => ({
    when: [{ argument: 1, equals }],
    then: "allow",
  } as const)),
  // The rest of that letter is of Btrfs, which makes subvolumes so.
  { when: [{ argument: 1, mask: IOC_TYPE, equals: 0x9400 }], then: ENOTTY },
];

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
