/** A file that is there: its text, or why there is none. */
export type SourceFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly problem: string }
  /** What it holds is not UTF-8. */
  | { readonly path: string; readonly garbled: Uint8Array };

/** Reads a file of the configuration; undefined if there is none. */
export type ReadSource = (path: string) => Promise<SourceFile | undefined>;

/**
 * Reads a file from the disk, at once: a server that starts has nothing else to
 * do, and five files take less than one turn of the event loop.
 */
export function readSource(path: string): SourceFile | undefined {
  try {
    // Reading a pipe that somebody put there would never end.
    const { isFile } = Deno.statSync(path);
    if (!isFile) return { path, problem: `path \`${path}\` is not a file` };
    return { path, text: decode(Deno.readFileSync(path)) };
  } catch (error) {
    return toSource(path, error);
  }
}

/**
 * The text of a file.
 *
 * @throws {GarbledText} if it is not UTF-8.
 */
export function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch (error) {
    throw new GarbledText(bytes, { cause: error });
  }
}

/** Bytes that are no text. */
class GarbledText extends Error {
  constructor(readonly bytes: Uint8Array, options: ErrorOptions) {
    super("Not UTF-8", options);
  }
}

/** What came of a file that could not be read. */
export function toSource(path: string, error: unknown): SourceFile | undefined {
  if (error instanceof Deno.errors.NotFound) return undefined;
  if (error instanceof GarbledText) return { path, garbled: error.bytes };
  const message = error instanceof Error ? error.message : String(error);
  const [problem] = /^.*?\(os error \d+\)/.exec(message) ?? [message];
  return { path, problem };
}

/** The same settings in one of two languages. */
export interface EitherSource {
  /** The file that counts. */
  readonly source: SourceFile | undefined;
  /** Path of the one that does not, because there is the other. */
  readonly idle?: string;
}

/**
 * Reads `config.toml`, or else `config.jsonc`. Beside each other the TOML file
 * counts: it is the one that every program around this server knows and writes.
 */
export async function readEither(
  directory: string,
  read: ReadSource,
): Promise<EitherSource> {
  const [toml, jsonc] = await Promise.all([
    read(`${directory}/config.toml`),
    read(`${directory}/config.jsonc`),
  ]);
  return toml && jsonc
    ? { source: toml, idle: jsonc.path }
    : { source: toml ?? jsonc };
}
