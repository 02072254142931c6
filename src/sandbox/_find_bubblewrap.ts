import { join } from "./_paths.ts";
import { SandboxUnavailable } from "./confinement.ts";

/**
 * Where bubblewrap is; the same one builds every box.
 *
 * @throws {SandboxUnavailable} if it is nowhere.
 */
export async function findBubblewrap(
  searchPath: string | undefined,
): Promise<string> {
  for (const directory of (searchPath ?? "").split(":")) {
    // A relative one would depend on where the server happens to stand.
    if (!directory.startsWith("/")) continue;
    try {
      const real = await Deno.realPath(join(directory, "bwrap"));
      const { isFile, mode } = await Deno.stat(real);
      if (isFile && (mode ?? 0) & 0o111) return real;
    } catch {
      // Not here.
    }
  }
  throw new SandboxUnavailable("Cannot find bubblewrap (bwrap) on PATH");
}
