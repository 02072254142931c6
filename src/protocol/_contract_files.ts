/** A JSON Schema as the printed bundle holds it. */
export interface PrintedSchema {
  readonly [keyword: string]: unknown;
}

/** Schemas by type name. */
export type Definitions = Readonly<Record<string, PrintedSchema>>;

/** What every message is; all other types hang on these. */
const messages = [
  "ClientRequest",
  "ClientNotification",
  "ServerRequest",
  "ServerNotification",
];

const draft = "http://json-schema.org/draft-07/schema#";

/**
 * The files of the JSON Schema: the bundle of all types, and one file for each
 * type with all that it refers to. Without `experimental`, what is marked so is
 * left out, and so is what only that refers to.
 */
export function filesOf(
  all: Definitions,
  { experimental }: { experimental: boolean },
): Map<string, string> {
  const definitions = experimental ? all : stableOf(all);
  const title = "Gangway app-server protocol";
  const files = new Map([
    ["gangway.schema.json", text({ $schema: draft, title, definitions })],
  ]);
  for (const [name, schema] of Object.entries(definitions)) {
    const needed = reach(definitions, referencesOf(schema));
    const isAlone = Object.keys(needed).length === 0;
    const file = { $schema: draft, title: name, ...schema };
    files.set(
      `${name}.json`,
      text(isAlone ? file : { ...file, definitions: needed }),
    );
  }
  return files;
}

function text(schema: PrintedSchema): string {
  return JSON.stringify(schema, null, 2) + "\n";
}

function stableOf(definitions: Definitions): Definitions {
  const stable = withoutExperimental(definitions, true) as Definitions;
  return reach(stable, messages);
}

/** The named definitions and all that they refer to, in the order of `all`. */
function reach(all: Definitions, names: Iterable<string>): Definitions {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const next of referencesOf(all[name])) visit(next);
  };
  for (const name of names) visit(name);
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => found.has(name)),
  );
}

function referencesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === "$ref" && typeof child === "string"
      ? [child.slice("#/definitions/".length)]
      : referencesOf(child)
  );
}

/** `isNames`: the keys are names of fields or types, not keywords. */
function withoutExperimental(value: unknown, isNames = false): unknown {
  if (Array.isArray(value)) {
    return value.filter((each) => !isExperimental(each))
      .map((each) => withoutExperimental(each));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, child]) => !isNames || !isExperimental(child))
      .map(([key, child]) => [
        key,
        key === "required" && !isNames
          ? stableNames(child as string[], value as PrintedSchema)
          : withoutExperimental(child, !isNames && key === "properties"),
      ]),
  );
}

/** Which of the required fields are left. */
function stableNames(names: string[], schema: PrintedSchema): string[] {
  const fields = (schema.properties ?? {}) as Definitions;
  return names.filter((name) => !isExperimental(fields[name]));
}

function isExperimental(value: unknown): boolean {
  return typeof value === "object" && value !== null &&
    "x-experimental" in value;
}
