import type { Database, Value } from "./_database.ts";
import {
  type Access,
  type ThreadFilter,
  toTitlePattern,
} from "./_thread_query.ts";

/** So many rows are sorted faster than the right ones are met on a walk. */
const FEW = 2_000;

/** How to come to the threads of a filter, and the filter for that way. */
export interface ChosenAccess {
  readonly access: Access;
  readonly chosen: ThreadFilter;
}

/** Chooses by how many rows a filter leaves; counts no further than needed. */
export function chooseAccess(
  db: Database,
  filter: ThreadFilter,
): ChosenAccess {
  const isFew = (from: string, value: Value): boolean =>
    db.get(
      `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} LIMIT ${FEW + 1})`,
      value,
    )!.n as number <= FEW;
  const take = (access: Access): ChosenAccess => ({ access, chosen: filter });

  const hasFamily = filter.ownerId !== undefined ||
    filter.parentId !== undefined || filter.ancestorId !== undefined;
  if (hasFamily) return take("family");
  if (filter.numbers !== undefined) return take("numbers");
  if (filter.sortKey === "section_position") return take("walk");
  if (
    filter.sectionId != null &&
    isFew(
      "threads INDEXED BY threads_by_section WHERE section_id = ?",
      filter.sectionId,
    )
  ) return take("section");
  if (
    filter.projectId != null &&
    isFew(
      "threads INDEXED BY threads_by_project WHERE project_id = ?",
      filter.projectId,
    )
  ) return take("project");
  if (!filter.searchTerm) return take("walk");
  const numbers = db.all(
    `SELECT number FROM titles WHERE title GLOB ? LIMIT ${FEW + 1}`,
    toTitlePattern(filter.searchTerm),
  ).map((row) => row.number as number);
  if (numbers.length > FEW) return take("walk");
  return { access: "numbers", chosen: { ...filter, numbers } };
}
