const MULTIARCH = `${Deno.build.arch}-linux-gnu`;

/** Where the C library of glibc systems lies. */
export const GLIBC_PATHS: readonly string[] = [
  `/lib/${MULTIARCH}/libc.so.6`,
  `/usr/lib/${MULTIARCH}/libc.so.6`,
  "/lib64/libc.so.6",
  "/usr/lib64/libc.so.6",
  "/usr/lib/libc.so.6",
];

/**
 * Opens the C library of glibc on Linux where it is found and granted; nothing
 * elsewhere, and nobody is asked. A library that lacks a function counts as
 * none.
 *
 * @param symbols The functions of it that are wanted.
 */
export function openGlibc<const S extends Deno.ForeignLibraryInterface>(
  symbols: S,
): Deno.DynamicLibrary<S> | undefined {
  if (Deno.build.os !== "linux") return undefined;
  for (const path of GLIBC_PATHS) {
    const grant = Deno.permissions.querySync({ name: "ffi", path });
    if (grant.state !== "granted") continue;
    try {
      return Deno.dlopen(path, symbols);
    } catch {
      // Not there, or too old: perhaps the next one.
    }
  }
  return undefined;
}
