import {
  type Project,
  type ProjectChangeType,
  type ProjectCreateParams,
  type ProjectRoot,
  RpcError,
} from "../protocol/mod.ts";
import type { Database, Row } from "./_database.ts";
import type { KeptNotification } from "./change.ts";

/** Reads projects, and what the user last worked in of each. */
export const selectProjects: string = `SELECT p.*, (
  SELECT max(t.recency_ms) FROM threads t
  WHERE t.project_id = p.id AND t.archived = 0) AS recency_ms FROM projects p`;

/** A project that is made. */
export interface NewProject extends Pick<Project, "id" | "name" | "roots"> {
  readonly metadata: NonNullable<ProjectCreateParams["metadata"]>;
  /** When, in Unix milliseconds. */
  readonly nowMs: number;
}

/** Adds a project behind all others. */
export function insertProject(
  db: Database,
  { id, name, roots, metadata, nowMs }: NewProject,
): void {
  db.run(
    `INSERT INTO projects
     (id, name, roots, metadata, place, created_ms, updated_ms)
     SELECT ?1, ?2, ?3, ?4, coalesce(max(place), -1) + 1, ?5, ?5
     FROM projects`,
    id,
    name,
    JSON.stringify(roots),
    JSON.stringify(metadata),
    nowMs,
  );
}

/** Writes what was changed of a project. */
export function updateProject(
  db: Database,
  { id, name, roots, metadata }: Project,
  nowMs: number,
): void {
  db.run(
    `UPDATE projects SET name = ?, roots = ?, metadata = ?, updated_ms = ?
     WHERE id = ?`,
    name,
    JSON.stringify(roots),
    JSON.stringify(metadata),
    nowMs,
    id,
  );
}

/** A project as it is shown. */
export function toProject(row: Row): Project {
  const seconds = (name: string): number =>
    Math.floor((row[name] as number) / 1000);
  return {
    id: row.id as string,
    name: row.name as string,
    roots: JSON.parse(row.roots as string) as ProjectRoot[],
    metadata: JSON.parse(row.metadata as string) as Project["metadata"],
    position: row.place as number,
    createdAt: seconds("created_ms"),
    updatedAt: seconds("updated_ms"),
    recencyAt: row.recency_ms === null ? null : seconds("recency_ms"),
  };
}

/** @throws {RpcError} if it is empty. */
export function toName(text: string): string {
  const name = text.trim();
  if (name !== "") return name;
  throw RpcError.invalidParams("project name must not be empty");
}

/** @throws {RpcError} if one is there twice. */
export function toRoots(roots: readonly ProjectRoot[]): ProjectRoot[] {
  const seen = new Set<string>();
  for (const { path } of roots) {
    if (seen.has(path)) {
      throw RpcError.invalidParams(`duplicate project root: ${path}`);
    }
    seen.add(path);
  }
  return roots.map(({ path }) => ({ path }));
}

/** Tells that there is a project, that there is none, or another one. */
export function changed(
  projectId: string,
  changeType: ProjectChangeType,
): KeptNotification {
  return { method: "project/changed", params: { projectId, changeType } };
}

/** Tells that a thread belongs to another project, or to none. */
export function moved(
  threadId: string,
  projectId: string | null,
): KeptNotification {
  return {
    method: "thread/project/updated",
    params: { threadId, projectId },
  };
}
