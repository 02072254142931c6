/**
 * The smallest server the runner can talk to: `fs/getMetadata` says the root
 * is a directory, `slow` never answers, `bad` answers with what is no JSON.
 * Anything but `--listen stdio://` is refused.
 */
if (Deno.args[1] !== "stdio://") {
  await Deno.stderr.write(new TextEncoder().encode("error: no such door\n"));
  Deno.exit(2);
}
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
let rest = "";
for await (const chunk of lines) {
  const whole = (rest + chunk).split("\n");
  rest = whole.pop() ?? "";
  for (const line of whole) await answer(JSON.parse(line));
}

async function answer(
  { id, method }: { id?: number; method: string },
): Promise<void> {
  if (id === undefined || method === "slow") return;
  await say(
    method === "bad"
      ? "not JSON"
      : JSON.stringify({ id, result: { isDirectory: true } }),
  );
}

async function say(line: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(line + "\n"));
}
