/** How often links are followed before they count as a ring. */
const maxLinks = 40;

/** The file that a path stands for: links are followed, even to nowhere. */
export async function findTarget(path: string): Promise<string> {
  for (let links = 0; links < maxLinks; links++) {
    let to: string;
    try {
      to = await Deno.readLink(path);
    } catch {
      return path; // no link, or nothing at all
    }
    path = to.startsWith("/")
      ? to
      : `${path.slice(0, path.lastIndexOf("/"))}/${to}`;
  }
  throw new Deno.errors.FilesystemLoop(`Too many links: "${path}"`);
}

/**
 * Writes a file anew: whoever reads it sees the old text or the new one, even
 * after a crash. It is for its owner alone then, whatever it was: settings may
 * hold secrets, and clients expect no less.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const target = await findTarget(path);
  const mode = 0o600;
  const temporary = `${target}.${crypto.randomUUID()}.tmp`;
  try {
    {
      using file = await Deno.open(temporary, {
        write: true,
        createNew: true,
        mode,
      });
      // The mask of the process may have taken something away.
      if (Deno.build.os !== "windows") await Deno.chmod(temporary, mode);
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length;) {
        at += await file.write(bytes.subarray(at));
      }
      await file.sync();
    }
    await Deno.rename(temporary, target);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}
