import {
  type Project,
  type ProjectChangeType,
  type ProjectRoot,
  RpcError,
} from "../protocol/mod.ts";
import type { Row } from "./_database.ts";
import type { KeptNotification } from "./change.ts";

/** Reads projects, and what the user last worked in of each. */
export const selectProjects: string = `SELECT p.*, (
  SELECT max(t.recency_ms) FROM threads t
  WHERE t.project_id = p.id AND t.archived = 0) AS recency_ms FROM projects p`;

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
