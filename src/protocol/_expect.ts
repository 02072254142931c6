import { resolve, type Schema, splitNull } from "./_schema.ts";

/** The strings that a schema has to choose from, if it is such a one. */
export function choicesOf(schema: Schema): readonly string[] | undefined {
  const values = "const" in schema ? [schema.const] : schema.enum;
  return values?.every((each) => typeof each === "string") ? values : undefined;
}

/** Lists alternatives as the reference does. */
export function choiceText(choices: readonly string[]): string {
  const quoted = choices.map((each) => `\`${each}\``);
  if (quoted.length === 1) return quoted[0]!;
  return quoted.length === 2
    ? quoted.join(" or ")
    : `one of ${quoted.join(", ")}`;
}

/** What a value of a schema may be, for people. */
export function anyExpectation(reference: Schema): string {
  const { schema, name } = resolve(reference);
  const choices = choicesOf(schema);
  if (choices !== undefined) return choiceText(choices);
  if (schema.anyOf !== undefined) {
    const { rest } = splitNull(schema);
    return rest.length === 1 ? anyExpectation(rest[0]!) : name ?? "a variant";
  }
  if (schema.format === "absolute-path") return "an absolute path";
  const types = [schema.type ?? []].flat().filter((type) => type !== "null");
  if (types.length === 0) return "a value";
  return types.map((type) => expectation(schema, type, name)).join(" or ");
}

/** What the reference calls a type. */
export function expectation(
  schema: Schema,
  type: string,
  name: string | undefined,
): string {
  switch (type) {
    case "string":
      return schema.format?.endsWith("path") ? "path string" : "a string";
    case "boolean":
      return "a boolean";
    case "integer":
      return integers[schema.format ?? ""] ?? "i64";
    case "number":
      return "f64";
    case "array":
      return "a sequence";
    case "null":
      return "unit";
    default:
      return schema.properties === undefined || name === undefined
        ? "a map"
        : `struct ${theirName(name)}`;
  }
}

const integers: Readonly<Record<string, string>> = {
  uint16: "u16",
  uint32: "u32",
  uint: "usize",
  int32: "i32",
  int64: "i64",
};

/** What the reference calls a type of ours, where its texts name it. */
export function theirName(name: string): string {
  return theirNames.get(name) ?? name;
}

const theirNames: ReadonlyMap<string, string> = new Map([
  ["CollaborationSettings", "Settings"],
  ["MessageId", "RequestId"],
  ["SandboxPolicy", "SandboxPolicyDeserialize"],
]);

/** A number of elements. */
export function elements(count: number): string {
  return count === 1 ? "1 element" : `${count} elements`;
}
