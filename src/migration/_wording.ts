/** Text for the other agent, as text for this one. */
export function reword(text: string): string {
  return text
    .replaceAll("CLAUDE.md", "AGENTS.md")
    .replace(/(?<![\w./-])claude(?: code)?(?![\w/-])/gi, "Codex");
}

/** What stands at the head of a file between two lines of dashes. */
export interface Document {
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Takes a file apart; of fields on several lines only texts are read. */
export function readDocument(text: string): Document {
  const [whole, head] =
    /^---\r?\n([^]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text) ??
      [];
  if (whole === undefined || head === undefined) {
    return { fields: new Map(), body: text };
  }
  const fields = new Map<string, string>();
  const lines = head.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const [, key, value] = /^([\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    const [, style] = /^([>|])[-+]?$/.exec(value) ?? [];
    const text = style === undefined
      ? value.replace(/^(["'])(.*)\1$/, "$2")
      : readBlock(lines.slice(index + 1)).join(style === ">" ? " " : "\n");
    fields.set(key, text);
  }
  return { fields, body: text.slice(whole.length) };
}

/** The lines that are set in behind a field. */
function readBlock(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => /^\S/.test(line));
  return lines.slice(0, end < 0 ? lines.length : end)
    .map((line) => line.trim()).filter(Boolean);
}
