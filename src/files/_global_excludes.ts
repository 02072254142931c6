import type { IgnoreRules } from "./_ignore_rules.ts";
import { readRules } from "./_ignore_chain.ts";

/** Where a user's configuration lies. */
export interface UserPlaces {
  /** `HOME`. */
  readonly home: string | undefined;
  /** `XDG_CONFIG_HOME`. */
  readonly config: string | undefined;
}

/** What the user has git leave out everywhere: `core.excludesFile`. */
export function readGlobalExcludes(
  { home, config }: UserPlaces,
): IgnoreRules | undefined {
  const places = config || home && `${home}/.config`;
  const named = home && findExcludesFile(`${home}/.gitconfig`) ||
    places && findExcludesFile(`${places}/git/config`);
  const file = named || places && `${places}/git/ignore`;
  if (!file) return undefined;
  return readRules(
    file.startsWith("~/") && home ? `${home}${file.slice(1)}` : file,
  );
}

function findExcludesFile(path: string): string | undefined {
  let section = "";
  try {
    for (const line of Deno.readTextFileSync(path).split("\n")) {
      section = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)?.[1]?.toLowerCase() ??
        section;
      if (section !== "core") continue;
      const value = /^\s*excludesfile\s*=\s*(.*?)\s*$/i.exec(line)?.[1];
      if (value) return value.replace(/^"(.*)"$/, "$1");
    }
  } catch {
    // No such file, or none that may be read.
  }
  return undefined;
}
