import { install, type Installed } from "./installed.ts";

/**
 * The program of `@openai/codex` in a version: the one that `GANGWAY_CODEX`
 * names where it is of that version, else the package's own. That is some
 * hundred megabytes, so it is only fetched where `GANGWAY_CLIENTS` is set.
 */
export async function installCodex(version: string): Promise<Installed> {
  const given = Deno.env.get("GANGWAY_CODEX");
  if (given !== undefined && await readVersion(given) === version) {
    return { directory: given };
  }
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

async function readVersion(program: string): Promise<string | undefined> {
  const { stdout } = await new Deno.Command(program, { args: ["--version"] })
    .output();
  return /\d+\.\d+\.\d+/.exec(new TextDecoder().decode(stdout))?.[0];
}
