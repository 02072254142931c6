import {
  type Project,
  type ProjectSortKey,
  RpcError,
  type SortDirection,
} from "../protocol/mod.ts";

/** The place behind a project, as clients know it. */
export function encodeProjectCursor(
  last: Project,
  key: ProjectSortKey | null | undefined,
  direction: SortDirection,
): string {
  if (key == null) return `${last.position}|${last.id}`;
  return `v1|${key}|${direction}|${last[key] ?? ""}|${last.id}`;
}

/**
 * Reads such a place; undefined is the beginning.
 *
 * @throws {RpcError} if it is none, or one of another order.
 */
export function decodeProjectCursor(
  cursor: string | null | undefined,
  key: ProjectSortKey,
  direction: SortDirection,
): { value: number | null; id: string } | undefined {
  if (cursor == null) return undefined;
  const parts = cursor.split("|");
  if (parts.length === 2) parts.unshift("v1", "position", "asc");
  const [version, ofKey, ofDirection, value, id] = parts;
  const fits = parts.length === 5 && version === "v1" && ofKey === key &&
    ofDirection === direction && /^\d*$/.test(value!) && id !== "";
  if (fits) return { value: value === "" ? null : Number(value), id: id! };
  throw RpcError.invalidParams(
    "invalid project cursor: malformed or mismatched sort anchor",
  );
}
