import { optionsOf } from "./arguments.ts";
import {
  type Command,
  type Option,
  toOperandSignature,
  toSignature,
  toUsage,
} from "./command.ts";

const WIDTH = 80;
const INDENT = " ".repeat(10);

/** The text of `--help` for the last of the commands. */
export function renderHelp(path: readonly Command[]): string {
  const command = path.at(-1)!;
  const { summary, description, commands = [], operands = [] } = command;
  const blocks = [
    summary,
    ...description === undefined ? [] : [wrap(description, "")],
    `Usage: ${toUsage(path)}`,
    ...list(
      "Commands",
      commands.filter(({ hidden }) => !hidden)
        .map(({ name, summary }) => [name, summary]),
    ),
    ...detail(
      "Arguments",
      operands.map((operand) => [
        toOperandSignature(operand),
        withChoices(operand.help, operand.choices),
      ]),
    ),
    ...optionBlocks(optionsOf(command).filter(({ hidden }) => !hidden)),
    ...(command.sections ?? []).map(({ title, lines }) =>
      `${title}:\n${lines.map(toLine).join("\n")}`
    ),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function optionBlocks(options: readonly Option[]): string[] {
  const groups = new Map<string, Option[]>();
  for (const option of options) {
    const group = option.group ?? "Options";
    groups.set(group, [...groups.get(group) ?? [], option]);
  }
  return [...groups].flatMap(([title, options]) =>
    detail(
      title,
      options.map((option) => [
        `${option.short === undefined ? "    " : `-${option.short}, `}${
          toSignature(option)
        }`,
        withChoices(option.help, option.choices),
      ]),
    )
  );
}

/** A heading and one line for each term. */
function list(
  title: string,
  rows: readonly (readonly [string, string])[],
): string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map(([term]) => term.length)) + 2;
  const lines = rows.map(([term, text]) => `  ${term.padEnd(width)}${text}`);
  return [`${title}:\n${lines.join("\n")}`];
}

/** A heading and for each term a line of its own, its meaning below. */
function detail(
  title: string,
  rows: readonly (readonly [string, string])[],
): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map(([term, text]) => `  ${term}\n${wrap(text, INDENT)}`);
  return [`${title}:\n${lines.join("\n")}`];
}

function toLine(line: readonly [string, string] | string): string {
  if (typeof line === "string") return `  ${line}`;
  const [term, meaning] = line;
  return `  ${term.padEnd(16)}${wrap(meaning, " ".repeat(18)).trimStart()}`;
}

function withChoices(
  help: string,
  choices: readonly string[] | undefined,
): string {
  return choices === undefined
    ? help
    : `${help} [possible values: ${choices.join(", ")}]`;
}

function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    if (line.length + word.length >= WIDTH && line.trim() !== "") {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join("\n");
}
