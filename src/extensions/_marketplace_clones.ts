import {
  clone,
  type GitOptions,
  type GitSource,
  readHead,
  readRemoteHead,
} from "./_git.ts";

/** Marketplaces that are clones of git repositories. */
export class MarketplaceClones {
  /** Directory that they lie in, each by its name. */
  readonly root: string;
  readonly #home: string;

  /** @param home Absolute path of `CODEX_HOME`. */
  constructor(home: string) {
    this.#home = home;
    this.root = `${home}/.tmp/marketplaces`;
  }

  /** Whether there is one of that name. */
  async has(name: string): Promise<boolean> {
    try {
      await Deno.stat(`${this.root}/${name}`);
      return true;
    } catch {
      return false;
    }
  }

  /** Removes the one of that name; gives the directory that it was in. */
  async remove(name: string): Promise<string> {
    const root = `${this.root}/${name}`;
    await Deno.remove(root, { recursive: true });
    return root;
  }

  /** Whether a clone shows what its repository shows now. */
  async isCurrent(
    git: GitSource,
    root: string,
    options: GitOptions,
  ): Promise<boolean> {
    const remote = await readRemoteHead(git, this.#home, options);
    const local = await readHead(root, options).catch(() => undefined);
    return remote === local;
  }

  /** Clones into a directory that is gone afterwards, unless it was moved. */
  async fetch<T>(
    git: GitSource,
    options: GitOptions,
    use: (checkout: string) => Promise<T>,
  ): Promise<T> {
    const staging = `${this.root}/.staging/${crypto.randomUUID()}`;
    await Deno.mkdir(staging, { recursive: true });
    try {
      const checkout = `${staging}/checkout`;
      await clone(git, checkout, options);
      return await use(checkout);
    } finally {
      await Deno.remove(staging, { recursive: true }).catch(() => {});
    }
  }

  /** Puts what was cloned in the place of what was there before. */
  async replace(checkout: string, name: string): Promise<string> {
    const root = `${this.root}/${name}`;
    await Deno.remove(root, { recursive: true }).catch(() => {});
    await Deno.rename(checkout, root);
    return root;
  }
}
