import type {
  Project,
  ProjectSortKey,
  SortDirection,
} from "../protocol/mod.ts";

/** A place behind a project. */
export interface ProjectPlace {
  /** What it is sorted by; null for one without threads. */
  readonly value: number | null;
  readonly id: string;
}

/**
 * Projects in order, from a place on. Those without threads come last,
 * whichever the direction.
 */
export function toRest(
  projects: readonly Project[],
  key: ProjectSortKey,
  direction: SortDirection,
  after: ProjectPlace | undefined,
): Project[] {
  const sign = direction === "asc" ? 1 : -1;
  const toPlace = (project: Project): ProjectPlace => ({
    value: project[key],
    id: project.id,
  });
  const sorted = projects.toSorted((a, b) =>
    compare(toPlace(a), toPlace(b), sign)
  );
  if (after === undefined) return sorted;
  return sorted.filter((one) => compare(toPlace(one), after, sign) > 0);
}

function compare(a: ProjectPlace, b: ProjectPlace, sign: number): number {
  if (a.value !== b.value) {
    if (a.value === null) return 1;
    if (b.value === null) return -1;
    return sign * (a.value - b.value);
  }
  return a.id === b.id ? 0 : sign * (a.id < b.id ? -1 : 1);
}
