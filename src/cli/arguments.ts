import {
  type Command,
  Invocation,
  type Option,
  toOperandSignature,
  toSignature,
} from "./command.ts";
import {
  checkValue,
  invalidValue,
  missingValue,
  toTip,
} from "./_argument_faults.ts";
import { findSimilar } from "./_similar.ts";
import { UsageError } from "./usage_error.ts";

/** What a command line asks for. */
export type Request =
  | { kind: "help" | "version" | "incomplete"; path: readonly Command[] }
  | { kind: "run"; path: readonly Command[]; invocation: Invocation };

const HELP: Option = { name: "help", short: "h", help: "Print help" };

/** The options of a command with the one that all have. */
export function optionsOf(command: Command): readonly Option[] {
  return [...command.options ?? [], HELP];
}

/**
 * Reads a command line by the table of commands. Options of a command may
 * stand before the name of its sub-command.
 *
 * `parseArgs` of node:util is not used: it knows neither sub-commands nor
 * options with an optional value, and a value that looks like an option would
 * be taken for one.
 *
 * @throws {UsageError} if the table does not allow it.
 */
export function parseArguments(
  root: Command,
  args: readonly string[],
): Request {
  return new ArgumentReader(root, args).read();
}

class ArgumentReader {
  readonly #rest: string[];
  readonly #path: Command[];
  readonly #values = new Map<string, (string | null)[]>();
  readonly #operands: string[] = [];
  readonly #earlier: string[] = [];
  #hasOnlyOperands = false;
  /** Options that this level was given, in order. */
  #given: { option: Option; value: string | null }[] = [];
  #special: "help" | "version" | undefined;

  constructor(root: Command, args: readonly string[]) {
    this.#path = [root];
    this.#rest = [...args];
  }

