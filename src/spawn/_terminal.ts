import { type Libc, toCString } from "./_libc.ts";
import type { TerminalSize } from "./spawner.ts";
import { SystemFailure } from "./_system_failure.ts";

const O_RDWR = 0o2;
const O_NOCTTY = 0o400;
const O_CLOEXEC = 0o2000000;
const TIOCSWINSZ = 0x5414n;
/** Opens the other end without going through its path. */
const TIOCGPTPEER = 0x5441n;
const NAME_BYTES = 128;

/**
 * Opens a new terminal at our end and gives its descriptor.
 *
 * @throws {SystemFailure} if the system has no more.
 */
export function openTerminal(libc: Libc, size: TerminalSize): number {
  const { call } = libc;
  const fd = call.posixOpenpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) throw new SystemFailure(libc.errno);
  if (call.grantpt(fd) !== 0 || call.unlockpt(fd) !== 0) {
    const failure = new SystemFailure(libc.errno);
    call.close(fd);
    throw failure;
  }
  resizeTerminal(libc, fd, size);
  return fd;
}

/** Says how large a terminal is. */
export function resizeTerminal(
  libc: Libc,
  fd: number,
  { rows, cols }: TerminalSize,
): void {
  const size = new Uint16Array([rows, cols, 0, 0]);
  libc.call.ioctlBuffer(fd, TIOCSWINSZ, size);
}

/**
 * Path of the other end of a terminal.
 *
 * @throws {SystemFailure} if there is none.
 */
export function terminalPath(libc: Libc, fd: number): string {
  const name = new Uint8Array(NAME_BYTES);
  const errno = libc.call.ptsnameR(fd, name, BigInt(name.length));
  if (errno !== 0) throw new SystemFailure(errno);
  return new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
}

/**
 * Opens the other end of a terminal here, without its becoming ours.
 *
 * @throws {SystemFailure} if there are no descriptors left.
 */
export function openOtherEnd(libc: Libc, fd: number): number {
  const flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
  const other = libc.call.ioctlNumber(fd, TIOCGPTPEER, BigInt(flags));
  if (other >= 0) return other;
  // Kernels before 4.13.
  const named = libc.call.open(toCString(terminalPath(libc, fd)), flags);
  if (named < 0) throw new SystemFailure(libc.errno);
  return named;
}
