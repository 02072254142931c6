import { dirname, join } from "node:path";
import { printContract } from "../protocol/mod.ts";
import { toFailure } from "./_os_text.ts";
import type { Invocation } from "./command.ts";

/**
 * Writes the contract of the protocol to the directory of `--out`.
 *
 * @throws {Error} if it can't be written.
 */
export async function writeContract(
  invocation: Invocation,
  kind: "typescript" | "json-schema",
): Promise<number> {
  const directory = invocation.value("out")!;
  const files = await printContract({
    kind,
    experimental: invocation.has("experimental"),
  });
  await attempt("create", directory, () => createDirectory(directory));
  for (const [name, text] of files) {
    const path = join(directory, name);
    await attempt("write", path, async () => {
      await createDirectory(dirname(path));
      await Deno.writeTextFile(path, text);
    });
  }
  return 0;
}

async function createDirectory(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
}

async function attempt(
  verb: string,
  path: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw toFailure(`Failed to ${verb} ${path}`, error);
  }
}
