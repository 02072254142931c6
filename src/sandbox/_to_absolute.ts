import { resolvePath } from "../protocol/mod.ts";
import { InvalidPermission, type Surroundings } from "./permission.ts";

/**
 * A path of a profile by its whole name: `~` is the user's own directory, what
 * is relative starts at `base`.
 *
 * @throws {InvalidPermission} if there is no such directory.
 */
export function toAbsolute(
  path: string,
  { home }: Pick<Surroundings, "home">,
  base: string,
): string {
  if (path === "~" || path.startsWith("~/")) {
    if (home === undefined) {
      throw new InvalidPermission(
        `filesystem path \`${path}\` needs a home directory`,
      );
    }
    return resolvePath(home, path.slice(2));
  }
  return resolvePath(base, path);
}
