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
}

/** The rules about commands: the user's, and those of a trusted project. */
export class RuleBook {
  readonly #options: RuleBookOptions;
  /** What was wrong when it was last read, so that it is said once. */
  #problems = "";

  /** Reads nothing yet. */
  constructor(options: RuleBookOptions) {
    this.#options = options;
  }

  /** The rules as they stand now; others may have added to them. */
  async read(cwd: string): Promise<ExecRules> {
    const { home, config, log } = this.#options;
    const trust = config.get(["projects", cwd, "trust_level"]);
    const { rules, problems } = await loadRules([
      `${home}/rules`,
      ...trust === "trusted" ? [`${cwd}/.codex/rules`] : [],
    ]);
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
    await appendAllowed(`${this.#options.home}/rules/default.rules`, prefix);
  }
}
