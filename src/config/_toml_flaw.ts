/** What keeps a text from being TOML, and where: offsets in UTF-16 units. */
export class TomlFlaw extends SyntaxError {
  override name = "TomlFlaw";

  constructor(
    message: string,
    readonly start: number,
    /** Behind the last character; the start itself where nothing stands. */
    readonly end: number = start,
  ) {
    super(message);
  }
}

/** A carriage return that ends no line. */
export function strayReturn(behind: number): TomlFlaw {
  return new TomlFlaw(
    "carriage return must be followed by newline, expected newline",
    behind,
  );
}

/** @throws {TomlFlaw} if a comment holds what is not to be seen. */
export function checkComment(text: string, start: number): void {
  // deno-lint-ignore no-control-regex -- they are what is looked for
  const at = text.search(/[\x00-\x08\x0a-\x1f\x7f]/);
  if (at < 0) return;
  throw new TomlFlaw(
    "invalid comment character, expected printable characters",
    start + at,
  );
}
