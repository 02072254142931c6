/**
 * `project/*`: threads that belong together, and the directories that they
 * work in.
 *
 * @module
 */
import type {
  AbsolutePath,
  Empty,
  Uint,
  Uint32,
  UnixSeconds,
} from "./scalar.ts";
import type { SortDirection } from "./thread_history.ts";

/** A directory of a project. */
export interface ProjectRoot {
  /** The directory. */
  path: AbsolutePath;
}

/** Threads that belong together. */
export interface Project {
  /** Its id. */
  id: string;
  /** Its name, for people. */
  name: string;
  /** Its directories. */
  roots: ProjectRoot[];
  /** Notes of the client. */
  metadata: { [name: string]: string };
  /** Its place in the list. */
  position: Uint;
  /** When it was created. */
  createdAt: UnixSeconds;
  /** When it last changed. */
  updatedAt: UnixSeconds;
  /** When the user last did something in one of its threads. */
  recencyAt: UnixSeconds | null;
}

/** What projects are sorted by. */
export type ProjectSortKey = "position" | "recencyAt";

/** Lists projects. */
export interface ProjectListParams {
  /** Where to go on: `nextCursor` of the page before. */
  cursor?: string | null;
  /** Most projects to answer with. Default: the server's choice. */
  limit?: Uint32 | null;
  /** What they are sorted by. Default `"position"`. */
  sortKey?: ProjectSortKey | null;
  /** Which come first; needs `sortKey`. */
  sortDirection?: SortDirection | null;
}

/** A page of projects. */
export interface ProjectListResponse {
  /** The projects. */
  data: Project[];
  /** Where to go on; null at the end. */
  nextCursor: string | null;
}

/** Reads a project. */
export interface ProjectReadParams {
  /** Which project. */
  projectId: string;
}

/** The project. */
export interface ProjectReadResponse {
  /** The project. */
  project: Project;
}

/** Creates a project. */
export interface ProjectCreateParams {
  /** Its name. */
  name: string;
  /** Its directories. */
  roots: ProjectRoot[];
  /** Notes of the client. */
  metadata?: { [name: string]: string } | null;
  /** The client's key for this request; the same key creates only once. */
  idempotencyKey: string;
}

/** It is there. */
export interface ProjectCreateResponse {
  /** The project. */
  project: Project;
}

/** Takes over a project from elsewhere, with its threads. */
export interface ProjectImportParams {
  /** Its name. */
  name: string;
  /** Its directories. */
  roots: ProjectRoot[];
  /** Notes of the client. */
  metadata?: { [name: string]: string } | null;
  /** Ids of its threads. */
  threads?: string[] | null;
  /** The client's key for this request; the same key creates only once. */
  idempotencyKey: string;
}

/** It is there. */
export interface ProjectImportResponse {
  /** The project. */
  project: Project;
}

/** Changes a project. What is absent or null stays as it is. */
export interface ProjectUpdateParams {
  /** Which project. */
  projectId: string;
  /** Its name. */
  name?: string | null;
  /** Its directories. */
  roots?: ProjectRoot[] | null;
  /** Notes of the client. */
  metadata?: { [name: string]: string } | null;
}

/** It is changed. */
export interface ProjectUpdateResponse {
  /** The project as it is now. */
  project: Project;
}

/** Moves a project in the list. */
export interface ProjectMoveParams {
  /** Which project. */
  projectId: string;
  /** Project to put it in front of. Default: at the end. */
  beforeProjectId?: string | null;
}

/** It is there. */
export type ProjectMoveResponse = Empty;

/** Deletes a project; its threads stay. */
export interface ProjectDeleteParams {
  /** Which project. */
  projectId: string;
}

/** It is gone. */
export type ProjectDeleteResponse = Empty;

/** What happened to a project. */
export type ProjectChangeType = "created" | "updated" | "deleted";

/** A project changed. */
export interface ProjectChangedNotification {
  /** Which project. */
  projectId: string;
  /** What happened to it. */
  changeType: ProjectChangeType;
}

/** A thread belongs to another project. */
export interface ThreadProjectUpdatedNotification {
  /** Which thread. */
  threadId: string;
  /** Its project; null for none. */
  projectId: string | null;
}
