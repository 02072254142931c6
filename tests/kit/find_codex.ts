/**
 * The program of the reference in a version: what `GANGWAY_CODEX` names, or
 * `codex` on the PATH; undefined if that is not there or of another version.
 */
export async function findCodex(version: string): Promise<string | undefined> {
  const program = Deno.env.get("GANGWAY_CODEX") ?? "codex";
  try {
    const { stdout } = await new Deno.Command(program, {
      args: ["--version"],
      stderr: "null",
    }).output();
    const found = /\d+\.\d+\.\d+/.exec(new TextDecoder().decode(stdout))?.[0];
    return found === version ? program : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
