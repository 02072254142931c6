import { join } from "./_paths.ts";

/** A file for as long as it is not disposed. */
export interface HeldFile extends AsyncDisposable {
  /** Opens for this process and its children. */
  readonly path: string;
  /** Whether it has a name, so that others must be kept from it. */
  readonly isNamed: boolean;
}

/**
 * Puts bytes into a file that has no name: nobody else can change it, and
 * nothing is left of it, however this process ends. Where this process may not
 * look at its own descriptors, which takes all of Deno's permissions, it has a
 * name until it is disposed.
 *
 * @param directory Where it has its name, if only for a moment: whoever opens
 * it by then can change it later. Default, also where that is impossible: the
 * directory for temporary files.
 */
export async function holdFile(
  bytes: Uint8Array,
  directory?: string,
): Promise<HeldFile> {
  const path = await Deno.realPath(await makeFile(directory));
  const stack = new AsyncDisposableStack();
  const remove = () => Deno.remove(path).catch(() => {});
  stack.defer(remove);
  try {
    await Deno.writeFile(path, bytes, { mode: 0o400 });
    stack.use(await Deno.open(path));
    const descriptor = await findDescriptor(path);
    if (descriptor !== undefined) await remove();
    return {
      path: descriptor ?? path,
      isNamed: descriptor === undefined,
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function makeFile(dir: string | undefined): Promise<string> {
  const prefix = "gangway-";
  try {
    if (dir !== undefined) return await Deno.makeTempFile({ dir, prefix });
  } catch {
    // Missing, or not ours to write.
  }
  return await Deno.makeTempFile({ prefix });
}

/** The descriptor of a file that this process has open, as a path. */
async function findDescriptor(path: string): Promise<string | undefined> {
  const directory = `/proc/${Deno.pid}/fd`;
  try {
    for await (const { name } of Deno.readDir(directory)) {
      const descriptor = join(directory, name);
      const target = await Deno.readLink(descriptor).catch(() => undefined);
      if (target === path) return descriptor;
    }
  } catch {
    // Not allowed to, or no Linux.
  }
  return undefined;
}
