import type { SpawnOptions } from "./spawner.ts";

/**
 * Nothing that the system is handed can hold a NUL byte.
 *
 * @throws {TypeError} if something does.
 */
export function assertNoNul(
  { command, cwd, env, files = [] }: SpawnOptions,
): void {
  const texts = [...command, cwd, ...files, ...Object.entries(env).flat()];
  if (texts.some((text) => text.includes("\0"))) {
    throw new TypeError(`Cannot start "${command[0]}": a NUL byte in its call`);
  }
}