  read(): Request {
    while (this.#rest.length > 0 && this.#special === undefined) {
      const argument = this.#rest.shift()!;
      if (
        this.#hasOnlyOperands || argument === "-" || !argument.startsWith("-")
      ) {
        this.#takeOperand(argument);
      } else if (argument === "--") this.#hasOnlyOperands = true;
      else if (argument.startsWith("--")) this.#takeLong(argument.slice(2));
      else this.#takeShorts(argument.slice(1));
    }
    const path = this.#path;
    if (this.#special !== undefined) return { kind: this.#special, path };
    this.#finishLevel();
    if (this.#command.load === undefined) return { kind: "incomplete", path };
    this.#checkOperands();
    const invocation = new Invocation(
      this.#values,
      this.#operands,
      this.#earlier,
    );
    return { kind: "run", path, invocation };
  }

  get #command(): Command {
    return this.#path.at(-1)!;
  }

  #takeOperand(text: string): void {
    const { commands = [], operands = [] } = this.#command;
    const { length } = this.#operands;
    // Behind all that may be left out, a name can only be a sub-command's.
    const isOperand = operands.length > 0 &&
      (this.#hasOnlyOperands || length > 0 && length < operands.length);
    const child = isOperand
      ? undefined
      : commands.find(({ name, aliases }) =>
        name === text || aliases?.includes(text)
      );
    if (child !== undefined) return this.#descend(child);
    if (commands.length > 0 && !isOperand && text === "help") {
      return this.#takeHelp();
    }
    if (commands.length > 0 && operands.length === 0) {
      const names = commands.filter(({ hidden }) => !hidden)
        .map(({ name }) => name);
      throw new UsageError(
        `unrecognized subcommand '${text}'`,
        this.#path,
        toTip("subcommand", findSimilar(text, names)),
      );
    }
    const operand = operands[this.#operands.length] ?? operands.at(-1);
    if (operand?.rest) this.#hasOnlyOperands = true;
    else if (this.#operands.length >= operands.length) {
      throw new UsageError(`unexpected argument '${text}' found`, this.#path);
    }
    this.#operands.push(text);
  }

  #descend(child: Command): void {
    const stray = this.#given.find(({ option }) =>
      option.isFor?.includes(child.name) === false
    );
    if (stray !== undefined) {
      const { option } = stray;
      throw new UsageError(
        `'${toSignature(option)}' may stand before '${
          option.isFor!.join("', '")
        }' only`,
        this.#path,
      );
    }
    this.#finishLevel();
    this.#earlier.push(...this.#operands.splice(0));
    this.#path.push(child);
  }

  /** `help COMMAND…`, the same as `COMMAND… --help`. */
  #takeHelp(): void {
    while (this.#rest.length > 0) this.#takeOperand(this.#rest.shift()!);
    this.#special = "help";
  }

  #takeLong(text: string): void {
    const cut = text.indexOf("=");
    const name = cut < 0 ? text : text.slice(0, cut);
    const options = optionsOf(this.#command);
    const option = options.find((option) =>
      option.name === name || option.aliases?.includes(name)
    );
    if (option === undefined) {
      const names = options.filter(({ hidden }) => !hidden)
        .map(({ name }) => `--${name}`);
      throw new UsageError(
        `unexpected argument '--${name}' found`,
        this.#path,
        toTip("argument", findSimilar(`--${name}`, names)),
      );
    }
    this.#take(option, cut < 0 ? undefined : text.slice(cut + 1));
  }

  #takeShorts(letters: string): void {
    for (let at = 0; at < letters.length && !this.#special; at++) {
      const letter = letters[at]!;
      const option = optionsOf(this.#command)
        .find(({ short }) => short === letter);
      if (option === undefined) {
        throw new UsageError(
          `unexpected argument '-${letter}' found`,
          this.#path,
        );
      }
      const rest = letters.slice(at + 1);
      if (option.value === undefined) {
        if (rest.startsWith("=")) return this.#take(option, rest.slice(1));
        this.#take(option, undefined);
      } else {
        const inline = rest === "" ? undefined : rest.replace(/^=/, "");
        return this.#take(option, inline);
      }
    }
  }

  #take(option: Option, inline: string | undefined): void {
    if (option.value === undefined) {
      if (inline !== undefined) {
        throw new UsageError(
          `unexpected value '${inline}' for '${toSignature(option)}' found; ` +
            "no more were expected",
          this.#path,
        );
      }
      if (option.name === "help" || option.name === "version") {
        this.#special ??= option.name;
      }
      this.#given.push({ option, value: null });
    } else if (inline !== undefined) {
      this.#given.push({ option, value: inline });
    } else if (option.optionalValue) {
      this.#given.push({ option, value: null });
    } else {
      const next = this.#rest[0];
      if (next === undefined || next.startsWith("-") && next !== "-") {
        throw missingValue(option);
      }
      do this.#given.push({ option, value: this.#rest.shift()! }); while (
        option.takesMany && this.#rest[0]?.startsWith("-") === false
      );
    }
  }

  /** Checks what one level of the command line was given, and keeps it. */
  #finishLevel(): void {
    const seen = new Set<Option>();
    for (const { option, value } of this.#given) {
      const { name, conflicts = [], repeatable } = option;
      if (seen.has(option) && !repeatable) {
        throw new UsageError(
          `the argument '${toSignature(option)}' cannot be used multiple times`,
          this.#path,
        );
      }
      const rival = [...seen].find((other) => conflicts.includes(other.name)) ??
        [...seen].find((other) => other.conflicts?.includes(name));
      if (rival !== undefined) {
        throw new UsageError(
          `the argument '${toSignature(rival)}' cannot be used with ` +
            `'${toSignature(option)}'`,
          this.#path,
        );
      }
      seen.add(option);
      if (value !== null) checkValue(option, value);
      const values = this.#values.get(name);
      if (values === undefined) this.#values.set(name, [value]);
      else values.push(value);
    }
    const missing = (this.#command.options ?? [])
      .filter((option) => option.required && !seen.has(option));
    if (missing.length > 0) {
      throw new UsageError(
        "the following required arguments were not provided:\n" +
          missing.map((option) => `  ${toSignature(option)}`).join("\n"),
        this.#path,
      );
    }
    this.#given = [];
  }

  #checkOperands(): void {
    const operands = this.#command.operands ?? [];
    const missing = operands.slice(this.#operands.length)
      .filter(({ optional }) => !optional);
    if (missing.length > 0) {
      throw new UsageError(
        "the following required arguments were not provided:\n" +
          missing.map((operand) => `  ${toOperandSignature(operand)}`)
            .join("\n"),
        this.#path,
      );
    }
    for (const [at, value] of this.#operands.entries()) {
      const operand = operands[at] ?? operands.at(-1)!;
      const { choices } = operand;
      if (choices === undefined || choices.includes(value)) continue;
      throw invalidValue(value, toOperandSignature(operand), choices);
    }
  }
}
