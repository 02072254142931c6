/** A line of a file. */
export interface Line {
  /** The line without its end. */
  readonly text: string;
  /** How it ends; empty for a last line that doesn't. */
  readonly end: LineEnd;
}

/** How lines end. */
export type LineEnd = "\n" | "\r\n" | "\r" | "";

/** The lines of a file; each may end in a way of its own. */
export function toLines(content: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < content.length) {
    const stop = findEnd(content, start);
    const end = endAt(content, stop);
    lines.push({ text: content.slice(start, stop), end });
    start = stop + end.length;
  }
  return lines;
}

/** Lines as they stand in the file, ends and all. */
export function toWholeLines(content: string): string[] {
  return toLines(content).map(({ text, end }) => text + end);
}

function findEnd(content: string, start: number): number {
  for (let at = start; at < content.length; at++) {
    const code = content.charCodeAt(at);
    if (code === 0x0a || code === 0x0d) return at;
  }
  return content.length;
}

function endAt(content: string, index: number): LineEnd {
  if (content[index] === "\n") return "\n";
  if (content[index] !== "\r") return "";
  return content[index + 1] === "\n" ? "\r\n" : "\r";
}
