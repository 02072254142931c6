import { type Libc, toCString } from "./_libc.ts";

const SIGKILL = 9;
const O_CLOEXEC = 0o2000000;
const O_DIRECTORY_CLOEXEC = 0o2200000;
/** A whole table of processes comes in few calls. */
const ENTRIES_BYTES = 32 * 1024;
/** `struct dirent64`. */
const ENTRY_SIZE_AT = 16;
const ENTRY_NAME_AT = 19;
/** Asking for so many numbers is cheaper than listing a few processes. */
const NEAR = 500;
/** A process that starts others as fast as they are found is let go. */
const ROUNDS = 8;

/**
 * Kills every process of some sessions but their leaders, which hold the
 * numbers: also those in groups of their own, as shells with job control make
 * them. Where /proc can't be listed, nobody is found.
 *
 * Sessions are `young` if the system can't have given out all its numbers once
 * since they began: then the numbers of their processes follow on theirs.
 */
export function killSessions(
  libc: Libc,
  sessions: ReadonlySet<number>,
  { young }: { readonly young: boolean },
): void {
  const killed = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const before = killed.size;
    const near = young ? numbersSince(libc, Math.min(...sessions)) : undefined;
    for (const pid of near ?? processes(libc)) {
      if (killed.has(pid) || sessions.has(pid)) continue;
      if (!sessions.has(libc.call.getsid(pid))) continue;
      libc.call.kill(pid, SIGKILL);
      killed.add(pid);
    }
    // Whoever was born behind our back is a child of one that was killed now.
    if (killed.size === before) return;
  }
}

/** The numbers given out since a process began, if they are few. */
function numbersSince(libc: Libc, oldest: number): number[] | undefined {
  const file = libc.call.open(toCString("/proc/loadavg"), O_CLOEXEC);
  if (file < 0) return undefined;
  const bytes = new Uint8Array(128);
  const filled = libc.call.read(file, bytes, BigInt(bytes.length));
  libc.call.close(file);
  // Its last field; containers may be told another, which is far away then.
  const text = new TextDecoder().decode(bytes.subarray(0, Math.max(0, filled)));
  const latest = Number(/ (\d+)\n$/.exec(text)?.[1]);
  const count = latest - oldest + 1;
  return count >= 1 && count <= NEAR
    ? Array.from({ length: count }, (_, index) => oldest + index)
    : undefined;
}

function* processes(libc: Libc): Generator<number> {
  const proc = libc.call.open(toCString("/proc"), O_DIRECTORY_CLOEXEC);
  if (proc < 0) return;
  try {
    const bytes = new Uint8Array(ENTRIES_BYTES);
    const view = new DataView(bytes.buffer);
    for (;;) {
      const filled = libc.call.getdents64(proc, bytes, BigInt(bytes.length));
      if (filled <= 0) return;
      for (
        let at = 0;
        at < filled;
        at += view.getUint16(at + ENTRY_SIZE_AT, true)
      ) {
        const pid = toNumber(bytes, at + ENTRY_NAME_AT);
        if (pid !== undefined) yield pid;
      }
    }
  } finally {
    libc.call.close(proc);
  }
}

/** The decimal number that ends in a NUL; nothing if it is another name. */
function toNumber(bytes: Uint8Array, start: number): number | undefined {
  let number = 0;
  for (let at = start; bytes[at] !== 0; at++) {
    const digit = bytes[at]! - 0x30;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    number = number * 10 + digit;
  }
  return number;
}
