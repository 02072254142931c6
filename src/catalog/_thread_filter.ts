import {
  RpcError,
  type ThreadListParams,
  toThreadId,
} from "../protocol/mod.ts";
import type { Database } from "./_database.ts";
import type { ThreadFilter } from "./_thread_query.ts";

/**
 * Reads the filters of `thread/list`.
 *
 * @throws {RpcError} if they contradict each other, or an id is none.
 */
export function toThreadFilter(
  params: ThreadListParams,
  { db, cwd: base }: { readonly db: Database; readonly cwd: string },
): ThreadFilter {
  checkThreadFilter(params);
  const excluded = params.excludedThreadIds ?? [];
  if (excluded.length > 100) {
    throw RpcError.invalidParams(
      "excludedThreadIds accepts at most 100 entries",
    );
  }
  const sortKey = params.sortKey ?? "created_at";
  const project = params.projectId;
  if (
    project != null &&
    !db.get("SELECT 1 FROM projects WHERE id = ?", project)
  ) throw RpcError.invalidParams(`project not found: ${project}`);
  const id = (text: string | null | undefined, what: string) =>
    text == null ? undefined : toThreadId(text, what);
  const parentId = id(params.parentThreadId, "parent thread id");
  const ancestorId = id(params.ancestorThreadId, "ancestor thread id");
  const ownerId = id(params.attachedToThreadId, "attached thread parent id");
  const cwds = params.cwd == null
    ? undefined
    : [params.cwd].flat().map((cwd) => toDirectory(cwd, base));
  return {
    sortKey,
    direction: params.sortDirection ??
      (sortKey === "section_position" ? "asc" : "desc"),
    archived: params.archived ?? false,
    excluded: excluded.map(toExcludedId),
    ...(params.modelProviders && { modelProviders: params.modelProviders }),
    ...(params.sourceKinds && { sourceKinds: params.sourceKinds }),
    ...(params.searchTerm && { searchTerm: params.searchTerm }),
    ...(params.includeAttachedThreads && { includeAttachedThreads: true }),
    ...(params.sectionId !== undefined && { sectionId: params.sectionId }),
    ...(project !== undefined && { projectId: project }),
    ...(parentId !== undefined && { parentId }),
    ...(ancestorId !== undefined && { ancestorId }),
    ...(ownerId !== undefined && { ownerId }),
    ...(cwds && { cwds }),
  };
}

/**
 * Checks what cannot be said together.
 *
 * @throws {RpcError} naming it.
 */
function checkThreadFilter(params: ThreadListParams): void {
  const refuse = (message: string): never => {
    throw RpcError.invalidRequest(message);
  };
  if (params.originators?.length) {
    throw RpcError.invalidParams(
      "originator filtering is not supported by the local app-server",
    );
  }
  if (params.projectId === "") {
    throw RpcError.invalidParams("projectId must not be empty");
  }
  if (params.includeAttachedThreads && !params.searchTerm) {
    refuse("includeAttachedThreads requires a non-empty searchTerm");
  }
  const hasFamily = params.parentThreadId != null ||
    params.ancestorThreadId != null;
  if (params.attachedToThreadId != null && hasFamily) {
    refuse(
      "attachedToThreadId cannot be combined with parentThreadId or ancestorThreadId",
    );
  }
  if (params.parentThreadId != null && params.ancestorThreadId != null) {
    refuse("parentThreadId and ancestorThreadId are mutually exclusive");
  }
  if (params.sortKey === "section_position" && params.sectionId == null) {
    refuse("section-position sorting requires a section filter");
  }
}

function toExcludedId(text: string): string {
  try {
    return toThreadId(text, "excluded thread id");
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    throw RpcError.invalidParams(error.message);
  }
}

function toDirectory(path: string, cwd: string): string {
  const parts: string[] = [];
  const whole = path.startsWith("/") ? path : `${cwd}/${path}`;
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
