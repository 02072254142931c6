import { findPrograms, type Surroundings } from "./_find_programs.ts";
import { basename } from "./_names.ts";
import { resolvePlace, resolveTarget } from "./_real_path.ts";
import type { Objection } from "./_territory.ts";

/** What `--allow-run` and `--deny-run` say. */
export interface RosterRules {
  readonly allow: true | readonly string[] | undefined;
  readonly deny: true | readonly string[] | undefined;
}

/** Which programs may be run. */
export class Roster {
  /** Whether any rule has to be looked at. */
  readonly isRestricted: boolean;
  readonly #rules: RosterRules;
  readonly #around: Surroundings;
  /** Name and real path of each program that is allowed. */
  readonly #allowed: ReadonlySet<string> | undefined;
  /** Real paths of programs that were found under a denied name once. */
  readonly #denied = new Set<string>();

  private constructor(
    rules: RosterRules,
    around: Surroundings,
    allowed: ReadonlySet<string> | undefined,
  ) {
    this.#rules = rules;
    this.#around = around;
    this.#allowed = allowed;
    const { deny } = rules;
    this.isRestricted = allowed !== undefined || deny === true ||
      (deny?.length ?? 0) > 0;
  }

  /** @param around Where names and relative paths of the rules lead. */
  static async create(
    rules: RosterRules,
    around: Surroundings,
  ): Promise<Roster> {
    let allowed: Set<string> | undefined;
    if (Array.isArray(rules.allow)) {
      allowed = new Set();
      for (const program of rules.allow) {
        for await (const file of findPrograms(program, around)) {
          allowed.add(await toKey(file));
          break; // what the server itself would run
        }
      }
    }
    const roster = new Roster(rules, around, allowed);
    await roster.#refresh();
    return roster;
  }

  /** The flag that restricts most. */
  get flag(): string {
    return this.#allowed === undefined ? "--deny-run" : "--allow-run";
  }

  /** What stands against running the file at an absolute path. */
  async objection(file: string): Promise<Objection | undefined> {
    const { allow, deny } = this.#rules;
    if (deny === true) {
      return { flag: "--deny-run", reason: "is covered by --deny-run" };
    }
    await this.#refresh();
    const { path: real } = await resolveTarget(file);
    const names = [basename(file), basename(real)];
    if (this.#denied.has(real) || deny?.some((name) => names.includes(name))) {
      return {
        flag: "--deny-run",
        reason: `is covered by --deny-run=${toList(deny)}`,
      };
    }
    if (this.#allowed?.has(await toKey(file)) ?? true) return undefined;
    return {
      flag: "--allow-run",
      reason: `is outside --allow-run=${toList(allow)}`,
    };
  }

  /** Looks what denied names and paths lead to by now; never forgets any. */
  async #refresh(): Promise<void> {
    const { deny } = this.#rules;
    if (!Array.isArray(deny)) return;
    for (const program of deny) {
      for await (const file of findPrograms(program, this.#around)) {
        this.#denied.add((await resolveTarget(file)).path);
      }
    }
  }
}

/**
 * What an allowed program is known by. Some files are many programs and look at
 * the name they were started by (busybox), so the file alone does not do.
 */
async function toKey(file: string): Promise<string> {
  const { path } = await resolveTarget(file);
  return `${basename((await resolvePlace(file)).path)}\0${path}`;
}

function toList(programs: RosterRules["allow"]): string {
  return Array.isArray(programs) ? programs.join(",") : "";
}
