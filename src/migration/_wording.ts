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

/** Takes a file apart; only fields on one line are read. */
export function readDocument(text: string): Document {
  const [whole, head] =
    /^---\r?\n([^]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(text) ??
      [];
  if (whole === undefined || head === undefined) {
    return { fields: new Map(), body: text };
  }
  const fields = new Map<string, string>();
  for (const line of head.split(/\r?\n/)) {
    const [, key, value] = /^([\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    fields.set(key, value.replace(/^(["'])(.*)\1$/, "$2"));
  }
  return { fields, body: text.slice(whole.length) };
}
