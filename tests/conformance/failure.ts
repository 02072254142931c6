import type { Json } from "./json.ts";
import { difference } from "./matcher.ts";

/** A server that did not do what the case says, as one line of text. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/**
 * Throws when `got` does not meet `want`.
 *
 * @throws {Failure} that names `subject` and the first difference.
 */
export function check(
  want: Json,
  got: Json | undefined,
  subject: string,
): void {
  const found = difference(want, got);
  if (found !== null) throw new Failure(`${subject}: ${found}`);
}
