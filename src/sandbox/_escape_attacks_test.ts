/**
 * An attempt to get out: a script that says `ESCAPED` where it got further
 * than it may, and always ends with `done`. What it leaves outside counts too.
 */
export interface Attack {
  readonly name: string;
  readonly script: string;
  readonly limits: "readOnly" | "writing" | "hiding";
  /**
   * Whether it works without confinement, which shows that it is one: `root`,
   * only for root.
   */
  readonly works: true | "root" | "never";
}

const writes: Attack[] = [
  write("by path", `echo x > "$OUT/victim"`),
  write("appending", `echo x >> "$OUT/victim"`),
  write("truncating", `truncate -s 0 "$OUT/victim"`),
  write("a new file", `echo x > "$OUT/new"`),
  write("by ..", `cd "$WORK" && echo x > ../outside/new`),
  write("a new directory", `mkdir "$OUT/new"`),
  write("a new fifo", `mkfifo "$OUT/new"`),
  write("a new link", `ln -s / "$OUT/new"`),
  write("removing", `rm -f "$OUT/victim"`),
  write(
    "through a link to a file",
    `ln -s "$OUT/victim" "$WORK/l1"; echo x > "$WORK/l1"`,
  ),
  write(
    "through a link to a directory",
    `ln -s "$OUT" "$WORK/l2"; echo x > "$WORK/l2/new"`,
  ),
  write(
    "through a hard link",
    `ln "$OUT/victim" "$WORK/h1" && echo x > "$WORK/h1"`,
  ),
  write(
    "through a hard link made from a descriptor",
    `exec 3< "$OUT/victim"; ln -L /proc/self/fd/3 "$WORK/h2" && echo x > "$WORK/h2"`,
  ),
  write(
    "reopening a descriptor",
    `exec 3< "$OUT/victim"; echo x > /proc/self/fd/3`,
  ),
  write("moving in", `mv "$OUT/victim" "$WORK/moved"`),
  write("moving out", `mv "$WORK/own" "$OUT/own"`),
  write("moving a directory away", `mv "$OUT" "$WORK/taken"`),
  write("by /proc/self/root", `echo x > "/proc/self/root$OUT/victim"`),
  write(
    "by /proc/self/cwd",
    `cd "$WORK" && echo x > /proc/self/cwd/../outside/victim`,
  ),
  write("modes", `chmod 777 "$OUT/victim"`),
  write("times", `touch -d 2001-01-01 "$OUT/victim"`),
  write("times of now", `touch "$OUT/victim"`),
];

/** Writing outside, in one of many ways. */
function write(name: string, attempt: string): Attack {
  return {
    name: `writes outside: ${name}`,
    script: succeeds(attempt),
    limits: "writing",
    works: true,
  };
}

/** `ESCAPED` if the attempt ended well. */
function succeeds(attempt: string): string {
  return `if ( ${attempt} ) 2>&1; then echo ESCAPED; fi`;
}

const asRoot: Attack[] = [
  ...[
    [
      "a file system of another process",
      `echo x > "/proc/$SENTINEL/root$OUT/victim"`,
    ],
    ["another owner", `chown 65534 "$OUT/victim"`],
    ["a device of its own", `mknod "$WORK/disk" b 7 0`],
    [
      "a bind mount",
      `mkdir -p "$WORK/m" && unshare -m sh -c 'mount --bind "$OUT" "$WORK/m" && echo x > "$WORK/m/victim"'`,
    ],
    ["mounting again", `unshare -m mount -o remount,rw,bind /`],
    ["the namespaces of another process", `nsenter -t $SENTINEL -m -p true`],
    [
      "a root of its own",
      `unshare -m sh -c 'mount --bind / /mnt && chroot /mnt true'`,
    ],
    ["a file of another user", `cat "$WORK/foreign" > /dev/null`],
    [
      "the machine's settings",
      `f=/proc/sys/vm/swappiness; v=$(cat $f) && echo "$v" > $f`,
    ],
    ["the host's name", `hostname "$(hostname)"`],
    [
      "what the kernel starts when something crashes",
      `f=/proc/sys/kernel/core_pattern; v=$(cat $f) && echo "$v" > $f`,
    ],
    [
      "a disk",
      `for d in /dev/vd? /dev/sd? /dev/nvme?n1 /dev/loop0; do
         head -c 0 "$d" && exit 0; done; exit 1`,
    ],
  ] as const,
].map(([name, attempt]) => ({
  name: `as root: ${name}`,
  script: succeeds(attempt),
  limits: "writing",
  works: "root",
}));

const unprivileged: Attack[] = [
  {
    name: "namespaces: a user's own, to be root there and mount",
    script: succeeds(
      `unshare -r -m sh -c 'mount -t tmpfs none /mnt && echo mounted'`,
    ),
    limits: "writing",
    works: "root",
  },
  {
    name: "privileges: a program with another user's rights",
    // Another number than one's own, which only root can have arranged.
    script: `if [ "$("$WORK/as-other" -u)" = 65534 ]; then echo ESCAPED; fi`,
    limits: "readOnly",
    works: "root",
  },
  {
    name: "memory of the machine",
    script: succeeds(`head -c 1 /dev/mem || head -c 1 /dev/kmem ||
      head -c 1 /proc/kcore || head -c 1 /dev/port`),
    limits: "readOnly",
    works: "never",
  },
  {
    name: "switches of the machine",
    script: succeeds(
      `for f in /proc/sysrq-trigger /sys/power/state /sys/kernel/mm/ksm/run \
         /sys/kernel/uevent_helper /sys/fs/cgroup/cgroup.procs \
         /sys/fs/cgroup/memory/cgroup.procs; do
         ( : >> "$f" ) && exit 0; done; exit 1`,
    ),
    limits: "readOnly",
    works: "root",
  },
];

