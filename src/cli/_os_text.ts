/** What the operating system said, without what Deno adds to it. */
export function toOsText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [text] = /^.*?\(os error \d+\)/.exec(message) ?? [message];
  return text;
}
