import { dirname, join } from "./_paths.ts";

/** The real path of what is there; nothing if nothing is. */
export async function realPath(path: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(path);
  } catch {
    return undefined;
  }
}

/** Where a path leads or would lead: real as far as it exists. */
export async function realPlace(path: string): Promise<string> {
  const missing: string[] = [];
  for (let at = path; at !== "/"; at = dirname(at)) {
    const real = await realPath(at);
    if (real !== undefined) return missing.reduceRight(join, real);
    missing.push(at.slice(at.lastIndexOf("/") + 1));
  }
  return missing.reduceRight(join, "/");
}
