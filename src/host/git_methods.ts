import { type ErrandResult, runProgram } from "../exec/mod.ts";
import { type GitDiffToRemoteResponse, RpcError } from "../protocol/mod.ts";
import type { Handlers } from "../rpc/mod.ts";
import type { Host } from "./host.ts";

/** How long one call of git may take in milliseconds. */
const TIMEOUT_MS = 30_000;

/** Most bytes of a diff, and of a list of files. */
const MAX_DIFF_BYTES = 32 * 1024 * 1024;

/** Most files that git does not track, each of which takes a call of its own. */
const MAX_UNTRACKED = 1_000;

/** How many of these calls run at a time. */
const CALLS_AT_ONCE = 8;

/**
 * What the repository itself would have git run is not run: nobody has agreed
 * to it. Filters of its attributes are the exception, for git has no switch.
 */
const careful = [
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "core.quotePath=false",
] as const;

const diff = ["diff", "--no-textconv", "--no-ext-diff", "--binary"] as const;

/** What git knows of a directory. */
export const gitHandlers: Handlers<Host, "gitDiffToRemote"> = {
  async gitDiffToRemote(host, { cwd }, { signal }) {
    const path = cwd.startsWith("/") ? cwd : `${host.cwd}/${cwd}`;
    try {
      await host.access.checkRead(path, { tree: true });
      return await new Repository(host, path, signal).diffToRemote();
    } catch (error) {
      signal.throwIfAborted();
      throw new RpcError(
        -32600,
        `failed to compute git diff to remote for cwd: ${JSON.stringify(cwd)}`,
        { cause: error },
      );
    }
  },
};

class Repository {
  readonly #host: Host;
  readonly #cwd: string;
  readonly #signal: AbortSignal;

  constructor(host: Host, cwd: string, signal: AbortSignal) {
    this.#host = host;
    this.#cwd = cwd;
    this.#signal = signal;
  }

  /** @throws {Error} if there is no repository, no remote or no git. */
  async diffToRemote(): Promise<GitDiffToRemoteResponse> {
    await this.#checkWhole();
    const sha = await this.#findShared();
    const [tracked, untracked] = await Promise.all([
      this.#git([...diff, sha]),
      this.#diffUntracked(),
    ]);
    if (tracked.exitCode > 1) throw failure(tracked);
    return { sha, diff: tracked.stdout + untracked };
  }

  /**
   * A diff shows the whole repository, wherever in it one asks.
   *
   * @throws {AccessDenied} if not all of it may be read.
   */
  async #checkWhole(): Promise<void> {
    const { access } = this.#host;
    if (!access.restrictsReads) return;
    const places = await this.#read([
      "rev-parse",
      "--path-format=absolute",
      "--show-toplevel",
      "--absolute-git-dir",
      "--git-common-dir",
    ]);
    for (const path of places.trimEnd().split("\n")) {
      await access.checkRead(path, { tree: true });
    }
  }

  /** The newest commit that is here and at the remote. */
  async #findShared(): Promise<string> {
    const list = await this.#read([
      "for-each-ref",
      "--format=%(refname)",
      "refs/remotes",
    ]);
    const refs = list.split("\n").filter((ref) => ref !== "");
    if (refs.length === 0) throw new Error("There is no remote branch");
    // The first commit on the way back that some remote branch has too.
    const own = await this.#git([
      "rev-list",
      "--boundary",
      "HEAD",
      "--not",
      "--remotes",
    ]);
    if (own.exitCode !== 0) throw failure(own);
    const shared = own.stdout.split("\n").find((line) => line.startsWith("-"));
    if (shared !== undefined) return shared.slice(1);
    if (own.stdout.trim() !== "") {
      throw new Error("Nothing of this branch is at the remote");
    }
    return (await this.#read(["rev-parse", "HEAD"])).trim();
  }

  async #diffUntracked(): Promise<string> {
    const list = await this.#read([
      "ls-files",
      "--others",
      "--exclude-standard",
      "-z",
    ]);
    const files = list.split("\0").filter((name) => name !== "");
    if (files.length > MAX_UNTRACKED) {
      throw new RangeError(`There are ${files.length} untracked files`);
    }
    const diffs: string[] = [];
    let bytes = 0;
    const next = files.entries();
    await Promise.all(Array.from({ length: CALLS_AT_ONCE }, async () => {
      for (const [index, file] of next) {
        const result = await this.#git(
          [...diff, "--no-index", "--", "/dev/null", file],
        );
        if (result.exitCode > 1) throw failure(result);
        bytes += result.stdout.length;
        if (bytes > MAX_DIFF_BYTES) {
          throw new RangeError("The diff is too long");
        }
        diffs[index] = result.stdout;
      }
    }));
    return diffs.join("");
  }

  async #read(args: readonly string[]): Promise<string> {
    const result = await this.#git(args);
    if (result.exitCode !== 0) throw failure(result);
    return result.stdout;
  }

  async #git(args: readonly string[]): Promise<ErrandResult> {
    const result = await runProgram(this.#host.programs, {
      command: ["git", ...careful, ...args],
      cwd: this.#cwd,
      env: { GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" },
      timeoutMs: TIMEOUT_MS,
      capBytes: MAX_DIFF_BYTES,
    }, { signal: this.#signal });
    if (result.isCut) throw new RangeError("The diff is too long");
    return result;
  }
}

function failure({ exitCode, stderr }: ErrandResult): Error {
  return new Error(`git failed with ${exitCode}: ${stderr.trim()}`);
}
