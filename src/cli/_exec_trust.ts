import { dirname } from "node:path";
import type { Client } from "../client/mod.ts";

/**
 * Has a project trusted from now on: the repository that the directory is of.
 *
 * @throws {Error} if somebody has said that it is not.
 * @throws {RpcError} if that can't be written.
 */
export async function trustProject(client: Client, cwd: string): Promise<void> {
  const root = await findRoot(cwd) ?? cwd;
  const { config } = await client.request("config/read", {});
  const projects = config["projects"] as
    | { [path: string]: { trust_level?: unknown } }
    | undefined;
  const level = projects?.[root]?.trust_level;
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

async function findRoot(directory: string): Promise<string | undefined> {
  try {
    await Deno.lstat(`${directory}/.git`);
    return directory;
  } catch {
    const parent = dirname(directory);
    return parent === directory ? undefined : await findRoot(parent);
  }
}
