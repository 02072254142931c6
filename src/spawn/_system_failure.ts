/** A system call failed; whoever knows what it was for says so. */
export class SystemFailure extends Error {
  override readonly name = "SystemFailure";
  /** Number of the error, as in errno(3). */
  readonly errno: number;

  constructor(errno: number) {
    super(`System call failed (os error ${errno})`);
    this.errno = errno;
  }
}
