import type { Spawner } from "./spawner.ts";

/** Options of {@linkcode createSpawner}. */
export interface CreateSpawnerOptions {
  /** Insists on one way, for tests. Default: native where it works. */
  readonly only?: "native" | "portable";
}

/**
 * Creates what starts programs on this machine: `native` on Linux with glibc
 * if `--allow-ffi` is granted for it (the path of libc.so.6 is enough), else
 * `portable`. Nobody is prompted. Code and library are loaded by this call: make
 * it when the first program is to be started.
 *
 * @throws {SpawnError} if the system is short of something just now; that may
 * be over the next time.
 * @throws {Deno.errors.NotSupported} if the way insisted on does not work here.
 *
 * @example
 * ```ts ignore
 * await using spawner = await createSpawner();
 * await using child = await spawner.spawn({
 *   command: ["echo", "hello"],
 *   cwd: "/",
 *   env: { PATH: "/usr/bin:/bin" },
 *   stdin: "null",
 * });
 * const bytes = await child.stdout.read(65_536);
 * const exit = await child.exit; // { code: 0 }
 * ```
 */
export async function createSpawner(
  { only }: CreateSpawnerOptions = {},
): Promise<Spawner> {
  if (only !== "portable" && Deno.build.os === "linux") {
    const { NativeSpawner } = await import("./native_spawner.ts");
    const native = NativeSpawner.create();
    if (native !== undefined) return native;
  }
  if (only === "native") {
    throw new Deno.errors.NotSupported("No C library to start programs with");
  }
  const { createPortableSpawner } = await import("./portable_spawner.ts");
  return createPortableSpawner();
}
