import { hash } from "./_hook_hash.ts";
import { look } from "./_stamp.ts";
import { Turns } from "./_turns.ts";

/** Digests that are remembered, by directory. */
export class PluginDigests {
  readonly #kept = new Map<
    string,
    { stamp: string; digest: Promise<string> }
  >();

  /**
   * A digest of all that is in a plugin.
   *
   * @throws {Error} if there are links in it or worse: what they lead to can
   * change unnoticed.
   */
  async of(directory: string): Promise<string> {
    const files = await listFiles(directory);
    const stamp = files.map(({ line }) => line).join("\n");
    const kept = this.#kept.get(directory);
    if (kept?.stamp === stamp) return await kept.digest;
    const digest = toDigest(directory, files.map(({ name }) => name));
    digest.catch(() => this.#kept.delete(directory));
    this.#kept.set(directory, { stamp, digest });
    return await digest;
  }
}

interface Listed {
  readonly name: string;
  /** Changes when the file does. */
  readonly line: string;
}

/** Each is looked at in a moment: before a hook runs, all are. */
async function listFiles(root: string): Promise<Listed[]> {
  const turns = new Turns();
  const files: Listed[] = [];
  const directories = [root];
  for (const directory of directories) {
    for (const entry of open(directory)) {
      await turns.give();
      const path = `${directory}/${entry.name}`;
      const info = look(path);
      if (info?.isDirectory) directories.push(path);
      else if (info?.isFile) {
        const { size, mtime, ctime, ino, mode } = info;
        const name = path.slice(root.length + 1);
        const line = JSON.stringify([name, size, mtime, ctime, ino, mode]);
        files.push({ name, line });
      } else throw new Error(`unsupported plugin entry type: ${path}`);
    }
  }
  return files.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** @throws {Error} if it can't be looked into: nobody knows what is there. */
function open(directory: string): Iterable<Deno.DirEntry> {
  return Deno.readDirSync(directory);
}

async function toDigest(
  root: string,
  names: readonly string[],
): Promise<string> {
  const lines: string[] = [];
  for (const name of names) {
    const bytes = await Deno.readFile(`${root}/${name}`);
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    lines.push(JSON.stringify([name, new Uint8Array(digest).toHex()]));
  }
  return await hash(new TextEncoder().encode(lines.join("\n")));
}
