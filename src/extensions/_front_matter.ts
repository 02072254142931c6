/** What SKILL.md says of itself. */
export interface FrontMatter {
  /** Its name; undefined if it gives none. */
  readonly name: string | undefined;
  readonly description: string;
  readonly shortDescription: string | undefined;
}

/** Characters of the longest name of a skill. */
const maxNameLength = 64;

/** A scalar that means itself, whatever YAML could make of other ones. */
const plain = /^[\p{L}(][^:#'"\\{}[\]&*!|>%@`]*$/u;
const nothing = /^(?:~|null)?$/i;

/**
 * Reads the head of a SKILL.md: YAML between two lines of `---`.
 *
 * @throws {Error} why it can't be read, in words for whoever wrote it.
 */
export async function readFrontMatter(text: string): Promise<FrontMatter> {
  const lines = cutOut(text);
  const fields = readSimple(lines) ?? await readYaml(lines);
  const description = clean(fields.get("description"));
  const name = clean(fields.get("name"));
  const short = clean(fields.get("metadata.short-description"));
  if (description === "") throw new Error("missing field `description`");
  if ([...name].length > maxNameLength) {
    throw new Error(
      `invalid name: exceeds maximum length of ${maxNameLength} characters`,
    );
  }
  return {
    name: name === "" ? undefined : name,
    description,
    shortDescription: short === "" ? undefined : short,
  };
}

type Fields = ReadonlyMap<string, string>;

function cutOut(text: string): string[] {
  const missing = () => new Error("missing YAML frontmatter delimited by ---");
  const end = /\r?\n---[ \t]*(?:\r?\n|$)/.exec(text);
  if (!/^---[ \t]*\r?\n/.test(text) || end === null) throw missing();
  const lines = text.slice(0, end.index).split(/\r?\n/).slice(1);
  if (lines.every((line) => line.trim() === "")) throw missing();
  return lines;
}

/** Most heads are a few lines that need no parser. */
function readSimple(lines: readonly string[]): Fields | undefined {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = /^([A-Za-z_][\w-]*):[ \t]+(.*?)[ \t]*$/.exec(line) ??
      [];
    if (key === undefined || value === undefined || fields.has(key)) {
      return undefined;
    }
    if (key === "metadata" || !plain.test(value) || nothing.test(value)) {
      return undefined;
    }
    fields.set(key, value);
  }
  return fields;
}

async function readYaml(lines: readonly string[]): Promise<Fields> {
  try {
    return await parse(lines.join("\n"));
  } catch (first) {
    // People write colons and backticks without thinking of YAML.
    const quoted = lines.map(quote);
    if (quoted.every((line, at) => line === lines[at])) throw first;
    try {
      return await parse(quoted.join("\n"));
    } catch {
      throw first;
    }
  }
}

function quote(line: string): string {
  const [, head, value] = /^(\s*[\w-]+:[ \t]+)(\S.*?)[ \t]*$/.exec(line) ?? [];
  if (head === undefined || value === undefined) return line;
  if (/^["'|>]/.test(value)) return line;
  const isRisky = value.includes(": ") || /^[`@%]/.test(value) ||
    /^\[[^\]]*$/.test(value) || /^\{[^}]*$/.test(value);
  return isRisky ? `${head}'${value.replaceAll("'", "''")}'` : line;
}

async function parse(text: string): Promise<Fields> {
  const { isAlias, isMap, isScalar, LineCounter, parseDocument } = await import(
    "yaml"
  );
  const lines = new LineCounter();
  const document = parseDocument(text, {
    logLevel: "silent",
    lineCounter: lines,
  });
  const [error] = document.errors;
  if (error !== undefined) {
    const [reason = ""] = error.message.split(/ at line \d+|:?\n/);
    const at = error.linePos?.[0];
    const where = at === undefined
      ? ""
      : ` at line ${at.line} column ${at.col}`;
    const [, twice] = error.code === "DUPLICATE_KEY" && at !== undefined
      ? /^([\w-]+):/.exec(text.split("\n")[at.line - 1] ?? "") ?? []
      : [];
    throw new Error(
      twice === undefined
        ? `invalid YAML: ${reason}${where}`
        : `invalid YAML: duplicate field \`${twice}\``,
    );
  }
  const { contents } = document;
  if (!isMap(contents)) throw new Error("invalid YAML: expected a mapping");
  const toMismatch = (
    key: string,
    said: string,
    wanted: string,
    { range }: { readonly range?: readonly number[] | null },
  ): Error => {
    const { line, col } = lines.linePos(range?.[0] ?? 0);
    return new Error(
      `invalid YAML: ${key}: invalid type: ${said}, expected ${wanted} ` +
        `at line ${line} column ${col}`,
    );
  };
  const fields = new Map<string, string>();
  const take = (key: string, said: unknown): void => {
    const node = isAlias(said) ? said.resolve(document) : said;
    if (node === null || node === undefined) return;
    if (!isScalar(node)) {
      const kind = isMap(node) ? "map" : "sequence";
      throw toMismatch(key, kind, "a string", node);
    }
    if (node.value === null) return;
    const { value, source } = node;
    fields.set(key, typeof value === "string" ? value : source ?? `${value}`);
  };
  take("name", contents.get("name", true));
  take("description", contents.get("description", true));
  const metadata = contents.get("metadata", true);
  if (isMap(metadata)) {
    take(
      "metadata.short-description",
      metadata.get("short-description", true),
    );
  } else if (isScalar(metadata) && metadata.value !== null) {
    const said = `string ${JSON.stringify(`${metadata.value}`)}`;
    throw toMismatch("metadata", said, "a mapping", metadata);
  }
  return fields;
}

/** On one line, as lists show it. */
function clean(text: string | undefined): string {
  return (text ?? "").trim().replace(/\s+/g, " ");
}
