import { isObject, type Json } from "./json.ts";

/** Names and what `${NAME}` stands for. */
export type Variables = ReadonlyMap<string, Json>;

/**
 * A copy of `value` with every `${NAME}` in its strings (keys too) replaced,
 * and every `{"$repeat": text, "times": n, "as"?: "base64"}` written out, so
 * that a case with a big payload stays small on disk. Unknown names stay as
 * they are: shell commands inside cases use the same notation. A string that is
 * nothing but one placeholder becomes the value itself, number or object.
 */
export function substitute(value: Json, variables: Variables): Json {
  if (typeof value === "string") return whole(value, variables);
  if (Array.isArray(value)) {
    return value.map((element) => substitute(element, variables));
  }
  if (!isObject(value)) return value;
  if ("$repeat" in value) return repeated(value.$repeat, value);
  return Object.fromEntries(
    Object.entries(value).map((
      [key, inner],
    ) => [fill(key, variables), substitute(inner, variables)]),
  );
}

function whole(text: string, variables: Variables): Json {
  const [, name] = text.match(/^\$\{([A-Za-z0-9_:]+)\}$/) ?? [];
  return name === undefined
    ? fill(text, variables)
    : variables.get(name) ?? text;
}

function fill(text: string, variables: Variables): string {
  return text.replace(
    /\$\{([A-Za-z0-9_:]+)\}/g,
    (placeholder, name: string) => String(variables.get(name) ?? placeholder),
  );
}

function repeated(
  text: Json | undefined,
  { times, as }: { times?: Json; as?: Json },
): string {
  if (typeof text !== "string" || typeof times !== "number") {
    throw new TypeError('"$repeat" needs a text and "times" a number');
  }
  const long = text.repeat(times);
  return as === "base64" ? new TextEncoder().encode(long).toBase64() : long;
}
