import assert from "node:assert/strict";
import { type Entry, type MountPlan, planMounts } from "./_mounts.ts";
import { type Confinement, SandboxUnavailable } from "./confinement.ts";

/** What the tests' machine has. */
const machine: Record<string, Entry> = {
  "/": "directory",
  "/etc": "directory",
  "/etc/secret": "file",
  "/home": "directory",
  "/tmp": "directory",
  "/usr": "directory",
  "/dev": "directory",
  "/dev/shm": "directory",
  "/proc": "directory",
  "/sys": "sealed",
  "/sys/a": "directory",
  "/sys/b": "directory",
  "/ws": "directory",
  "/ws/.git": "directory",
  "/ws/.codex": "link",
  "/ws/file": "file",
  "/ws/a": "directory",
  "/ws/a/b": "directory",
  "/ws/a/b/.git": "file",
  "/sealed": "directory",
  "/sealed/.git": "sealed",
  "/sealed/.git/config": "file",
  "/held": "directory",
  "/held/.git": "placeholder",
};

const readOnly: Confinement = {
  reads: "all",
  writes: [],
  hidden: [],
  shielded: [],
  network: false,
};

async function plan(
  limits: Partial<Confinement>,
): Promise<Omit<MountPlan, "mounts"> & { mounts: [string, string][] }> {
  const made = await planMounts(
    { ...readOnly, ...limits },
    (path) => Promise.resolve(machine[path]),
  );
  return { ...made, mounts: [...made.mounts] };
}

