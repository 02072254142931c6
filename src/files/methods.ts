import type { Access } from "../access/mod.ts";
import type { ParamsOf } from "../protocol/mod.ts";
import {
  type Claim,
  concurrent,
  type Handlers,
  ordered,
  type Scope,
  type Scopes,
} from "../rpc/mod.ts";
import { normalize } from "./_normalize.ts";
import type { SearchMethod } from "./_search_method.ts";
import type { Files } from "./files.ts";
import type { SearchPlaces } from "./searches.ts";

export { MAX_READ_BYTES } from "./_limits.ts";

/** Names of the methods of `fs/*`. */
export type FileMethod =
  | "fs/readFile"
  | "fs/writeFile"
  | "fs/createDirectory"
  | "fs/getMetadata"
  | "fs/readDirectory"
  | "fs/remove"
  | "fs/copy"
  | "fs/watch"
  | "fs/unwatch";

const readsPath: Scope<{ path: string }> = ordered(({ path }) => [
  claim("shared", path),
]);

const changesTree: Scope<{ path: string }> = ordered(({ path }) => [
  claim("exclusive", path, "tree"),
]);

/**
 * `fs/*`: in order where paths of one connection meet, and where one of them
 * lies below another that is listed, copied or removed; else at the same time.
 * Loaded with the server.
 */
export const fileScopes: Scopes<FileMethod> = {
  "fs/readFile": readsPath,
  "fs/writeFile": ordered(({ path }) => [claim("exclusive", path)]),
  "fs/createDirectory": changesTree,
  "fs/getMetadata": readsPath,
  "fs/readDirectory": ordered(({ path }) => [claim("shared", path, "tree")]),
  "fs/remove": changesTree,
  "fs/copy": ordered(({ sourcePath, destinationPath }) => [
    claim("shared", sourcePath, "tree"),
    claim("exclusive", destinationPath, "tree"),
  ]),
  "fs/watch": ordered(({ watchId, path }) => [
    byWatch(watchId),
    claim("exclusive", path, "tree"),
  ]),
  "fs/unwatch": ordered(({ watchId }) => [byWatch(watchId)]),
};

/** What they do; loaded with the first of them. */
export async function loadFiles(access: Access): Promise<{
  readonly handlers: Handlers<Files, FileMethod>;
  readonly service: Files;
}> {
  const [{ fileHandlers }, { Files }] = await Promise.all([
    import("./handlers.ts"),
    import("./files.ts"),
  ]);
  return { handlers: fileHandlers, service: new Files(access) };
}

/** Those of one session of a connection, in order. */
const bySearch: Scope<{ sessionId: string }> = ordered((
  { sessionId },
) => [{ lane: "search", access: "exclusive", path: sessionId }]);

/** What the methods of file searches wait for; loaded with the server. */
export const searchScopes = {
  fuzzyFileSearch: concurrent,
  "fuzzyFileSearch/sessionStart": bySearch,
  "fuzzyFileSearch/sessionUpdate": bySearch,
  "fuzzyFileSearch/sessionStop": bySearch,
} satisfies { readonly [M in SearchMethod]: Scope<ParamsOf<M>> };

/** What they do; loaded with the first search. */
export async function loadSearches(
  access: Access,
  env: { get(name: string): string | undefined },
): Promise<{
  readonly handlers: Handlers<SearchPlaces, SearchMethod>;
  readonly service: SearchPlaces;
}> {
  const [{ searchHandlers }, { SearchPlaces }] = await Promise.all([
    import("./search_methods.ts"),
    import("./searches.ts"),
  ]);
  return { handlers: searchHandlers, service: new SearchPlaces(access, env) };
}

/** Same order of arrival for what meets at a path. */
function claim(
  access: Claim["access"],
  path: string,
  reach?: "tree",
): Claim {
  return {
    lane: "path",
    access,
    path: normalize(path),
    tree: reach === "tree",
  };
}

function byWatch(watchId: string): Claim {
  return { lane: "watch", access: "exclusive", path: watchId };
}
