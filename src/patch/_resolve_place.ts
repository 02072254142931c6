/** As Linux does. */
const MAX_LINKS = 40;

/** Where a path leads. */
export interface ResolvedPlace {
  /** Real path after all links; what is there, or would be. */
  readonly place: string;
  /** Real path of the name itself, which may be a link. */
  readonly entry: string;
}

/**
 * Follows the links of a path. Nothing need be there: what is missing is taken
 * as it is named.
 *
 * @param path Absolute and normalised.
 */
export async function resolvePlace(path: string): Promise<ResolvedPlace> {
  const entry = await toEntry(path);
  let place = entry;
  for (let links = 0; links < MAX_LINKS; links++) {
    const target = await readLink(place);
    if (target === undefined) return { place, entry };
    const start = place.slice(0, place.lastIndexOf("/"));
    place = await toEntry(
      target.startsWith("/") ? target : `${start}/${target}`,
    );
  }
  throw new Deno.errors.FilesystemLoop(
    "Too many levels of symbolic links (os error 40)",
  );
}

/** The path with its directory made real. */
async function toEntry(path: string): Promise<string> {
  const cut = path.lastIndexOf("/");
  const name = path.slice(cut + 1);
  const directory = path.slice(0, cut);
  if (name === "") return "/";
  // What a link says may hold these; the system then means the directory.
  if (name === ".." || name === ".") return await Deno.realPath(path);
  const real = await toRealDirectory(directory);
  return real === "/" ? `/${name}` : `${real}/${name}`;
}

async function toRealDirectory(path: string): Promise<string> {
  if (path === "") return "/";
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const { place } = await resolvePlace(path);
    return place;
  }
}

async function readLink(path: string): Promise<string | undefined> {
  try {
    const info = await Deno.lstat(path);
    return info.isSymlink ? await Deno.readLink(path) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
