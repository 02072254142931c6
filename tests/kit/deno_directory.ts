/**
 * Where Deno keeps what it has loaded. It looks for that in HOME, so a process
 * that gets another one has to be told, or it loads and compiles all of it
 * again, over the network too.
 */
export function denoDirectory(): string {
  const { env, build } = Deno;
  const own = build.os === "darwin" ? "Library/Caches" : ".cache";
  const caches = env.get("XDG_CACHE_HOME") ?? `${env.get("HOME")}/${own}`;
  return env.get("DENO_DIR") ?? `${caches}/deno`;
}
