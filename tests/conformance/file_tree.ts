import { dirname, join } from "node:path";
import type { FileSpec } from "./case.ts";

/** Writes the files of a case below `base`; a trailing slash means a directory. */
export async function plantFiles(
  base: string,
  files: Record<string, FileSpec>,
): Promise<void> {
  for (const [name, spec] of Object.entries(files)) {
    const path = join(base, name);
    if (name.endsWith("/")) {
      await Deno.mkdir(path, { recursive: true });
    } else {
      await Deno.mkdir(dirname(path), { recursive: true });
      await plantFile(path, spec);
    }
    if (spec === null || typeof spec === "string") continue;
    if (spec.mode !== undefined) {
      await Deno.chmod(path, parseInt(spec.mode, 8));
    }
    if (spec.mtimeMs !== undefined) {
      await Deno.utime(path, new Date(spec.mtimeMs), new Date(spec.mtimeMs));
    }
  }
}

async function plantFile(path: string, spec: FileSpec): Promise<void> {
  if (spec === null || typeof spec === "string") {
    await Deno.writeTextFile(path, spec ?? "");
  } else if (spec.symlink !== undefined) {
    await Deno.symlink(spec.symlink, path);
  } else if (spec.fifo === true) {
    await new Deno.Command("mkfifo", { args: [path] }).output();
  } else if (spec.sparse !== undefined) {
    await Deno.writeTextFile(path, "");
    await Deno.truncate(path, spec.sparse);
  } else if (spec.base64 !== undefined) {
    await Deno.writeFile(path, Uint8Array.fromBase64(spec.base64));
  } else {
    const text = spec.repeat?.repeat(spec.times ?? 1) ?? spec.text ?? "";
    await Deno.writeTextFile(path, text);
  }
}
