import { dirname, isWithin, join } from "./_paths.ts";
import { realPath } from "./_real_path.ts";

/** As many links as Linux follows on one way. */
const MAX_LINKS = 40;

/**
 * The paths without those that lead through a link which lies where another of
 * them lets write: whoever is confined may have put it there, and would choose
 * what it opens for the next command.
 *
 * @param meant Writable too, and taken as they are.
 */
export async function withoutPlanted(
  paths: readonly string[],
  meant: readonly string[] = [],
): Promise<string[]> {
  const writable = await Promise.all([...meant, ...paths].map(realPath));
  const isPlanted = async (path: string, own: number): Promise<boolean> => {
    if (writable[own] === undefined || writable[own] === path) return false;
    const links = await linksOn(path);
    return links.some((link) =>
      writable.some((root, at) =>
        at !== own && root !== undefined && root !== link &&
        isWithin(root, link)
      )
    );
  };
  const planted = await Promise.all(
    paths.map((path, at) => isPlanted(path, meant.length + at)),
  );
  return paths.filter((_, at) => !planted[at]);
}

/** Where the links really lie that a path leads through. */
async function linksOn(path: string): Promise<string[]> {
  const links: string[] = [];
  const rest = path.split("/");
  let at = "/";
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      at = dirname(at);
      continue;
    }
    const next = join(at, name);
    const target = await readLink(next);
    if (target === undefined) {
      at = next;
      continue;
    }
    links.push(next);
    if (links.length > MAX_LINKS) break;
    if (target.startsWith("/")) at = "/";
    rest.unshift(...target.split("/"));
  }
  return links;
}

/** Where a link leads; nothing for what is none. */
async function readLink(path: string): Promise<string | undefined> {
  try {
    return await Deno.readLink(path);
  } catch {
    return undefined;
  }
}
