/**
 * Variables that make a dynamic loader or the C library load code or write
 * files before a program's first line: as a client sets them they must reach
 * the command alone, not the program outside that builds its box.
 */
export function isForLoader(name: string): boolean {
  return name.startsWith("LD_") || name.startsWith("DYLD_") ||
    name.startsWith("MALLOC_") || named.has(name);
}

/** As in ld.so(8), "secure-execution mode", and in musl's loader. */
const named: ReadonlySet<string> = new Set([
  "GCONV_PATH",
  "GETCONF_DIR",
  "GLIBC_TUNABLES",
  "HOSTALIASES",
  "LOCALDOMAIN",
  "LOCPATH",
  "MUSL_LOCPATH",
  "NIS_PATH",
  "NLSPATH",
  "RESOLV_HOST_CONF",
  "RES_OPTIONS",
  "TZDIR",
]);
