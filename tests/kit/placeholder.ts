import { PLACEHOLDER_MTIME } from "../../src/protocol/mod.ts";

/** Has a directory look as a sandbox leaves one where commands must make none. */
export async function makePlaceholder(path: string): Promise<void> {
  await Deno.mkdir(path, { recursive: true });
  await Deno.chmod(path, 0o555);
  await Deno.utime(path, PLACEHOLDER_MTIME, PLACEHOLDER_MTIME);
}
