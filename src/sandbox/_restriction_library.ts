import { openGlibc } from "../spawn/mod.ts";

/** The C library, as far as restricting takes it. */
export type Library = Deno.DynamicLibrary<typeof SYMBOLS>;

/**
 * Addresses are `usize`, so that a permission for one library is enough:
 * `Deno.UnsafePointer` would need all.
 */
const SYMBOLS = {
  errnoLocation: { name: "__errno_location", parameters: [], result: "usize" },
  copyOut: {
    name: "memcpy",
    parameters: ["buffer", "usize", "usize"],
    result: "usize",
  },
  copyIn: {
    name: "memcpy",
    parameters: ["usize", "buffer", "usize"],
    result: "usize",
  },
  malloc: { parameters: ["usize"], result: "usize" },
  free: { parameters: ["usize"], result: "void" },
  close: { parameters: ["i32"], result: "i32" },
  gettid: { parameters: [], result: "i32" },
  prctl: {
    parameters: ["i32", "usize", "usize", "usize", "usize"],
    result: "i32",
  },
  capset: { parameters: ["buffer", "buffer"], result: "i32" },
  syscall: {
    parameters: ["i64", "i64", "i64", "i64", "i64"],
    result: "i64",
  },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Opens the C library where it is found and granted; nothing elsewhere, and
 * nobody is asked.
 */
export function openLibrary(): Library | undefined {
  return openGlibc(SYMBOLS);
}
