import type {
  SortDirection,
  ThreadListParams,
  ThreadSortKey,
} from "../protocol/mod.ts";
import type { Value } from "./_database.ts";
import type { ThreadPlace } from "./_thread_cursor.ts";
import { shown, threadColumns, threadTables } from "./thread_row.ts";

/** Filters that were checked, ids and directories in their usual form. */
export interface ThreadFilter extends
  Pick<
    ThreadListParams,
    | "modelProviders"
    | "sourceKinds"
    | "sectionId"
    | "projectId"
    | "searchTerm"
    | "includeAttachedThreads"
  > {
  /** Column to sort by. */
  readonly sortKey: ThreadSortKey;
  /** Which come first. */
  readonly direction: SortDirection;
  /** Only the archived ones, or only the others. */
  readonly archived: boolean;
  /** Directories, if any is asked for. */
  readonly cwds?: readonly string[];
  /** Threads to leave out. */
  readonly excluded: readonly string[];
  /** Thread that started them. */
  readonly parentId?: string;
  /** Thread from which they descend. */
  readonly ancestorId?: string;
  /** Thread on which they hang. */
  readonly ownerId?: string;
  /** Only threads that are listed in this way. */
  readonly shownAs?: number;
  /** Numbers of the rows to choose from, if they are known. */
  readonly numbers?: readonly number[];
}

/** How to come to the rows. */
export type Access =
  /** In the order of the page, until it is full. */
  | "walk"
  /** All that a narrow filter leaves, sorted afterwards. */
  | "section"
  | "project"
  | "family"
  | "numbers";

/** A query, and what goes into it. */
export interface Query {
  readonly sql: string;
  readonly values: Value[];
}

const columns = {
  created_at: "t.created_ms",
  updated_at: "t.updated_ms",
  recency_at: "t.recency_ms",
  section_position: "t.section_place",
} as const;

const indexes = {
  created_at: "threads_by_creation",
  updated_at: "threads_by_update",
  recency_at: "threads_by_recency",
  section_position: "threads_by_section",
} as const;

/** Values that are compared one by one, which is faster for few. */
const MOST_MARKS = 3;

/** The column that holds what threads are sorted by. */
export function toSortColumn(key: ThreadSortKey): string {
  return columns[key].slice(2);
}

/**
 * Builds the query for a page. It walks one index in the order of the page and
 * stops at its end; what that index holds is looked at before a row is read.
 * Few rows that are found faster in another way are sorted instead.
 */
export function toThreadQuery(
  filter: ThreadFilter,
  place: ThreadPlace | undefined,
  count: number,
  access: Access,
): Query {
  const column = columns[filter.sortKey];
  const where: string[] = ["t.archived = ?"];
  const values: Value[] = [Number(filter.archived)];
  const oneOf = (name: string, list: readonly Value[]): void => {
    if (list.length > 0 && list.length <= MOST_MARKS) {
      where.push(`${name} IN (${list.map(() => "?").join(", ")})`);
      values.push(...list);
      return;
    }
    // As JSON, so that few statements serve lists of any length.
    where.push(`${name} IN (SELECT value FROM json_each(?))`);
    values.push(JSON.stringify(list));
  };
  const equals = (name: string, value: Value): void => {
    where.push(`${name} = ?`);
    values.push(value);
  };

  if (filter.ownerId !== undefined) {
    equals("t.attached_to_id", filter.ownerId);
  } else if (filter.shownAs !== undefined) {
    where.push(`t.shown = ${filter.shownAs}`);
  } else if (filter.includeAttachedThreads) {
    where.push(`t.shown IN (${shown.listed}, ${shown.attached})`);
  } else {
    where.push(`t.shown = ${shown.listed}`);
  }
  if (filter.parentId !== undefined) equals("t.parent_id", filter.parentId);
  if (filter.ancestorId !== undefined) {
    where.push("t.id IN (SELECT id FROM descendants)");
  }
  if (filter.numbers !== undefined) oneOf("t.number", filter.numbers);
  const kinds = filter.sourceKinds ?? [];
  if (kinds.length > 0) oneOf("t.source_kind", toKinds(kinds));
  else if (!hasFamily(filter)) oneOf("t.source_kind", interactiveKinds);
  if (filter.modelProviders?.length) {
    oneOf("t.model_provider", filter.modelProviders);
  }
  if (filter.cwds !== undefined) oneOf("t.cwd", filter.cwds);
  if (filter.excluded.length > 0) {
    where.push("t.id NOT IN (SELECT value FROM json_each(?))");
    values.push(JSON.stringify(filter.excluded));
  }
  if (filter.sectionId === null) where.push("t.section_id IS NULL");
  else if (filter.sectionId !== undefined) {
    equals("t.section_id", filter.sectionId);
  }
  if (filter.projectId === null) where.push("t.project_id IS NULL");
  else if (filter.projectId !== undefined) {
    equals("t.project_id", filter.projectId);
  }
  if (filter.searchTerm && filter.numbers === undefined) {
    where.push(
      "(SELECT title GLOB ? FROM titles WHERE number = t.number)",
    );
    values.push(toTitlePattern(filter.searchTerm));
  }
  if (place !== undefined) {
    const sign = filter.direction === "asc" ? ">" : "<";
    if (place.id === undefined) {
      where.push(`${column} ${sign} ?`);
      values.push(place.value);
    } else {
      where.push(
        `(${column}, t.id) ${sign}${place.inclusive ? "=" : ""} (?, ?)`,
      );
      values.push(place.value, place.id);
    }
  }
  const index = toIndex(filter, access);
  const tables = index === undefined
    ? threadTables
    : threadTables.replace("t ", `t INDEXED BY ${index} `);
  const descendants = filter.ancestorId === undefined ? "" : `
    WITH RECURSIVE descendants (id) AS (
      SELECT id FROM threads WHERE parent_id = ?
      UNION SELECT c.id FROM threads c JOIN descendants d
        ON c.parent_id = d.id)`;
  if (filter.ancestorId !== undefined) values.unshift(filter.ancestorId);
  return {
    sql: `${descendants} SELECT ${threadColumns} FROM ${tables}
      WHERE ${where.join(" AND ")}
      ORDER BY ${column} ${filter.direction}, t.id ${filter.direction}
      LIMIT ?`,
    values: [...values, count],
  };
}

/** What finds a text anywhere in a title; faster than `instr`, which is the same. */
export function toTitlePattern(text: string): string {
  return `*${text.replace(/[*?[]/g, "[$&]")}*`;
}

/** Whether the threads asked for are those that belong to another. */
function hasFamily(filter: ThreadFilter): boolean {
  return filter.parentId !== undefined || filter.ancestorId !== undefined ||
    filter.ownerId !== undefined;
}

function toIndex(filter: ThreadFilter, access: Access): string | undefined {
  if (access === "section") return "threads_by_section";
  if (access === "project") return "threads_by_project";
  if (access === "numbers") return undefined;
  if (access === "walk") return indexes[filter.sortKey];
  if (filter.ownerId !== undefined) return "threads_by_owner";
  return filter.parentId !== undefined ? "threads_by_parent" : undefined;
}

/** Programs that people work with; clients that named themselves are. */
const interactiveKinds = ["cli", "vscode", "custom"] as const;

/** The kinds under which threads are stored; `subAgent` is any of its own. */
function toKinds(kinds: readonly string[]): string[] {
  return kinds.flatMap((kind) => kind === "subAgent" ? subAgentKinds : [kind]);
}

const subAgentKinds = [
  "subAgent",
  "subAgentReview",
  "subAgentCompact",
  "subAgentThreadSpawn",
  "subAgentOther",
];
