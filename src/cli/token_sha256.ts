import { sha256Hex } from "../transport/mod.ts";
import { print, readInput } from "./output.ts";

/**
 * Prints the SHA-256 of the token on standard input.
 *
 * @throws {Error} if there is none.
 */
export async function run(): Promise<number> {
  const token = (await readInput()).trim();
  if (token === "") throw new Error("There is no token on standard input");
  await print(`${await sha256Hex(token)}\n`);
  return 0;
}
