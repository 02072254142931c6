import { findCodex } from "../kit/find_codex.ts";
import { install, type Installed } from "./installed.ts";

/**
 * The program of `@openai/codex` in a version: the one that is here
 * (`GANGWAY_CODEX`, or `codex` on the PATH), else the package's own. That is
 * some hundred megabytes, so it is only fetched where `GANGWAY_CLIENTS` is set.
 */
export async function installCodex(version: string): Promise<Installed> {
  const found = await findCodex(version);
  if (found !== undefined) return { directory: found };
  const packages = { "@openai/codex": version };
  const { directory, missing } = await install({
    packages,
    withOptional: true,
    isLarge: true,
  });
  return missing === undefined
    ? { directory: `${directory}/node_modules/.bin/codex` }
    : { missing };
}
