/** Renames the fields of a value, and of the objects in it. */
export function renameFields(
  value: object,
  rename: (name: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      rename(name),
      renameWithin(field, rename),
    ]),
  );
}

function renameWithin(
  value: unknown,
  rename: (name: string) => string,
): unknown {
  if (Array.isArray(value)) {
    return value.map((element) => renameWithin(element, rename));
  }
  return typeof value === "object" && value !== null
    ? renameFields(value, rename)
    : value;
}

/** `one_two` as `oneTwo`. */
export function toCamelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** `oneTwo` as `one_two`. */
export function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
