import { isWithin, joinNames } from "./_names.ts";
import { resolvePlace, resolveTarget } from "./_real_path.ts";

/** What one pair of flags says: `--allow-read` and `--deny-read`, say. */
export interface TerritoryRules {
  readonly allow: true | readonly string[] | undefined;
  readonly deny: true | readonly string[] | undefined;
}

/** Which flag stands against a path, in words. */
export interface Objection {
  readonly flag: string;
  readonly reason: string;
}

/** Real paths where one kind of access is allowed; each with all below it. */
export interface Bounds {
  /** Where it is allowed. */
  readonly allowed: "all" | readonly string[];
  /** Where it is not, even so. */
  readonly denied: readonly string[];
}

/** Where one kind of access is allowed. */
export class Territory {
  /** Whether any rule has to be looked at. */
  readonly isRestricted: boolean;
  readonly #verb: "read" | "write";
  readonly #rules: TerritoryRules;
  readonly #allowed: readonly string[] | undefined;
  readonly #denied: Set<string>;
  /** Denied paths that did not exist when they were last looked for. */
  readonly #awaited: Set<string>;

  private constructor(
    verb: "read" | "write",
    rules: TerritoryRules,
    allowed: readonly string[] | undefined,
    denied: Set<string>,
    awaited: Set<string>,
  ) {
    this.#verb = verb;
    this.#rules = rules;
    this.#allowed = allowed;
    this.#denied = denied;
    this.#awaited = awaited;
    this.isRestricted = allowed !== undefined || rules.deny === true ||
      denied.size > 0;
  }

  static async create(
    verb: "read" | "write",
    rules: TerritoryRules,
    cwd: string,
  ): Promise<Territory> {
    const named = (list: readonly string[]) => list.map((p) => toNamed(p, cwd));
    const { allow, deny } = rules;
    let allowed: string[] | undefined;
    // A path that is missing counts under the place that its name leads to
    // now. It is not followed if it turns up as a link one day: whoever may
    // write beside it could widen the rule that way.
    if (Array.isArray(allow)) {
      const resolved = await Promise.all(named(allow).map(resolveTarget));
      allowed = resolved.map(({ path }) => path);
    }
    const denied = new Set<string>();
    const awaited = new Set<string>();
    if (Array.isArray(deny)) {
      for (const path of named(deny)) {
        denied.add((await resolvePlace(path)).path);
        awaited.add(path);
      }
    }
    const territory = new Territory(verb, rules, allowed, denied, awaited);
    await territory.refresh();
    return territory;
  }

  /** Looks whether denied paths that were missing lead somewhere by now. */
  async refresh(): Promise<void> {
    for (const path of this.#awaited) {
      try {
        this.#denied.add(await Deno.realPath(path));
        this.#awaited.delete(path);
      } catch {
        // Still missing: until then its name alone is denied.
        this.#denied.add((await resolveTarget(path)).path);
      }
    }
  }

  /** The rules as real paths. */
  get bounds(): Bounds {
    if (this.#rules.deny === true) return { allowed: [], denied: [] };
    return { allowed: this.#allowed ?? "all", denied: [...this.#denied] };
  }

  /** What stands against a real path; with `tree`, against anything below. */
  objection(real: string, tree: boolean): Objection | undefined {
    const verb = this.#verb;
    if (this.#rules.deny === true) {
      return { flag: `--deny-${verb}`, reason: `is covered by --deny-${verb}` };
    }
    for (const denied of this.#denied) {
      const covers = isWithin(denied, real);
      if (!covers && !(tree && isWithin(real, denied))) continue;
      const words = covers
        ? "is covered by"
        : "holds a path that is covered by";
      return {
        flag: `--deny-${verb}`,
        reason: `${words} --deny-${verb}=${toList(this.#rules.deny)}`,
      };
    }
    if (this.#allowed?.some((root) => isWithin(root, real)) ?? true) return;
    return {
      flag: `--allow-${verb}`,
      reason: `is outside --allow-${verb}=${toList(this.#rules.allow)}`,
    };
  }
}

function toNamed(path: string, cwd: string): string {
  return joinNames(path.startsWith("/") ? "/" : cwd, path.split("/"));
}

function toList(paths: TerritoryRules["allow"]): string {
  return Array.isArray(paths) ? paths.join(",") : "";
}
