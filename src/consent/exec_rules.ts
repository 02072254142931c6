import {
  matches,
  type PrefixRule,
  type RuleDecision,
  type Rules,
} from "./parse_rules.ts";
import type { SimpleCommand } from "./parse_script.ts";
import { nameOf } from "./read_script.ts";

/** What rules say about a command. */
export interface RuleVerdict {
  /** The strictest decision. */
  readonly decision: RuleDecision;
  /** Why, if the rule says. */
  readonly justification: string | undefined;
  /** The words that matched. */
  readonly prefix: readonly string[];
}

const strictness: readonly RuleDecision[] = ["allow", "prompt", "forbidden"];

/** Rules about commands. Does not change; what is added makes new ones. */
export class ExecRules {
  readonly #rules: Rules;

  /** Some rules; none by default. */
  constructor(rules: Rules = { prefixes: [], programs: new Map() }) {
    this.#rules = rules;
  }

  /** These rules, and one that allows all commands that begin in a way. */
  withAllowed(prefix: readonly string[]): ExecRules {
    if (prefix.length === 0) return this;
    const { prefixes, programs } = this.#rules;
    const rule: PrefixRule = {
      pattern: prefix.map((word) => [word]),
      decision: "allow",
      justification: undefined,
    };
    return new ExecRules({ prefixes: [...prefixes, rule], programs });
  }

  /**
   * What the rules say about one simple command: of all that fit, the strictest,
   * and of those the longest. Nothing if none fits.
   */
  judge(command: SimpleCommand): RuleVerdict | undefined {
    let best: PrefixRule | undefined;
    for (const rule of this.#rules.prefixes) {
      if (this.#fits(rule, command) && isStricter(rule, best)) best = rule;
    }
    if (best === undefined) return undefined;
    const { decision, justification, pattern } = best;
    return {
      decision,
      justification,
      prefix: command.slice(0, pattern.length),
    };
  }

  /**
   * A name in a rule stands for programs of that name wherever they are, as far
   * as it restricts. It allows only those that the system would find, or that
   * the rules say it stands for: anybody may put another one somewhere.
   */
  #fits(rule: PrefixRule, command: SimpleCommand): boolean {
    if (matches(rule, command)) return true;
    const [program = "", ...args] = command;
    if (!program.startsWith("/")) return false;
    const name = nameOf(program);
    const paths = this.#rules.programs.get(name);
    const isIt = paths?.includes(program) ?? rule.decision !== "allow";
    return isIt && matches(rule, [name, ...args]);
  }
}

function isStricter(rule: PrefixRule, other: PrefixRule | undefined): boolean {
  if (other === undefined) return true;
  const [mine, others] = [rule, other].map(({ decision }) =>
    strictness.indexOf(decision)
  ) as [number, number];
  return mine > others ||
    mine === others && rule.pattern.length > other.pattern.length;
}
