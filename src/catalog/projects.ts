import {
  type Project,
  type ProjectCreateParams,
  type ProjectCreateResponse,
  type ProjectDeleteParams,
  type ProjectDeleteResponse,
  type ProjectImportParams,
  type ProjectImportResponse,
  type ProjectListParams,
  type ProjectListResponse,
  type ProjectMoveParams,
  type ProjectMoveResponse,
  type ProjectReadParams,
  type ProjectReadResponse,
  type ProjectUpdateParams,
  type ProjectUpdateResponse,
  RpcError,
} from "../protocol/mod.ts";
import type { Database } from "./_database.ts";
import { toPageSize } from "./_page.ts";
import { toRest } from "./_project_order.ts";
import {
  changed,
  insertProject,
  moved,
  selectProjects,
  toName,
  toProject,
  toRoots,
  updateProject,
} from "./_project_rows.ts";
import { decodeProjectCursor, encodeProjectCursor } from "./_project_cursor.ts";
import type { Change } from "./change.ts";

/** What {@linkcode Projects} are made of. */
export interface ProjectsOptions {
  /** Where they are kept. */
  readonly db: Database;
  /** Makes an id. */
  readonly nextId: () => string;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/** `project/*`: threads that belong together. */
export class Projects {
  readonly #db: Database;
  readonly #nextId: () => string;
  readonly #now: () => number;

  constructor(options: ProjectsOptions) {
    this.#db = options.db;
    this.#nextId = options.nextId;
    this.#now = options.now;
  }

  /**
   * Lists projects by their places, or by what the user last worked in; those
   * without threads come last then.
   *
   * @throws {RpcError} if the cursor is none of this order.
   */
  list(params: ProjectListParams): ProjectListResponse {
    if (params.sortDirection != null && params.sortKey == null) {
      throw RpcError.invalidParams("sortDirection requires sortKey");
    }
    const key = params.sortKey ?? "position";
    const direction = params.sortDirection ??
      (key === "position" ? "asc" : "desc");
    const after = decodeProjectCursor(params.cursor, key, direction);
    const rest = toRest(this.#all(), key, direction, after);
    const size = toPageSize(params.limit);
    const data = rest.slice(0, size);
    return {
      data,
      nextCursor: size < rest.length
        ? encodeProjectCursor(data.at(-1)!, params.sortKey, direction)
        : null,
    };
  }

  /**
   * Reads a project.
   *
   * @throws {RpcError} if it is unknown.
   */
  read(params: ProjectReadParams): ProjectReadResponse {
    return { project: this.#read(params.projectId) };
  }

  /**
   * Makes a project at the end. The same key gives the same project again.
   *
   * @throws {RpcError} if something is empty or twice there, or the project of
   * that key was deleted.
   */
  create(params: ProjectCreateParams): Change<ProjectCreateResponse> {
    return this.#create(params, []);
  }

  /**
   * Makes a project out of threads that are there.
   *
   * @throws {RpcError} as `create`, and if a thread is unknown.
   */
  import(params: ProjectImportParams): Change<ProjectImportResponse> {
    return this.#create(params, params.threads ?? []);
  }

  /**
   * Changes a project; what is absent stays.
   *
   * @throws {RpcError} if it is unknown, or something is empty or twice there.
   */
  update(params: ProjectUpdateParams): Change<ProjectUpdateResponse> {
    const name = params.name == null ? undefined : toName(params.name);
    return this.#db.transaction(() => {
      const old = this.#read(params.projectId);
      const project: Project = {
        ...old,
        name: name ?? old.name,
        roots: params.roots == null ? old.roots : toRoots(params.roots),
        metadata: params.metadata ?? old.metadata,
      };
      if (JSON.stringify(project) === JSON.stringify(old)) {
        return { result: { project }, notifications: [] };
      }
      updateProject(this.#db, project, this.#now());
      return {
        result: { project: this.#read(project.id) },
        notifications: [changed(project.id, "updated")],
      };
    });
  }

  /**
   * Moves a project in the list.
   *
   * @throws {RpcError} if one of the two is unknown, or they are one.
   */
  move(params: ProjectMoveParams): Change<ProjectMoveResponse> {
    const { projectId, beforeProjectId: before } = params;
    return this.#db.transaction(() => {
      this.#read(projectId);
      if (before === projectId) {
        throw RpcError.invalidParams(
          `project ${projectId} cannot be moved before itself`,
        );
      }
      const old = this.#db.all("SELECT id FROM projects ORDER BY place, id")
        .map((row) => row.id as string);
      const ids = old.filter((id) => id !== projectId);
      const at = before == null ? ids.length : ids.indexOf(before);
      if (at < 0) {
        throw RpcError.invalidParams(`before project not found: ${before}`);
      }
      ids.splice(at, 0, projectId);
      if (ids.every((id, place) => id === old[place])) {
        return { result: {}, notifications: [] };
      }
      ids.forEach((id, place) =>
        this.#db.run("UPDATE projects SET place = ? WHERE id = ?", place, id)
      );
      return { result: {}, notifications: [changed(projectId, "updated")] };
    });
  }

