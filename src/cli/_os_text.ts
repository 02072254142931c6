/** What the operating system said, without what Deno adds to it. */
export function toOsText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [text] = /^.*?\(os error \d+\)/.exec(message) ?? [message];
  return text;
}

/** An error that says what could not be done, and below it why. */
export function toFailure(what: string, cause: unknown): Error {
  const message = `${what}\n\nCaused by:\n    ${toOsText(cause)}`;
  return new Error(message, { cause });
}
