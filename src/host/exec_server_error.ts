/** Why an exec server can't be worked with, in the words of the protocol. */
export class ExecServerError extends Error {
  override readonly name = "ExecServerError";
}
