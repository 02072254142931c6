/**
 * Deletes what was remembered of threads: all that lies in `memories/` of the
 * home, whoever wrote it. A link in place of the directory is left alone.
 */
export async function forgetMemories(home: string): Promise<void> {
  const directory = `${home}/memories`;
  try {
    if (!(await Deno.lstat(directory)).isDirectory) return;
    for await (const { name } of Deno.readDir(directory)) {
      await Deno.remove(`${directory}/${name}`, { recursive: true });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
