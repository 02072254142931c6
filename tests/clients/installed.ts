/** Packages of somebody else's client, or why they are not there. */
export type Installed =
  | { readonly directory: string; readonly missing?: never }
  | { readonly directory?: never; readonly missing: string };

/** What to install. */
export interface Wanted {
  /** Packages and their exact versions. */
  readonly packages: Readonly<Record<string, string>>;
  /** Whether what is optional is wanted too, such as programs of a platform. */
  readonly withOptional?: boolean;
  /** Whether that is too much to fetch unless `GANGWAY_CLIENTS` is set. */
  readonly isLarge?: boolean;
}

/**
 * Installs packages with npm, once: they stay in a cache directory
 * (`GANGWAY_CLIENTS_CACHE`, else one in `XDG_CACHE_HOME` or `~/.cache`). No
 * script of theirs is run.
 */
export async function install(wanted: Wanted): Promise<Installed> {
  const { packages, withOptional = false, isLarge = false } = wanted;
  const cache = toCachePath();
  const name = Object.entries(packages)
    .map(([name, version]) => `${name.replace(/[^\w.]+/g, "-")}-${version}`)
    .join("+");
  const directory = `${cache}/${name}`;
  if (await exists(directory)) return { directory };
  if (isLarge && !Deno.env.has("GANGWAY_CLIENTS")) {
    return { missing: "large; GANGWAY_CLIENTS=required fetches it" };
  }
  await Deno.mkdir(cache, { recursive: true });
  const draft = await Deno.makeTempDir({ dir: cache, prefix: ".draft-" });
  try {
    await Deno.writeTextFile(
      `${draft}/package.json`,
      JSON.stringify({ private: true, dependencies: packages }),
    );
    const missing = await runNpm(draft, [
      ...["install", "--ignore-scripts", "--no-audit", "--no-fund"],
      ...["--no-package-lock", "--loglevel=error"],
      `--fetch-retries=${isRequired() ? 5 : 1}`,
      ...withOptional ? [] : ["--omit=optional"],
    ]);
    if (missing !== undefined) return { missing };
    await Deno.rename(draft, directory).catch(async (error) => {
      // Another test was quicker.
      if (!await exists(directory)) throw error;
    });
    return { directory };
  } finally {
    await Deno.remove(draft, { recursive: true }).catch(() => {});
  }
}

/** Whether a client that is not there fails its tests. */
export function isRequired(): boolean {
  return Deno.env.get("GANGWAY_CLIENTS") === "required";
}

/** The cache of packages. */
function toCachePath(): string {
  const given = Deno.env.get("GANGWAY_CLIENTS_CACHE");
  if (given !== undefined) return given;
  const caches = Deno.env.get("XDG_CACHE_HOME") ??
    `${Deno.env.get("HOME")}/.cache`;
  return `${caches}/gangway-test-clients`;
}

/** Why npm failed, or nothing. */
async function runNpm(
  cwd: string,
  args: readonly string[],
): Promise<string | undefined> {
  try {
    const { success, stderr } = await new Deno.Command("npm", {
      args: [...args],
      cwd,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (success) return undefined;
    const lines = new TextDecoder().decode(stderr).split("\n")
      .filter((line) => line.startsWith("npm error"));
    return `npm could not install it: ${lines.join(" ").slice(0, 200)}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "npm is not installed";
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}
