import { type Libc, toCString } from "./_libc.ts";
import { SystemFailure } from "./_system_failure.ts";

const O_CLOEXEC = 0o2000000;

/** Larger than `struct stat` anywhere. */
const STAT_BYTES = 256;
const STAT_INODE_AT = 8;

/** How a file is opened. */
export const OpenMode = { read: 0, readWrite: 2 } as const;

/**
 * Makes a pipe; no program inherits its ends unless it is given them.
 *
 * @throws {SystemFailure} if there are no descriptors left.
 */
export function openPipe(libc: Libc): { reading: number; writing: number } {
  const ends = new Int32Array(2);
  if (libc.call.pipe2(ends, O_CLOEXEC) !== 0) {
    throw new SystemFailure(libc.errno);
  }
  return { reading: ends[0]!, writing: ends[1]! };
}

/**
 * Opens a file; no program inherits it unless it is given it.
 *
 * @throws {SystemFailure} if the system refuses.
 */
export function openFile(libc: Libc, path: string, mode: number): number {
  const fd = libc.call.open(toCString(path), mode | O_CLOEXEC);
  if (fd < 0) throw new SystemFailure(libc.errno);
  return fd;
}

/**
 * The number of an open file on its file system.
 *
 * @throws {SystemFailure} if it is not open.
 */
export function inodeOf(libc: Libc, fd: number): bigint {
  const stat = new DataView(new ArrayBuffer(STAT_BYTES));
  if (libc.call.fstat(fd, stat) !== 0) throw new SystemFailure(libc.errno);
  return stat.getBigUint64(STAT_INODE_AT, true);
}
