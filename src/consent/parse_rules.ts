import {
  type Position,
  RuleSyntaxError,
  type Token,
  toTokens,
} from "./rule_lexer.ts";
import type { SimpleCommand } from "./parse_script.ts";

/** What a rule says about a command; later ones are stricter. */
export type RuleDecision = "allow" | "prompt" | "forbidden";

/** A rule about commands that begin in some way. */
export interface PrefixRule {
  /** First words; each is one of some. */
  readonly pattern: readonly (readonly string[])[];
  /** What it says. */
  readonly decision: RuleDecision;
  /** Why, for people and models. */
  readonly justification: string | undefined;
}

/** What rules files say. */
export interface Rules {
  /** About commands. */
  readonly prefixes: readonly PrefixRule[];
  /** Paths that stand for a program, by its name. */
  readonly programs: ReadonlyMap<string, readonly string[]>;
}

/** A value in a rules file. */
type Value = string | Value[];

/** An argument of a call. */
interface Argument {
  readonly name: string | undefined;
  readonly value: Value;
  readonly position: Position;
}

/**
 * Reads a rules file: calls of `prefix_rule` and `host_executable` with strings
 * and lists of them, as Starlark writes them. `network_rule` is read and left
 * alone. Nothing else of that language is understood.
 *
 * @throws {SyntaxError} with line and column, also for a rule that contradicts
 * its own examples.
 */
export function parseRules(source: string): Rules {
  return new RuleReader(toTokens(source)).read();
}

/** Whether a command begins as a pattern says, word by word. */
export function matches(
  { pattern }: Pick<PrefixRule, "pattern">,
  command: SimpleCommand,
): boolean {
  return pattern.length <= command.length &&
    pattern.every((words, at) => words.includes(command[at]!));
}

class RuleReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): Rules {
    const prefixes: PrefixRule[] = [];
    const programs = new Map<string, readonly string[]>();
    while (this.#next.kind !== "end") {
      if (this.#takeSign(";")) continue;
      const name = this.#take("name");
      const args = this.#readArguments();
      switch (name.text) {
        case "prefix_rule":
          prefixes.push(toRule(args, name));
          break;
        case "host_executable": {
          const [program, paths] = toProgram(args, name);
          programs.set(program, paths);
          break;
        }
        case "network_rule":
          break;
        default:
          throw new RuleSyntaxError(`unknown function '${name.text}'`, name);
      }
    }
    return { prefixes, programs };
  }

  get #next(): Token {
    return this.#tokens[this.#at]!;
  }

  #take(kind: Token["kind"], text?: string): Token {
    const token = this.#next;
    if (token.kind !== kind || text !== undefined && token.text !== text) {
      throw new RuleSyntaxError(
        `expected ${text === undefined ? `a ${kind}` : `'${text}'`}, ` +
          `found '${token.text}'`,
        token,
      );
    }
    this.#at++;
    return token;
  }

  #takeSign(text: string): boolean {
    const isThere = this.#next.kind === "sign" && this.#next.text === text;
    if (isThere) this.#at++;
    return isThere;
  }

  #readArguments(): Argument[] {
    this.#take("sign", "(");
    return this.#readList(")", () => {
      const position = this.#next;
      let name: string | undefined;
      if (position.kind === "name") {
        name = this.#take("name").text;
        this.#take("sign", "=");
      }
      return { name, value: this.#readValue(), position };
    });
  }

  #readValue(): Value {
    if (this.#takeSign("[")) {
      return this.#readList("]", () => this.#readValue());
    }
    return this.#take("string").text;
  }

  #readList<T>(end: string, readOne: () => T): T[] {
    const list: T[] = [];
    while (!this.#takeSign(end)) {
      list.push(readOne());
      if (this.#takeSign(end)) break;
      this.#take("sign", ",");
    }
    return list;
  }
}

const parameters = [
  "pattern",
  "decision",
  "match",
  "not_match",
  "justification",
];
const decisions = ["allow", "prompt", "forbidden"];

/** Arguments by name; those without one by their place. */
function toNamed(
  args: readonly Argument[],
  names: readonly string[],
): Map<string, Argument> {
  const values = new Map<string, Argument>();
  for (const [at, arg] of args.entries()) {
    const name = arg.name ?? names[at];
    if (name === undefined || !names.includes(name)) {
      throw new RuleSyntaxError(
        `there is no parameter '${name ?? at}'`,
        arg.position,
      );
    }
    if (values.has(name)) {
      throw new RuleSyntaxError(`'${name}' is given twice`, arg.position);
    }
    values.set(name, arg);
  }
  return values;
}

function toProgram(
  args: readonly Argument[],
  position: Position,
): [name: string, paths: readonly string[]] {
  const values = toNamed(args, ["name", "paths"]);
  const name = values.get("name")?.value;
  const paths = values.get("paths")?.value;
  const isGood = typeof name === "string" && Array.isArray(paths) &&
    paths.every((path) => typeof path === "string");
  if (!isGood) {
    throw new RuleSyntaxError("expected a name and a list of paths", position);
  }
  return [name, paths as string[]];
}

function toRule(args: readonly Argument[], position: Position): PrefixRule {
  const values = toNamed(args, parameters);
  const pattern = toPattern(values.get("pattern"), position);
  const decision = values.get("decision")?.value ?? "allow";
  if (typeof decision !== "string" || !decisions.includes(decision)) {
    throw new RuleSyntaxError(
      `invalid decision: ${String(decision)}`,
      values.get("decision")!.position,
    );
  }
  const justification = values.get("justification");
  if (justification !== undefined) expectText(justification);
  const rule: PrefixRule = {
    pattern,
    decision: decision as RuleDecision,
    justification: justification?.value as string | undefined,
  };
  checkExamples(rule, values.get("match"), true);
  checkExamples(rule, values.get("not_match"), false);
  return rule;
}

function toPattern(
  arg: Argument | undefined,
  position: Position,
): (readonly string[])[] {
  const fail = (reason: string) =>
    new RuleSyntaxError(reason, arg?.position ?? position);
  if (arg === undefined || !Array.isArray(arg.value)) {
    throw fail("pattern must be a list");
  }
  if (arg.value.length === 0) throw fail("pattern cannot be empty");
  return arg.value.map((word) => {
    const words = typeof word === "string" ? [word] : word;
    const isPlain = words.length > 0 &&
      words.every((one) => typeof one === "string");
    if (!isPlain) throw fail("pattern must hold strings or lists of them");
    return words as string[];
  });
}

function expectText({ value, position }: Argument): void {
  if (typeof value === "string" && value.trim() !== "") return;
  throw new RuleSyntaxError("justification cannot be empty", position);
}

function checkExamples(
  rule: PrefixRule,
  examples: Argument | undefined,
  isExpected: boolean,
): void {
  if (examples === undefined) return;
  const { value, position } = examples;
  if (!Array.isArray(value)) {
    throw new RuleSyntaxError("examples must be a list", position);
  }
  for (const example of value) {
    const words = typeof example === "string"
      ? example.split(/\s+/).filter((word) => word !== "")
      : example.filter((word) => typeof word === "string");
    if (matches(rule, words) === isExpected) continue;
    const what = isExpected ? "does not match" : "matches";
    throw new RuleSyntaxError(
      `rule ${what} its example '${words.join(" ")}'`,
      position,
    );
  }
}
