import type { Client } from "../client/mod.ts";
import type { ConfigValues } from "../protocol/mod.ts";

/**
 * Has a project trusted from now on: the repository that the directory is of.
 *
 * @throws {Error} if somebody has said that it is not.
 * @throws {RpcError} if that can't be written.
 */
export async function trustProject(client: Client, cwd: string): Promise<void> {
  const root = await findRoot(cwd) ?? cwd;
  const { config } = await client.request("config/read", {});
  const level = toLevel(config, root);
  if (level === "trusted") return;
  if (level !== undefined) {
    throw new Error(
      `Project "${root}" is marked as ${level}; that has to be changed first`,
    );
  }
  await client.request("config/value/write", {
    keyPath: "projects",
    value: { [root]: { trust_level: "trusted" } },
    mergeStrategy: "upsert",
  });
}

/** Whether anybody has said what the project around a directory is. */
export async function isJudged(
  config: ConfigValues,
  cwd: string,
): Promise<boolean> {
  const root = await findRoot(cwd) ?? cwd;
  return [cwd, root].some((path) => toLevel(config, path) !== undefined);
}

function toLevel(config: ConfigValues, path: string): unknown {
  const projects = config["projects"] as
    | { [path: string]: { trust_level?: unknown } }
    | undefined;
  return projects?.[path]?.trust_level;
}

async function findRoot(directory: string): Promise<string | undefined> {
  // An empty `.git` is what a sandbox leaves where it forbade to make one.
  for (const name of [".git/HEAD", ".git"]) {
    const found = await Deno.stat(`${directory}/${name}`).catch(() => null);
    if (found?.isFile) return directory;
  }
  const parent = await Deno.realPath(`${directory}/..`);
  return parent === directory ? undefined : await findRoot(parent);
}
