import { type GitInfo, resolvePath } from "../protocol/mod.ts";

/** Bytes of a file of git that are read; its own are far smaller. */
const MAX_BYTES = 1024 * 1024;

/**
 * What git knows of the place where a thread begins, read from its files: no
 * program is started for it, and nothing of the repository is run. Credentials
 * in an address are left out.
 *
 * @param mayRead Refuses, by a throw, what must not be read.
 * @returns Null outside of a repository, and for one that can't be read.
 */
export async function readGitInfo(
  cwd: string,
  mayRead: (path: string) => Promise<unknown> = () => Promise.resolve(),
): Promise<GitInfo | null> {
  const read = async (path: string): Promise<string | null> => {
    try {
      await mayRead(path);
      const { isFile, size } = await Deno.stat(path);
      if (!isFile || size > MAX_BYTES) return null;
      return await Deno.readTextFile(path);
    } catch {
      return null;
    }
  };
  const directory = await findDirectory(cwd, read);
  if (directory === null) return null;
  const head = (await read(`${directory}/HEAD`))?.trim();
  if (head === undefined) return null;
  const shared = await read(`${directory}/commondir`);
  const common = shared === null
    ? directory
    : resolvePath(directory, shared.trim());
  const reference = /^ref: (.+)$/.exec(head)?.[1] ?? null;
  const config = await read(`${common}/config`);
  return {
    sha: reference === null ? toSha(head) : await resolveReference(
      reference,
      [directory, common],
      read,
    ),
    branch: /^refs\/heads\/(.+)$/.exec(reference ?? "")?.[1] ?? null,
    originUrl: config === null ? null : toOrigin(config),
  };
}

type Read = (path: string) => Promise<string | null>;

/** The directory of git that a place belongs to. */
async function findDirectory(cwd: string, read: Read): Promise<string | null> {
  for (let place = resolvePath("/", cwd);; place = toParent(place)) {
    const dotGit = resolvePath(place, ".git");
    if (await read(`${dotGit}/HEAD`) !== null) return dotGit;
    // Of a work tree, or a submodule, it is elsewhere.
    const pointer = /^gitdir: (.+)$/m.exec(await read(dotGit) ?? "")?.[1];
    if (pointer !== undefined) return resolvePath(place, pointer.trim());
    if (place === "/") return null;
  }
}

function toParent(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

async function resolveReference(
  reference: string,
  directories: readonly string[],
  read: Read,
): Promise<string | null> {
  // A name made up to lead out of the repository leads nowhere.
  if (reference.split("/").includes("..")) return null;
  for (const directory of directories) {
    const loose = await read(`${directory}/${reference}`);
    if (loose !== null) return toSha(loose.trim());
  }
  const packed = await read(`${directories.at(-1)}/packed-refs`) ?? "";
  for (const line of packed.split("\n")) {
    const [sha, name] = line.trimEnd().split(" ");
    if (name === reference && sha !== undefined) return toSha(sha);
  }
  return null;
}

function toSha(text: string): string | null {
  return /^[\da-f]{40}(?:[\da-f]{24})?$/.test(text) ? text : null;
}

function toOrigin(config: string): string | null {
  let isOrigin = false;
  for (const line of config.split("\n")) {
    const section = /^\s*\[(.+)\]\s*$/.exec(line)?.[1];
    if (section !== undefined) isOrigin = section === 'remote "origin"';
    const url = /^\s*url\s*=\s*"?([^"]+?)"?\s*$/.exec(line)?.[1];
    if (isOrigin && url !== undefined) return withoutCredentials(url);
  }
  return null;
}

function withoutCredentials(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@]*@/, "$1");
}

/** As it stands in rollouts, where what is not known is left out. */
export function toStoredGit({ sha, branch, originUrl }: GitInfo): object {
  return {
    ...sha !== null && { commit_hash: sha },
    ...branch !== null && { branch },
    ...originUrl !== null && { repository_url: originUrl },
  };
}
