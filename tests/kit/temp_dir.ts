/** A directory that is gone, with all that is in it, when it is disposed. */
export interface TempDir extends AsyncDisposable {
  /** Its real path. */
  readonly path: string;
}

/** Makes a directory of its own for a test. */
export async function createTempDir(): Promise<TempDir> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** Names of what is in a directory, hidden ones too, sorted. */
export function namesIn(directory: string): string[] {
  return Array.from(Deno.readDirSync(directory), ({ name }) => name).sort();
}
