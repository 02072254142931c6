import type { RoomsOnDemand } from "../server/mod.ts";
import type { otherCommands } from "./other_commands.ts";

/** What the whole command line is called, and for. */
export const program = {
  name: "gangway",
  summary: "A server for the codex app-server protocol, and tools around it",
} as const;

/** An option of a command, such as `--listen <URL>`. */
export interface Option {
  /** Long name without the dashes. */
  readonly name: string;
  /** Other long names that are accepted. */
  readonly aliases?: readonly string[];
  /** Short name without the dash. */
  readonly short?: string;
  /** Stands for the value in texts; an option without it takes none. */
  readonly value?: string;
  /** The value may be left out, and is only ever given behind `=`. */
  readonly optionalValue?: true;
  /** May be given several times. */
  readonly repeatable?: true;
  /** Takes the words behind its value, too, up to an option, `-` or `--`. */
  readonly takesMany?: true;
  /** Names of the only sub-commands that it may stand before. */
  readonly isFor?: readonly string[];
  /** Must be given. */
  readonly required?: true;
  /** Accepted without being shown. */
  readonly hidden?: true;
  /** The only values there are. */
  readonly choices?: readonly string[];
  /** What the value names: completions offer it, and it must not be empty. */
  readonly names?: "file" | "directory";
  /** Names of options that it cannot stand beside. */
  readonly conflicts?: readonly string[];
  /** Why a value cannot be used, or `undefined`. */
  readonly check?: (value: string) => string | undefined;
  /** One or two sentences for `--help`. */
  readonly help: string;
  /** Heading under which `--help` lists it. Default: `Options`. */
  readonly group?: string;
}

/** An operand of a command, such as `METHOD`. */
export interface Operand {
  /** As texts show it. */
  readonly name: string;
  /** Whether it may be left out. */
  readonly optional?: true;
  /**
   * The last operand takes all that follows, and nothing behind its first word
   * is an option any more.
   */
  readonly rest?: true;
  /** The only values there are. */
  readonly choices?: readonly string[];
  /** One or two sentences for `--help`. */
  readonly help: string;
}

/** A paragraph of `--help` with a heading. */
export interface Section {
  /** The heading. */
  readonly title: string;
  /** Its lines: a term and what it means, or a line of text. */
  readonly lines:
    readonly (readonly [term: string, meaning: string] | string)[];
}

/** A command and everything that is to be known of it. */
export interface Command {
  /** As it is typed. */
  readonly name: string;
  /** Other names that are accepted. */
  readonly aliases?: readonly string[];
  /** One line for the list of its parent. */
  readonly summary: string;
  /** More for its own `--help`. */
  readonly description?: string;
  /** Accepted without being shown. */
  readonly hidden?: true;
  /** Its options beside `--help`. */
  readonly options?: readonly Option[];
  /** Its operands, in order. */
  readonly operands?: readonly Operand[];
  /** Its sub-commands. */
  readonly commands?: readonly Command[];
  /** Further sections of its `--help`. */
  readonly sections?: readonly Section[];
  /** Loads what it does; without it a sub-command has to be named. */
  readonly load?: (other: LoadOther) => Promise<{ run: Run }>;
}

/**
 * Does the work of a command and gives the exit code. `rooms` is for those that
 * make a server, `other` for one that goes on as another.
 */
export type Run = (
  invocation: Invocation,
  rooms: RoomsOnDemand,
  other: LoadOther,
) => Promise<number>;

/** Loads what a command other than `app-server` does. */
export type LoadOther = (
  name: keyof typeof otherCommands,
) => Promise<{ run: Run }>;

/** How an entry of the command line finds what it does not always need. */
export interface Entry {
  readonly rooms: RoomsOnDemand;
  /** Loads the commands other than `app-server`. */
  readonly loadOthers: () => Promise<typeof import("./other_commands.ts")>;
}

/** What was typed, after it was checked against the table. */
export class Invocation {
  readonly #values: ReadonlyMap<string, readonly (string | null)[]>;
  /** Operands in order. */
  readonly operands: readonly string[];
  /** Those that stood before the name of the sub-command. */
  readonly earlier: readonly string[];

  /** Made by `parseArguments`; null stands for a value that was left out. */
  constructor(
    values: ReadonlyMap<string, readonly (string | null)[]>,
    operands: readonly string[],
    earlier: readonly string[] = [],
  ) {
    this.#values = values;
    this.operands = operands;
    this.earlier = earlier;
  }

  /** Whether the option was given. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The last value of the option, if it has one. */
  value(name: string): string | undefined {
    return this.#values.get(name)?.at(-1) ?? undefined;
  }

  /** All values of the option in their order. */
  values(name: string): readonly string[] {
    return (this.#values.get(name) ?? []).filter((value) => value !== null);
  }

  /** Whether the option was given without its value at least once. */
  isBare(name: string): boolean {
    return this.#values.get(name)?.includes(null) ?? false;
  }
}

/** How an option is shown: `--listen <URL>`, `--allow-read[=<PATHS>]`. */
export function toSignature({ name, value, optionalValue }: Option): string {
  if (value === undefined) return `--${name}`;
  return optionalValue ? `--${name}[=<${value}>]` : `--${name} <${value}>`;
}

/** How an operand is shown: `<METHOD>`, `[PARAMS_JSON]`, `<COMMAND>...`. */
export function toOperandSignature({ name, optional, rest }: Operand): string {
  return `${optional ? `[${name}]` : `<${name}>`}${rest ? "..." : ""}`;
}

/** How a command is called: `gangway call [OPTIONS] <METHOD> [PARAMS_JSON]`. */
export function toUsage(path: readonly Command[]): string {
  const command = path.at(-1)!;
  const required = command.options?.filter((option) => option.required) ?? [];
  const operands = command.operands?.map(toOperandSignature) ?? [];
  const child = command.commands === undefined
    ? []
    : [command.load === undefined ? "<COMMAND>" : "[COMMAND]"];
  return [
    ...path.map(({ name }) => name),
    "[OPTIONS]",
    ...required.map(toSignature),
    ...operands,
    ...child,
  ].join(" ");
}
