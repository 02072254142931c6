import { isTable, type TomlValue } from "./toml.ts";

/** Whether two values say the same; the order of keys does not count. */
export function isSameValue(a: TomlValue, b: TomlValue): boolean {
  if (a instanceof Date && b instanceof Date) {
    return a.toISOString() === b.toISOString();
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length &&
      a.every((item, index) => isSameValue(item, b[index]!));
  }
  if (!isTable(a) || !isTable(b)) return Object.is(a, b);
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSameValue(a[key]!, b[key]!));
}
