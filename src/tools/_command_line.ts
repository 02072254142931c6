/** Names of shells that commands are run by. */
const shells: ReadonlySet<string> = new Set(["bash", "zsh", "sh"]);
const places = ["/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];
const FALLBACK = "/bin/sh";

/**
 * The shell for a command: one that is known, whatever path it was asked by, so
 * that nothing else is started in its name.
 *
 * @param asked What the model wants; a name or a path.
 * @param usual The user's own, from `SHELL`.
 */
export async function findShell(
  asked: string | undefined,
  usual: string | undefined,
): Promise<string> {
  if (asked === undefined) {
    const own = usual !== undefined && shells.has(baseName(usual));
    if (own && usual.startsWith("/") && await isThere(usual)) return usual;
    return await findNamed("bash") ?? FALLBACK;
  }
  const name = baseName(asked);
  return shells.has(name) ? await findNamed(name) ?? FALLBACK : FALLBACK;
}

async function findNamed(name: string): Promise<string | undefined> {
  for (const place of places) {
    const path = `${place}/${name}`;
    if (await isThere(path)) return path;
  }
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
