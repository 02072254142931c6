import { writeContract } from "./_write_contract.ts";
import type { Invocation } from "./command.ts";

/** Writes the protocol as TypeScript. */
export async function run(invocation: Invocation): Promise<number> {
  return await writeContract(invocation, "typescript");
}
