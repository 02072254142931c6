/** What most programs go by. */
const USUAL_NAMES = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "TERM",
  "TMPDIR",
  "TZ",
  "LANG",
  "LANGUAGE",
  "LC_ALL",
  "LC_CTYPE",
  "LC_MESSAGES",
  "XDG_CONFIG_HOME",
  "XDG_CACHE_HOME",
  "XDG_DATA_HOME",
  "XDG_RUNTIME_DIR",
] as const;

/**
 * The environment of this process, as far as it may be read. Whoever was
 * granted some variables only can't learn which there are: then it is those of
 * them that most programs go by. Nobody is asked.
 */
export function readEnvironment(): Record<string, string> {
  if (mayRead()) return Deno.env.toObject();
  const env: Record<string, string> = {};
  for (const name of USUAL_NAMES) {
    const value = mayRead(name) ? Deno.env.get(name) : undefined;
    if (value !== undefined) env[name] = value;
  }
  return env;
}

function mayRead(variable?: string): boolean {
  const what = { name: "env", ...variable && { variable } } as const;
  return Deno.permissions.querySync(what).state === "granted";
}
