/**
 * The words of a command that are no options.
 *
 * @param args Without the command itself.
 * @param valued Options whose value is the next word.
 */
export function operandsOf(
  args: readonly string[],
  valued: ReadonlySet<string> = new Set(),
): string[] {
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === "--") return [...operands, ...args.slice(at + 1)];
    if (valued.has(arg)) at++;
    else if (!arg.startsWith("-")) operands.push(arg);
  }
  return operands;
}

/** A set of the words in a text. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
