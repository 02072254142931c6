import { type MarketplaceAddParams, RpcError } from "../protocol/mod.ts";
import { checkRef, type GitSource, isGitUrl, toGithubUrl } from "./_git.ts";

/** Where a marketplace is to come from. */
export type MarketplaceSource =
  | { readonly type: "local"; readonly root: string }
  | { readonly type: "git"; readonly git: GitSource };

/** Settings of {@linkcode toMarketplaceSource}. */
export interface SourceOptions {
  /** What `~` means, if it is known. */
  readonly userHome: string | undefined;
}

/**
 * What a client means by the source of a marketplace: a directory, `owner/repo`
 * of GitHub, or the URL of a git repository; the last two perhaps with `@ref`
 * or `#ref`.
 *
 * @throws {RpcError} if it means nothing.
 */
export async function toMarketplaceSource(
  { source: asked, refName, sparsePaths }: MarketplaceAddParams,
  { userHome }: SourceOptions,
): Promise<MarketplaceSource> {
  const source = asked.trim();
  if (source === "") {
    throw RpcError.invalidRequest("marketplace source must not be empty");
  }
  const sparse = sparsePaths ?? [];
  if (/^(?:\/|\.\.?(?:\/|$)|~\/)/.test(source)) {
    if (refName != null) refuse("--ref");
    if (sparse.length > 0) refuse("--sparse");
    return { type: "local", root: await toRoot(source, userHome) };
  }
  const found = toGit(source);
  if (found === undefined) {
    throw RpcError.invalidRequest(
      "invalid marketplace source format; expected owner/repo, a git URL, or a local marketplace path",
    );
  }
  const ref = refName?.trim() || found.ref;
  if (ref !== null) checkRef(ref);
  for (const path of sparse) checkSparsePath(path);
  const git: GitSource = {
    url: found.url,
    ref,
    sparsePaths: sparse.length === 0 ? null : sparse,
  };
  return { type: "git", git };
}

function refuse(option: string): never {
  throw RpcError.invalidRequest(
    `${option} is only supported for git marketplace sources`,
  );
}

async function toRoot(
  source: string,
  userHome: string | undefined,
): Promise<string> {
  const path = source.startsWith("~/") && userHome !== undefined
    ? userHome + source.slice(1)
    : source;
  let root: string;
  let isDirectory: boolean;
  try {
    root = await Deno.realPath(path);
    ({ isDirectory } = await Deno.stat(root));
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "No such file or directory (os error 2)"
      : String((error as Error).message);
    throw RpcError.invalidRequest(
      `failed to resolve local marketplace source path: ${reason}`,
    );
  }
  if (isDirectory) return root;
  throw RpcError.invalidRequest(
    "local marketplace source must be a directory, not a file",
  );
}

function toGit(
  source: string,
): { url: string; ref: string | null } | undefined {
  const [, bare, ref = null] = /^([^#]+)(?:#(.+))?$/.exec(source) ?? [];
  if (bare === undefined) return undefined;
  if (isGitUrl(bare)) return { url: toGithubUrl(bare) ?? bare, ref };
  const [, repository = bare, at = null] = /^([^@]+)@(.+)$/.exec(bare) ?? [];
  const url = toGithubUrl(repository);
  return url === undefined ? undefined : { url, ref: ref ?? at };
}

function checkSparsePath(path: string): void {
  const isFine = path !== "" && !path.startsWith("/") &&
    !path.startsWith("-") && !path.includes("\0") &&
    !path.split("/").includes("..");
  if (isFine) return;
  throw RpcError.invalidRequest(
    `invalid sparse path: ${JSON.stringify(path)}`,
  );
}