/** Confinements, and the tree that each becomes. */
const cases: [
  string,
  Partial<Confinement>,
  Awaited<ReturnType<typeof plan>>,
][] = [
  ["is the machine's, read-only, for a read-only confinement", {}, {
    ground: "readable",
    mounts: [],
    placeholders: [],
  }],
  ["is writable at a writable root", { writes: ["/ws"] }, {
    ground: "readable",
    mounts: [["/ws", "writable"]],
    placeholders: [],
  }],
  ["is writable all over", { writes: "all" }, {
    ground: "writable",
    mounts: [["/sys", "readable"]],
    placeholders: [],
  }],
  ["is writable all over by the root of all", { writes: ["/"] }, {
    ground: "writable",
    mounts: [["/sys", "readable"]],
    placeholders: [],
  }],
  ["keeps what is shielded in a root", {
    writes: ["/ws"],
    shielded: ["/ws/.git"],
  }, {
    ground: "readable",
    mounts: [["/ws", "writable"], ["/ws/.git", "readable"]],
    placeholders: [],
  }],
  ["has a placeholder for what is missing and shielded", {
    writes: ["/ws"],
    shielded: ["/ws/.agents"],
  }, {
    ground: "readable",
    mounts: [["/ws", "writable"], ["/ws/.agents", "readable"]],
    placeholders: ["/ws/.agents"],
  }],
  ["has a placeholder at the first name that is missing", {
    writes: ["/ws"],
    shielded: ["/ws/new/deep/.git"],
  }, {
    ground: "readable",
    mounts: [["/ws", "writable"], ["/ws/new", "readable"]],
    placeholders: ["/ws/new"],
  }],
  ["keeps a file that is in the way of what is shielded", {
    writes: ["/ws"],
    shielded: ["/ws/file/.git"],
  }, {
    ground: "readable",
    mounts: [["/ws", "writable"], ["/ws/file", "readable"]],
    placeholders: [],
  }],
  ["holds the placeholders of others, too", {
    writes: ["/held"],
    shielded: ["/held/.git", "/held/.codex"],
  }, {
    ground: "readable",
    mounts: [
      ["/held", "writable"],
      ["/held/.codex", "readable"],
      ["/held/.git", "readable"],
    ],
    placeholders: ["/held/.codex", "/held/.git"],
  }],
  ["has nothing to say below a placeholder of others but that it stays", {
    writes: ["/held"],
    shielded: ["/held/.git/a"],
    hidden: ["/held/.git/b"],
  }, {
    ground: "readable",
    mounts: [["/held", "writable"], ["/held/.git", "readable"]],
    placeholders: ["/held/.git"],
  }],
  ["holds what may be about to become a placeholder of others", {
    writes: ["/sealed"],
    shielded: ["/sealed/.git"],
  }, {
    ground: "readable",
    mounts: [["/sealed", "writable"], ["/sealed/.git", "readable"]],
    placeholders: ["/sealed/.git"],
  }],
  ["hides what is in a directory that nobody may write by its mode", {
    writes: ["/sealed"],
    hidden: ["/sealed/.git/config"],
  }, {
    ground: "readable",
    mounts: [
      ["/sealed", "writable"],
      ["/sealed/.git", "writable"],
      ["/sealed/.git/config", "hidden file"],
    ],
    placeholders: [],
  }],
  ["hides a directory that nobody may write, elsewhere too", {
    hidden: ["/sealed/.git"],
  }, {
    ground: "readable",
    mounts: [["/sealed/.git", "hidden directory"]],
    placeholders: [],
  }],
  ["has the machine's switches read-only", {
    writes: ["/", "/sys/a"],
    hidden: ["/sys/b"],
    shielded: ["/sys/a/.git"],
  }, {
    ground: "writable",
    mounts: [["/sys", "readable"], ["/sys/b", "hidden directory"]],
    placeholders: [],
  }],
  ["holds the directories above what is shielded in their places", {
    writes: ["/ws"],
    shielded: ["/ws/a/b/.git"],
  }, {
    ground: "readable",
    mounts: [
      ["/ws", "writable"],
      ["/ws/a", "writable"],
      ["/ws/a/b", "writable"],
      ["/ws/a/b/.git", "readable"],
    ],
    placeholders: [],
  }],
  ["shields nothing where nothing may be written", {
    shielded: ["/ws/.git", "/ws/.agents", "/ws/.codex"],
  }, { ground: "readable", mounts: [], placeholders: [] }],
  ["keeps roots within roots, parents first", {
    writes: ["/ws/a/b", "/ws"],
    shielded: ["/ws/a/b/.git"],
  }, {
    ground: "readable",
    mounts: [
      ["/ws", "writable"],
      ["/ws/a", "writable"],
      ["/ws/a/b", "writable"],
      ["/ws/a/b/.git", "readable"],
    ],
    placeholders: [],
  }],
  ["lets no root be below what is shielded", {
    writes: ["/ws", "/ws/.git"],
    shielded: ["/ws/.git"],
  }, {
    ground: "readable",
    mounts: [["/ws", "writable"], ["/ws/.git", "readable"]],
    placeholders: [],
  }],
  ["hides a directory and a file", { hidden: ["/home", "/etc/secret"] }, {
    ground: "readable",
    mounts: [["/home", "hidden directory"], ["/etc/secret", "hidden file"]],
    placeholders: [],
  }],
  ["hides in a root, which holds the directories above", {
    writes: ["/ws"],
    hidden: ["/ws/a/b"],
  }, {
    ground: "readable",
    mounts: [
      ["/ws", "writable"],
      ["/ws/a", "writable"],
      ["/ws/a/b", "hidden directory"],
    ],
    placeholders: [],
  }],
  ["has nothing below what is hidden", {
    writes: ["/ws/a"],
    hidden: ["/ws"],
    shielded: ["/ws/a/.git"],
  }, {
    ground: "readable",
    mounts: [["/ws", "hidden directory"]],
    placeholders: [],
  }],
  ["lets what is hidden win over what is shielded", {
    writes: ["/ws"],
    hidden: ["/ws/.git"],
    shielded: ["/ws/.git"],
  }, {
    ground: "readable",
    mounts: [["/ws", "writable"], ["/ws/.git", "hidden directory"]],
    placeholders: [],
  }],
  ["has a placeholder for what is missing and hidden in a root", {
    writes: ["/ws"],
    hidden: ["/ws/later"],
  }, {
    ground: "readable",
    mounts: [["/ws", "writable"], ["/ws/later", "hidden directory"]],
    placeholders: ["/ws/later"],
  }],
  ["leaves out what is missing and hidden where nobody can make it", {
    hidden: ["/home/later", "/nowhere/at/all"],
  }, { ground: "readable", mounts: [], placeholders: [] }],
  ["holds everything above what is hidden if all is writable", {
    writes: "all",
    hidden: ["/ws/a/b"],
  }, {
    ground: "writable",
    mounts: [
      ["/sys", "readable"],
      ["/ws", "writable"],
      ["/ws/a", "writable"],
      ["/ws/a/b", "hidden directory"],
    ],
    placeholders: [],
  }],
  ["starts empty if some may be read only", { reads: ["/usr", "/ws"] }, {
    ground: "empty",
    mounts: [["/usr", "readable"], ["/ws", "readable"]],
    placeholders: [],
  }],
  ["has what is readable once, by its outermost root", {
    reads: ["/ws/a", "/ws"],
  }, { ground: "empty", mounts: [["/ws", "readable"]], placeholders: [] }],
  ["lets write only what may be read too", {
    reads: ["/usr", "/ws/a"],
    writes: ["/ws", "/home"],
  }, {
    ground: "empty",
    mounts: [["/usr", "readable"], ["/ws/a", "writable"]],
    placeholders: [],
  }],
  ["hides nothing where nothing may be read", {
    reads: ["/usr"],
    hidden: ["/etc/secret"],
  }, { ground: "empty", mounts: [["/usr", "readable"]], placeholders: [] }],
  ["leaves out roots that are missing", {
    reads: ["/usr", "/nowhere"],
    writes: ["/usr/none"],
  }, { ground: "empty", mounts: [["/usr", "readable"]], placeholders: [] }],
  ["leaves out a root that has become a link", { writes: ["/ws/.codex"] }, {
    ground: "readable",
    mounts: [],
    placeholders: [],
  }],
  ["never has the machine's own processes and devices", {
    writes: ["/proc", "/dev", "/proc/1"],
  }, { ground: "readable", mounts: [], placeholders: [] }],
  ["has the machine's shared memory if that may be written", {
    writes: ["/dev/shm"],
    shielded: ["/dev/shm/.git"],
  }, {
    ground: "readable",
    mounts: [["/dev/shm", "writable"], ["/dev/shm/.git", "readable"]],
    placeholders: ["/dev/shm/.git"],
  }],
];

for (const [criterion, limits, expected] of cases) {
  Deno.test(`planMounts() makes a tree that ${criterion}`, async () => {
    assert.deepEqual(await plan(limits), expected);
  });
}

Deno.test("planMounts() refuses to shield a link that the command could replace", async () => {
  await assert.rejects(
    plan({ writes: ["/ws"], shielded: ["/ws/.codex"] }),
    new SandboxUnavailable(
      'Cannot protect "/ws/.codex": "/ws/.codex" is a symbolic link in a ' +
        "directory that the command may write",
    ),
  );
});

Deno.test("planMounts() refuses to shield what lies behind such a link", async () => {
  await assert.rejects(
    plan({ writes: ["/ws"], hidden: ["/ws/.codex/auth.json"] }),
    SandboxUnavailable,
  );
});

Deno.test("planMounts() refuses to hide everything", async () => {
  await assert.rejects(plan({ hidden: ["/"] }), SandboxUnavailable);
});
