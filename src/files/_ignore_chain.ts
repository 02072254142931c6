import { isPlaceholder } from "../protocol/mod.ts";
import { IgnoreRules, type Verdict } from "./_ignore_rules.ts";

/** Largest file of rules in bytes that is read. */
const MAX_RULES_BYTES = 1024 * 1024;

/**
 * What is left out below a directory: `.ignore` files, and in a git repository
 * `.gitignore` files, `.git/info/exclude` and the user's own excludes, each of
 * this directory and those above it. A nearer file wins; `.ignore` wins over
 * all others. The rules of git end where its repository does.
 */
export class IgnoreChain {
  readonly #parent: IgnoreChain | undefined;
  readonly #name: string;
  readonly #own: IgnoreRules | undefined;
  readonly #git: IgnoreRules | undefined;
  readonly #excluded: IgnoreRules | undefined;
  readonly #isRepository: boolean;
  readonly #isInRepository: boolean;
  readonly #global: IgnoreRules | undefined;

  private constructor(
    path: string,
    name: string,
    parent: IgnoreChain | undefined,
    global: IgnoreRules | undefined,
    has: (name: string) => boolean,
  ) {
    const read = (file: string) =>
      has(file) ? readRules(`${path}/${file}`) : undefined;
    this.#parent = parent;
    this.#name = name;
    this.#global = global;
    this.#own = read(".ignore");
    this.#git = read(".gitignore");
    this.#isRepository = has(".git") && !isHeld(`${path}/.git`);
    this.#isInRepository = this.#isRepository ||
      parent !== undefined && parent.#isInRepository;
    this.#excluded = this.#isRepository
      ? readRules(`${path}/.git/info/exclude`)
      : undefined;
  }

  /** The chain of a directory by its path. */
  static of(path: string, global: IgnoreRules | undefined): IgnoreChain {
    const at = (walked: string) => (name: string) =>
      exists(`${walked}/${name}`);
    let walked = "";
    let chain = new IgnoreChain("", "", undefined, global, at(""));
    for (const name of path.split("/").filter((name) => name !== "")) {
      walked += `/${name}`;
      chain = new IgnoreChain(walked, name, chain, global, at(walked));
    }
    return chain;
  }

  /**
   * The chain of a directory in this one.
   *
   * @param has Whether something of that name is in there.
   */
  child(
    path: string,
    name: string,
    has: (name: string) => boolean,
  ): IgnoreChain {
    return new IgnoreChain(path, name, this, this.#global, has);
  }

  /** Whether something in this directory is left out. */
  ignores(name: string, isDirectory: boolean): boolean {
    const own = this.#judgeOwn([name], isDirectory);
    return (own ?? this.#judgeGit([name], isDirectory)) === "ignored";
  }

  #judgeOwn(names: string[], isDirectory: boolean): Verdict {
    const verdict = this.#own?.judge(names, isDirectory);
    const parent = this.#parent;
    if (verdict !== undefined || parent === undefined) return verdict;
    return parent.#judgeOwn([this.#name, ...names], isDirectory);
  }

  /** What git's files say; nothing outside of a repository. */
  #judgeGit(names: string[], isDirectory: boolean): Verdict {
    if (!this.#isInRepository) return undefined;
    const verdict = this.#git?.judge(names, isDirectory);
    if (verdict !== undefined) return verdict;
    if (this.#isRepository) {
      return this.#excluded?.judge(names, isDirectory) ??
        this.#global?.judge(names, isDirectory);
    }
    return this.#parent!.#judgeGit([this.#name, ...names], isDirectory);
  }
}

/** The rules of a file, if it is there and says anything. */
export function readRules(path: string): IgnoreRules | undefined {
  try {
    const { isFile, size } = Deno.statSync(path);
    if (!isFile || size > MAX_RULES_BYTES) return undefined;
    const rules = new IgnoreRules(Deno.readTextFileSync(path));
    return rules.isEmpty ? undefined : rules;
  } catch {
    return undefined;
  }
}

/** Whether what is there only keeps its name from being used. */
function isHeld(path: string): boolean {
  try {
    return isPlaceholder(Deno.lstatSync(path));
  } catch {
    return false; // nobody knows
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
