import { TomlFlaw } from "./_toml_flaw.ts";
import type { Token } from "./_toml_tokens.ts";

/** A part of a key, read. */
export interface Name {
  readonly name: string;
  readonly token: Token;
}

/**
 * Something that has a name, and how it came to it. A table is opened by a
 * header, implied by a longer one, made by dotted keys or written in braces.
 */
export type Named =
  | {
    readonly how: "header" | "implied" | "dotted" | "inline";
    readonly inner: Names;
  }
  /** The items of a list of tables share no names; the last one counts. */
  | { readonly how: "list"; inner: Names }
  | { readonly how: "value"; readonly type: string };

/** The names of one table. */
export type Names = Map<string, Named>;

/** @throws {TomlFlaw} if there is no room for such a table. */
export function openTable(
  top: Names,
  key: readonly Name[],
  isList: boolean,
): Names {
  let names = top;
  for (const part of key.slice(0, -1)) {
    const there = names.get(part.name);
    names = there === undefined
      ? add(names, part, "implied")
      : enter(there, part);
  }
  const last = key.at(-1)!;
  const there = names.get(last.name);
  if (isList && (there === undefined || there.how === "list")) {
    const inner: Names = new Map();
    names.set(last.name, { how: "list", inner });
    return inner;
  }
  if (there === undefined) return add(names, last, "header");
  // What a longer header implied may still be opened, once.
  if (there.how !== "implied" || isList) throw duplicate(last);
  names.set(last.name, { how: "header", inner: there.inner });
  return there.inner;
}

/** @throws {TomlFlaw} if the name is taken. */
export function addValue(
  table: Names,
  key: readonly Name[],
  value: Named,
  isInline: boolean,
): void {
  let names = table;
  for (const [index, part] of key.slice(0, -1).entries()) {
    const there = names.get(part.name);
    if (there === undefined) names = add(names, part, "dotted");
    else if (there.how === "dotted") names = there.inner;
    else if (there.how === "value" || there.how === "inline" && !isInline) {
      names = enter(there, part);
    } else throw duplicate(there.how === "list" ? key[index + 1]! : part);
  }
  const last = key.at(-1)!;
  if (names.has(last.name)) throw duplicate(last);
  names.set(last.name, value);
}

function add(
  names: Names,
  { name }: Name,
  how: "header" | "implied" | "dotted",
): Names {
  const inner: Names = new Map();
  names.set(name, { how, inner });
  return inner;
}

function enter(there: Named, { token }: Name): Names {
  if (there.how !== "value" && there.how !== "inline") return there.inner;
  const type = there.how === "value" ? there.type : "inline table";
  throw new TomlFlaw(
    `cannot extend value of type ${type} with a dotted key`,
    token.start,
    token.end,
  );
}

function duplicate({ token }: Name): TomlFlaw {
  return new TomlFlaw("duplicate key", token.start, token.end);
}
