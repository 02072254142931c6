import type { Config } from "../config/mod.ts";
import { appendAllowed, type ExecRules, loadRules } from "../consent/mod.ts";
import type { Logger } from "../telemetry/mod.ts";

/** Where rules about commands stand. */
export interface RuleBookOptions {
  /** Absolute path of `CODEX_HOME`. */
  readonly home: string;
  /** Says which projects are trusted. */
  readonly config: Config;
  readonly log: Logger;
  /** Directory of the administrator's rules. Default: `/etc/codex/rules`. */
  readonly systemRules?: string | undefined;
  /** Whether only those of the administrator count. Default: false. */
  readonly ignoresRules?: boolean;
}

/**
 * The rules about commands: the administrator's, the user's, and those of a
 * trusted project. Of what stands in the project above the working directory,
 * commands of a wider workspace may have written some: it restricts only.
 */
export class RuleBook {
  readonly #options: RuleBookOptions;
  /** What was wrong when it was last read, so that it is said once. */
  #problems = "";

  /** Reads nothing yet. */
  constructor(options: RuleBookOptions) {
    this.#options = options;
  }

  /** Where rules are kept that people agree to. */
  get path(): string {
    return `${this.#options.home}/rules/default.rules`;
  }

  /** The rules as they stand now; others may have added to them. */
  async read(cwd: string): Promise<ExecRules> {
    const { home, config, log } = this.#options;
    const { systemRules = "/etc/codex/rules", ignoresRules } = this.#options;
    const root = await findProjectRoot(cwd);
    const isTrusted = (directory: string) => {
      const levels = [directory, root].map((one) =>
        config.get(["projects", one, "trust_level"])
      );
      return levels.find((level) => level !== undefined) === "trusted";
    };
    const above = toAncestors(cwd, root).filter(isTrusted);
    const { rules, problems } = await loadRules(
      ignoresRules ? [systemRules] : [
        systemRules,
        `${home}/rules`,
        ...above.map((one) => ({ restricting: `${one}/.codex/rules` })),
        ...isTrusted(cwd) ? [`${cwd}/.codex/rules`] : [],
      ],
    );
    const text = JSON.stringify(problems);
    if (text !== this.#problems && problems.length > 0) {
      log.warn("rules about commands can't be read, so none allows any", {
        problems: problems.map(({ path, message }) => `${path}: ${message}`),
      });
    }
    this.#problems = text;
    return rules;
  }

  /**
   * Keeps a rule that allows all commands that begin in a way.
   *
   * @throws {Error} if it can't be kept.
   */
  async allow(prefix: readonly string[]): Promise<void> {
    await appendAllowed(this.path, prefix);
  }
}

/** The nearest directory that is a repository, else this one. */
async function findProjectRoot(cwd: string): Promise<string> {
  for (const directory of [cwd, ...toAncestors(cwd, "/").toReversed()]) {
    // An empty `.git` is what a sandbox leaves where it forbade to make one.
    for (const name of [".git/HEAD", ".git"]) {
      const found = await Deno.stat(`${directory}/${name}`).catch(() => null);
      if (found?.isFile) return directory;
    }
  }
  return cwd;
}

/** The directories above one, from `top` on; without itself. */
function toAncestors(directory: string, top: string): string[] {
  const above: string[] = [];
  let at = directory;
  while (at !== top && at.startsWith("/") && at !== "/") {
    at = at.slice(0, at.lastIndexOf("/")) || "/";
    above.unshift(at);
  }
  return above;
}