const processes: Attack[] = [
  ...["environ", "maps", "auxv", "io", "syscall"].map((entry) =>
    server(`its ${entry}`, `cat /proc/$SERVER/${entry} > /dev/null`)
  ),
  server("its mem", `: < /proc/$SERVER/mem`),
  server("its directory", `ls /proc/$SERVER/cwd/`),
  server("its root", `ls /proc/$SERVER/root/`),
  server("its program", `readlink /proc/$SERVER/exe`),
  server(
    "its descriptors",
    `ls -l /proc/$SERVER/fd/ && readlink /proc/$SERVER/fd/0`,
  ),
  server(
    "its threads",
    `for t in /proc/$SERVER/task/*; do
    cat "$t/environ" > /dev/null && exit 0
    ls "$t/cwd/" > /dev/null && exit 0
    true < "$t/mem" && exit 0
    readlink "$t/fd/0" && exit 0
    done; exit 1`,
  ),
  server(
    "its threads as processes",
    `for t in $TIDS; do
    cat "/proc/$t/environ" > /dev/null && exit 0
    true < "/proc/$t/mem" && exit 0
    done; exit 1`,
  ),
  server(
    "being killed first of all",
    `f=/proc/$SERVER/oom_score_adj
    v=$(cat $f) && echo "$v" > $f`,
  ),
  server("signals", `kill -0 $SERVER || kill -s WINCH $SERVER`),
  server(
    "signals to its threads",
    `for t in $TIDS; do
    kill -s WINCH $t && exit 0; done; exit 1`,
  ),
  server("its limits", `prlimit --pid $SERVER --core=0:0`),
  server(
    "its limits by a thread",
    `for t in $TIDS; do
    prlimit --pid $t --core=0:0 && exit 0; done; exit 1`,
  ),
  server(
    "its processors",
    `mask=$(taskset -p $SERVER | sed "s/.*: //")
    taskset -p "$mask" $SERVER`,
  ),
  server(
    "its priority",
    `nice=$(cut -d " " -f 19 /proc/$SERVER/stat)
    renice -n "$nice" -p $SERVER`,
  ),
  {
    name: "another process: signals",
    script: succeeds(`kill -s WINCH $SENTINEL`),
    limits: "readOnly",
    works: true,
  },
  {
    name: "another process: signals to all",
    // It is not said whether anyone was reached; the sentinel knows.
    script: `kill -s WINCH -1; true`,
    limits: "readOnly",
    works: "never",
  },
  {
    name: "another process: signals to its group",
    script: succeeds(`kill -s WINCH -- -$SENTINEL`),
    limits: "readOnly",
    works: true,
  },
  {
    name: "descriptors: none are inherited",
    script: `for fd in /proc/self/fd/*; do case "\${fd##*/}" in
      0|1|2|3) ;; *) [ -e "$fd" ] && echo ESCAPED;; esac; done`,
    limits: "readOnly",
    works: "never",
  },
];

function server(name: string, attempt: string): Attack {
  return {
    name: `the server: ${name}`,
    script: succeeds(attempt),
    limits: "readOnly",
    works: true,
  };
}

const secrets: Attack[] = [
  secret("by path", `cat "$HIDDEN/secret"`),
  secret("by ..", `cd "$WORK" && cat ../hidden/secret`),
  secret("by name", `ls "$HIDDEN" | grep secret`),
  secret("by entering", `cd "$HIDDEN" && cat secret`),
  secret("by a link", `ln -s "$HIDDEN/secret" "$WORK/s1"; cat "$WORK/s1"`),
  secret(
    "by a link to it all",
    `ln -s "$HIDDEN" "$WORK/s2"; cat "$WORK/s2/secret"`,
  ),
  secret("by a hard link", `ln "$HIDDEN/secret" "$WORK/s3" && cat "$WORK/s3"`),
  secret("by moving it", `mv "$HIDDEN" "$WORK/s4" && cat "$WORK/s4/secret"`),
  secret("by moving one", `mv "$HIDDEN/secret" "$WORK/s5" && cat "$WORK/s5"`),
  secret("by /proc/self/root", `cat "/proc/self/root$HIDDEN/secret"`),
  secret("by copying", `cp -r "$HIDDEN" "$WORK/s6" && cat "$WORK/s6/secret"`),
  secret(
    "by running it",
    `sh "$HIDDEN/secret" 2>&1 | grep "the secret\\|the: "`,
  ),
  secret(
    "by the descriptors of others",
    `cat /proc/$SERVER/root$HIDDEN/secret ||
    cat /proc/$SENTINEL/root$HIDDEN/secret`,
  ),
  {
    ...secret("by writing", `echo x > "$HIDDEN/secret"`),
    script: succeeds(`echo x > "$HIDDEN/secret" || rm "$HIDDEN/secret" ||
      mkdir "$HIDDEN/new" || chmod 777 "$HIDDEN"`),
  },
];

/** Reading what is hidden: saying it is getting at it. */
function secret(name: string, attempt: string): Attack {
  return {
    name: `secrets: ${name}`,
    script: succeeds(attempt),
    limits: "hiding",
    works: true,
  };
}

/** All that is tried with both backends. */
export const attacks: readonly Attack[] = [
  ...writes,
  ...asRoot,
  ...unprivileged,
  ...processes,
  ...secrets,
];
