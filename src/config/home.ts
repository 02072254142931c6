/**
 * Finds the home directory of configuration and state: `CODEX_HOME`, which must
 * be a directory, else `.codex` in the user's home, which is created. Links are
 * resolved.
 *
 * @throws {Deno.errors.NotFound} if CODEX_HOME does not exist, or there is no
 * user's home either.
 * @throws {Deno.errors.NotADirectory} if CODEX_HOME is something else.
 *
 * @example
 * ```ts
 * import { resolveHome } from "./mod.ts";
 * const home = resolveHome(new Map([["CODEX_HOME", "/tmp/."]]));
 * if (home !== Deno.realPathSync("/tmp")) throw new Error(home);
 * ```
 */
export function resolveHome(
  env: { get(name: string): string | undefined },
): string {
  const chosen = env.get("CODEX_HOME");
  if (!chosen) return createDefaultHome(env.get("HOME"));
  let isDirectory: boolean;
  try {
    isDirectory = Deno.statSync(chosen).isDirectory;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Deno.errors.NotFound(
      `CODEX_HOME points to "${chosen}", but that path does not exist`,
    );
  }
  if (!isDirectory) {
    throw new Deno.errors.NotADirectory(
      `CODEX_HOME points to "${chosen}", but that path is not a directory`,
    );
  }
  return Deno.realPathSync(chosen);
}

function createDefaultHome(userHome: string | undefined): string {
  if (!userHome) {
    throw new Deno.errors.NotFound(
      "Cannot find a home directory: neither CODEX_HOME nor HOME is set",
    );
  }
  const home = `${userHome}/.codex`;
  Deno.mkdirSync(home, { recursive: true, mode: 0o700 });
  return Deno.realPathSync(home);
}

/**
 * Directory of Gangway's own state; everything it keeps beside the files that
 * the protocol's other implementation shares is in there.
 */
export function toStateDirectory(home: string): string {
  return `${home}/gangway`;
}
