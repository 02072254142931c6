import { Errno } from "./_errno.ts";
import type { Libc } from "./_libc.ts";
import { SystemFailure } from "./_system_failure.ts";
import type { Exit } from "./spawner.ts";

const P_PID = 1;
const WNOHANG = 0x1;
const WEXITED = 0x4;
const WNOWAIT = 0x1000000;
const CLD_EXITED = 1;
const SIGKILL = 9;
/** The same number on all processors, as of all newer calls. */
const SYS_PIDFD_OPEN = 434n;
/** `siginfo_t`, with what a dead child fills in, in units of 4 bytes. */
const SIGINFO_WORDS = 32;
const SIGINFO_CODE = 2;
const SIGINFO_PID = 4;
const SIGINFO_STATUS = 6;

/**
 * Opens a descriptor that can be read once a child has ended.
 *
 * @throws {SystemFailure} if there are no descriptors left.
 */
export function openProcess(libc: Libc, pid: number): number {
  const fd = libc.call.syscall(SYS_PIDFD_OPEN, BigInt(pid), 0n);
  if (fd < 0) throw new SystemFailure(libc.errno);
  return fd;
}

/** How a child ended, if it has; its number stays its own. */
export function peekExit(libc: Libc, pid: number): Exit | undefined {
  const info = new Int32Array(SIGINFO_WORDS);
  const flags = WEXITED | WNOHANG | WNOWAIT;
  while (libc.call.waitid(P_PID, pid, info, flags) !== 0) {
    if (libc.errno === Errno.EINTR) continue;
    // Somebody else in this process took it away: it is gone, and that is all
    // that is known.
    return { signal: SIGKILL };
  }
  if (info[SIGINFO_PID] === 0) return undefined;
  const status = info[SIGINFO_STATUS]!;
  return info[SIGINFO_CODE] === CLD_EXITED
    ? { code: status }
    : { signal: status };
}

/** Takes the remains of a child that has ended; its number is free then. */
export function reap(libc: Libc, pid: number): void {
  const info = new Int32Array(SIGINFO_WORDS);
  libc.call.waitid(P_PID, pid, info, WEXITED | WNOHANG);
}

/** Ends a child that nobody can wait for, with its group. */
export async function discard(libc: Libc, pid: number): Promise<void> {
  libc.call.kill(-pid, SIGKILL);
  libc.call.kill(pid, SIGKILL);
  const info = new Int32Array(new ArrayBuffer(4 * SIGINFO_WORDS));
  await libc.call.awaitExit(P_PID, pid, info, WEXITED);
  // Another thread wrote there up to now: it must not be collected before.
  info.fill(0);
}
