/** How this very program is started as a server, in a process of its own. */
export function toOwnCommand(): [program: string, ...args: string[]] {
  const program = Deno.execPath();
  if (Deno.build.standalone) return [program, "app-server"];
  const script = import.meta.resolve("../../cli.ts");
  return [program, "run", "-A", script, "app-server"];
}

/**
 * Splits a command into words at blanks; quotes keep a word together, and
 * nothing else is special.
 */
export function splitWords(text: string): string[] {
  const words = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}
