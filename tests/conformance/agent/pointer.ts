import { isObject, type Json } from "../json.ts";

/** What a JSON pointer (RFC 6901) points to, or undefined. */
export function resolvePointer(
  value: Json | undefined,
  pointer: string,
): Json | undefined {
  return pointer.split("/").slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<Json | undefined>(
      (inner, key) =>
        Array.isArray(inner)
          ? inner[Number(key)]
          : isObject(inner)
          ? inner[key]
          : undefined,
      value,
    );
}
