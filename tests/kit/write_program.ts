const encoder = new TextEncoder();

/**
 * Writes a script that can be started at once.
 *
 * Another process writes it: what this one has open for writing, the children
 * that other tests start at that moment have open, too, until they have become
 * a program, and that long the system starts no such file ("Text file busy").
 */
export async function writeProgram(path: string, text: string): Promise<void> {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", 'cat > "$1" && chmod 755 "$1"', "sh", path],
    stdin: "piped",
    stdout: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(encoder.encode(text));
  await writer.close();
  if (!(await child.status).success) throw new Error(`Cannot write ${path}`);
}

/** Copies a program so that it can be started at once. */
export async function copyProgram(from: string, to: string): Promise<void> {
  const { success } = await new Deno.Command("cp", { args: ["--", from, to] })
    .output();
  if (!success) throw new Error(`Cannot write ${to}`);
}
