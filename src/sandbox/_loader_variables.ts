/**
 * Variables that make a dynamic loader, the C library or a shell load code or
 * write files before a program's first line: as a client sets them they must
 * reach the command alone, not the programs outside that build its box.
 */
export function isForLoader(name: string): boolean {
  return name.startsWith("LD_") || name.startsWith("DYLD_") ||
    name.startsWith("MALLOC_") || name.startsWith("BASH_FUNC_") ||
    named.has(name) || forShells.has(name);
}

/** Bash as `sh` runs what stands in PS4 if SHELLOPTS says `xtrace`. */
const forShells: ReadonlySet<string> = new Set([
  "BASHOPTS",
  "BASH_ENV",
  "BASH_XTRACEFD",
  "ENV",
  "PS4",
  "SHELLOPTS",
]);

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
