/** A refusal, as exec servers tell it. */
export class SmallExecError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}
