import { StorageError } from "../tools/mod.ts";

/**
 * Stores something.
 *
 * @throws {StorageError} if it can't be: whoever plays the turn knows the
 * failure by its class.
 */
export function storing(work: () => void): void {
  try {
    work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError(reason, { cause: error });
  }
}