  /**
   * Deletes a project; its threads belong to none afterwards.
   *
   * @throws {RpcError} if it is unknown.
   */
  delete(params: ProjectDeleteParams): Change<ProjectDeleteResponse> {
    const { projectId } = params;
    return this.#db.transaction(() => {
      this.#read(projectId);
      const threads = this.#db.all(
        "UPDATE threads SET project_id = NULL WHERE project_id = ? RETURNING id",
        projectId,
      );
      this.#db.run("DELETE FROM projects WHERE id = ?", projectId);
      return {
        result: {},
        notifications: [
          changed(projectId, "deleted"),
          ...threads.map((row) => moved(row.id as string, null)),
        ],
      };
    });
  }

  /**
   * Puts a thread into a project; an empty text takes it out.
   *
   * @throws {RpcError} if the project is unknown.
   */
  assign(threadId: string, projectId: string): Change<string | null> {
    const id = projectId === "" ? null : projectId;
    return this.#db.transaction(() => {
      if (id !== null) this.check(id);
      const count = this.#db.run(
        "UPDATE threads SET project_id = ?1 WHERE id = ?2 AND project_id IS NOT ?1",
        id,
        threadId,
      );
      return {
        result: id,
        notifications: count > 0 ? [moved(threadId, id)] : [],
      };
    });
  }

  /**
   * Whether a thread can belong to it.
   *
   * @throws {RpcError} if there is no such project.
   */
  check(id: string): void {
    if (this.has(id)) return;
    throw RpcError.invalidRequest(
      id === "" ? "projectId must not be empty" : `project not found: ${id}`,
    );
  }

  /** Whether there is such a project. */
  has(id: string): boolean {
    return this.#db.get("SELECT 1 FROM projects WHERE id = ?", id) !==
      undefined;
  }

  #create(
    params: ProjectCreateParams,
    threads: readonly string[],
  ): Change<ProjectCreateResponse> {
    const name = toName(params.name);
    const roots = toRoots(params.roots);
    const key = params.idempotencyKey;
    if (key === "") {
      throw RpcError.invalidParams("idempotencyKey must not be empty");
    }
    return this.#db.transaction(() => {
      const old = this.#db.get(
        "SELECT project_id FROM project_keys WHERE key = ?",
        key,
      );
      if (old) {
        const id = old.project_id as string;
        if (!this.has(id)) {
          throw RpcError.invalidParams(
            `idempotency key refers to deleted project: ${key}`,
          );
        }
        return { result: { project: this.#read(id) }, notifications: [] };
      }
      const id = this.#nextId();
      insertProject(this.#db, {
        id,
        name,
        roots,
        metadata: params.metadata ?? {},
        nowMs: this.#now(),
      });
      this.#db.run(
        "INSERT INTO project_keys (key, project_id) VALUES (?, ?)",
        key,
        id,
      );
      for (const threadId of threads) {
        const count = this.#db.run(
          "UPDATE threads SET project_id = ? WHERE id = ?",
          id,
          threadId,
        );
        if (count === 0) {
          throw RpcError.invalidParams(`thread not found: ${threadId}`);
        }
      }
      return {
        result: { project: this.#read(id) },
        notifications: [
          changed(id, "created"),
          ...threads.map((threadId) => moved(threadId, id)),
        ],
      };
    });
  }

  #all(): Project[] {
    return this.#db.all(
      `${selectProjects} ORDER BY p.place, p.id`,
    ).map(toProject);
  }

  #read(id: string): Project {
    const row = this.#db.get(`${selectProjects} WHERE p.id = ?`, id);
    if (row) return toProject(row);
    throw RpcError.invalidParams(`project not found: ${id}`);
  }
}
