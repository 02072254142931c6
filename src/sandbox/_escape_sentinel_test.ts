/** A process outside that notes signals. */
export interface Sentinel extends AsyncDisposable {
  readonly pid: number;
  /** What it has noted, all that was sent before included. */
  notes(): Promise<string>;
}

/** Starts one. */
export async function startSentinel(): Promise<Sentinel> {
  const child = new Deno.Command("setsid", {
    args: [
      "sh",
      "-c",
      `trap 'hits="$hits hit"' WINCH; trap 'echo "so far:$hits"' PWR
       echo up; while :; do sleep 0.02; done`,
    ],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  await reader.read();
  return {
    pid: child.pid,
    async notes() {
      // Of signals that have come, a shell notices the lower numbers first.
      child.kill("SIGPWR");
      const { value = "" } = await reader.read();
      return value.replace("so far:", "").trim();
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await reader.cancel();
    },
  };
}
