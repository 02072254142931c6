/**
 * A patch can't be used: it can't be read, or does not fit the files. Nothing
 * was changed. The message says which line or file is to blame, in words that a
 * model can mend it by.
 */
export class PatchError extends Error {
  /** Name of this kind of error. */
  override readonly name = "PatchError";

  /** What the model is answered. */
  get answer(): string {
    return `apply_patch verification failed: ${this.message}`;
  }
}

/** A patch that does nothing. */
export class EmptyPatchError extends PatchError {
  /** Says so. */
  constructor() {
    super("empty patch");
  }

  /** What the model is answered. */
  override get answer(): string {
    return "patch rejected: empty patch";
  }
}
