import { type ProgramRunner, runProgram } from "../exec/mod.ts";
import { RpcError } from "../protocol/mod.ts";

/** A revision of a repository, or of some of its directories. */
export interface GitSource {
  readonly url: string;
  /** Branch, tag or commit; null for what the repository shows. */
  readonly ref: string | null;
  /** Directories; null for all. */
  readonly sparsePaths: readonly string[] | null;
}

/** Settings of git. */
export interface GitOptions {
  readonly programs: ProgramRunner;
  readonly signal?: AbortSignal;
}

/** Nobody is there to type passwords, and nothing of a clone is to be run. */
const always = [
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "protocol.ext.allow=never",
  "-c",
  "core.fsmonitor=false",
] as const;
const common = {
  env: {
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    // Who was started by git itself, as by a hook, is told of its repository.
    GIT_ALTERNATE_OBJECT_DIRECTORIES: null,
    GIT_COMMON_DIR: null,
    GIT_DIR: null,
    GIT_GRAFT_FILE: null,
    GIT_IMPLICIT_WORK_TREE: null,
    GIT_INDEX_FILE: null,
    GIT_OBJECT_DIRECTORY: null,
    GIT_SHALLOW_FILE: null,
    GIT_WORK_TREE: null,
  },
  timeoutMs: 120_000,
  capBytes: 1024 * 1024,
} as const;

/**
 * Clones a repository.
 *
 * @param directory Absolute; must not exist.
 * @throws {RpcError} what git said.
 */
export async function clone(
  { url, ref, sparsePaths }: GitSource,
  directory: string,
  options: GitOptions,
): Promise<void> {
  checkUrl(url);
  if (ref !== null) checkRef(ref);
  const git = (args: readonly string[], cwd: string) => run(args, cwd, options);
  const above = directory.slice(0, directory.lastIndexOf("/"));
  if (sparsePaths === null) {
    await git(["clone", url, directory], above);
  } else {
    await git(
      ["clone", "--filter=blob:none", "--no-checkout", url, directory],
      above,
    );
    await git(["sparse-checkout", "set", ...sparsePaths], directory);
    if (ref === null) await git(["checkout", "HEAD"], directory);
  }
  if (ref !== null) await git(["checkout", ref], directory);
}

/** The commit that a clone shows. */
export async function readHead(
  directory: string,
  options: GitOptions,
): Promise<string> {
  return (await run(["rev-parse", "HEAD"], directory, options)).trim();
}

/**
 * The commit that a repository shows now.
 *
 * @throws {Error} what git said, on one line.
 */
export async function readRemoteHead(
  { url, ref }: GitSource,
  cwd: string,
  { programs, signal }: GitOptions,
): Promise<string> {
  checkUrl(url);
  if (ref !== null) checkRef(ref);
  const { exitCode, stdout, stderr } = await runProgram(
    programs,
    {
      command: ["git", ...always, "ls-remote", url, ref ?? "HEAD"],
      ...common,
      cwd,
    },
    signal && { signal },
  );
  if (exitCode !== 0) {
    throw new Error(
      `git ls-remote marketplace source failed with status exit status: ` +
        `${exitCode}: ${withoutKeys(stderr.trim())}`,
    );
  }
  // A commit is not listed: it is what it is.
  return /^[0-9a-f]{40,64}/m.exec(stdout)?.[0] ?? ref ?? "";
}

/** Whether a text is the address of a repository, and no option or command. */
export function isGitUrl(url: string): boolean {
  return /^(?:https?|ssh):\/\/[^/\s-][^\s]*$/.test(url) ||
    /^[\w.][\w.-]*@[\w.][\w.-]*:[^\s]+$/.test(url);
}

/** The same, or a repository of this machine. */
export function isGitPlace(url: string): boolean {
  return isGitUrl(url) || /^(?:file:\/\/)?\/[^\s]+$/.test(url);
}

/**
 * The address of a repository of GitHub.
 *
 * @param said `owner/repo`, or its page.
 * @returns Undefined if it means none.
 */
export function toGithubUrl(said: string): string | undefined {
  const [, repository] =
    /^(?:https:\/\/github\.com\/)?([\w.][\w.-]*\/[\w.][\w.-]*?)(?:\.git)?\/?$/
      .exec(said) ?? [];
  return repository === undefined || /(?:^|\/)\.+(?:\/|$)/.test(repository)
    ? undefined
    : `https://github.com/${repository}.git`;
}

/** @throws {RpcError} if git could take it for an option. */
export function checkRef(ref: string): void {
  if (!ref.startsWith("-") && !/[\s\0]/.test(ref)) return;
  throw RpcError.invalidRequest(`invalid git ref: ${JSON.stringify(ref)}`);
}

function checkUrl(url: string): void {
  if (isGitPlace(url)) return;
  throw RpcError.invalidRequest(`invalid git URL: ${JSON.stringify(url)}`);
}

async function run(
  args: readonly string[],
  cwd: string,
  { programs, signal }: GitOptions,
): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(
    programs,
    { command: ["git", ...always, ...args], ...common, cwd },
    signal && { signal },
  );
  if (exitCode === 0) return stdout;
  throw RpcError.internal(
    withoutKeys(
      `git ${args.join(" ")} failed with status exit status: ${exitCode}\n` +
        `stdout:\n${stdout.trim()}\nstderr:\n${stderr.trim()}`,
    ),
  );
}

/** A text without what signs in at the addresses in it: names may be keys. */
function withoutKeys(text: string): string {
  return text.replace(/\b(https?:\/\/)[^/\s@]+@/gi, "$1[REDACTED]@");
}
