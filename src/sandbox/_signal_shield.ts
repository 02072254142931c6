/** What a terminal sends to everybody in its foreground group, and we do. */
const SIGNALS = "INT,QUIT,TERM";
const ENV = "/usr/bin/env";
const TRIAL_TIMEOUT_MS = 30_000;

/**
 * Keeps ^C and SIGTERM from whoever builds and holds a box: it is in the same
 * group as the command, which alone is to decide what comes of them. That takes GNU env, which
 * can have signals ignored and not ignored again.
 */
export interface SignalShield {
  /** For the builder. */
  readonly outer: readonly [program: string, ...args: string[]];
  /** For the command within. */
  readonly inner: readonly string[];
}

/** Nothing if there is no such program. */
export async function findSignalShield(): Promise<SignalShield | undefined> {
  const outer = [ENV, `--ignore-signal=${SIGNALS}`] as const;
  const inner = [ENV, `--default-signal=${SIGNALS}`] as const;
  try {
    const { success } = await new Deno.Command(ENV, {
      args: [outer[1], ...inner, ENV],
      cwd: "/",
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(TRIAL_TIMEOUT_MS),
    }).output();
    return success ? { outer, inner } : undefined;
  } catch {
    return undefined;
  }
}
