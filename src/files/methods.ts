import type { Access } from "../access/mod.ts";
import {
  decodeBase64,
  type FsReadFileResponse,
  type ParamsOf,
  RpcError,
} from "../protocol/mod.ts";
import {
  type Claim,
  concurrent,
  EncodedResult,
  type Handlers,
  ordered,
  type Scope,
  type Session,
  type Surroundings,
  type Table,
} from "../rpc/mod.ts";
import { mapError } from "./_map_error.ts";
import { normalize } from "./_normalize.ts";
import { encodeWhole, type Frame } from "./_file_reader.ts";
import type { SearchMethod } from "./_search_method.ts";
import { Slots } from "./_slots.ts";
import type { Files } from "./files.ts";
import type { SearchPlaces } from "./searches.ts";
import { joinChanges, Watches } from "./watches.ts";

/** Longest content in bytes for which a reply that encodes itself is no gain. */
const PLAIN_BYTES = 16 * 1024;

/**
 * Files that one connection may have open for reading. A client that asks for
 * many large ones and takes none must not use up the descriptors of all.
 */
const OPEN_FILES = 16;

const createReadSlots = () => new Slots(OPEN_FILES);

/**
 * `fs/*`: in order where paths of one connection meet, and where one of them
 * lies below another that is listed, copied or removed; else at the same time.
 */
export const fileMethods = {
  "fs/readFile": {
    scope: ordered(({ path }) => [claim("shared", path)]),
    async handle(files, params, context) {
      const isGangway = context.client.gangway !== undefined;
      const release = await context.session(createReadSlots).take();
      try {
        const { content, etag, size } = await translating(() =>
          files.readFile(normalize(params.path), {
            offset: params.offset ?? undefined,
            length: params.length ?? undefined,
            knowsRanges: isGangway,
            signal: context.signal,
          })
        );
        const extra = isGangway ? { etag, size } : {};
        if (!(content instanceof Uint8Array)) {
          return new EncodedResult(
            (around) => content.encode(frame(around, extra)),
            () => {
              content[Symbol.dispose]();
              release();
            },
          );
        }
        release();
        if (content.length <= PLAIN_BYTES) {
          return { dataBase64: content.toBase64(), ...extra };
        }
        return new EncodedResult((around) =>
          encodeWhole(frame(around, extra), content)
        );
      } catch (error) {
        release();
        throw error;
      }
    },
  },
  "fs/writeFile": {
    scope: ordered(({ path }) => [claim("exclusive", path)]),
    async handle(files, params, context) {
      const isGangway = context.client.gangway !== undefined;
      const etag = await translating(() =>
        files.writeFile(
          normalize(params.path),
          () => decode(params.dataBase64),
          {
            offset: params.offset ?? undefined,
            append: params.append ?? undefined,
            ifMatch: params.ifMatch ?? undefined,
            withEtag: isGangway,
            signal: context.signal,
          },
        )
      );
      return etag === undefined ? {} : { etag };
    },
  },
  "fs/createDirectory": {
    scope: ordered(({ path }) => [claim("exclusive", path, "tree")]),
    async handle(files, { path, recursive }) {
      await translating(() =>
        files.createDirectory(normalize(path), {
          recursive: recursive ?? undefined,
        })
      );
      return {};
    },
  },
  "fs/getMetadata": {
    scope: ordered(({ path }) => [claim("shared", path)]),
    async handle(files, { path }, { client }) {
      const { size, mode, etag, ...known } = await translating(() =>
        files.getMetadata(normalize(path))
      );
      if (client.gangway === undefined) return known;
      return { ...known, size, mode, ...etag === undefined ? {} : { etag } };
    },
  },
  "fs/readDirectory": {
    scope: ordered(({ path }) => [claim("shared", path, "tree")]),
    async handle(files, { path }) {
      const entries = await translating(() =>
        files.readDirectory(normalize(path))
      );
      return { entries };
    },
  },
  "fs/remove": {
    scope: ordered(({ path }) => [claim("exclusive", path, "tree")]),
    async handle(files, { path, recursive, force }) {
      await translating(() =>
        files.remove(normalize(path), {
          recursive: recursive ?? undefined,
          force: force ?? undefined,
        })
      );
      return {};
    },
  },
  "fs/copy": {
    scope: ordered(({ sourcePath, destinationPath }) => [
      claim("shared", sourcePath, "tree"),
      claim("exclusive", destinationPath, "tree"),
    ]),
    async handle(files, params, { signal }) {
      const { sourcePath, destinationPath, recursive } = params;
      await translating(() =>
        files.copy(normalize(sourcePath), normalize(destinationPath), {
          recursive,
          signal,
        })
      );
      return {};
    },
  },
  "fs/watch": {
    scope: ordered(({ watchId, path }) => [
      byWatch(watchId),
      claim("exclusive", path, "tree"),
    ]),
    async handle(files, params, { session }) {
      const path = normalize(params.path);
      await translating(() =>
        session(openWatches).add(params.watchId, path, files.access, {
          recursive: params.recursive ?? undefined,
          ignore: params.ignore ?? undefined,
        })
      );
      return { path };
    },
  },
  "fs/unwatch": {
    scope: ordered(({ watchId }) => [byWatch(watchId)]),
    handle(_, { watchId }, { session }) {
      session(openWatches).remove(watchId);
      return {};
    },
  },
} satisfies Table<
  Files,
  | "fs/readFile"
  | "fs/writeFile"
  | "fs/createDirectory"
  | "fs/getMetadata"
  | "fs/readDirectory"
  | "fs/remove"
  | "fs/copy"
  | "fs/watch"
  | "fs/unwatch"
>;

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

/** Answers errors of the file system in the words that clients know. */
async function translating<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw mapError(error);
  }
}

function decode(dataBase64: string): Uint8Array<ArrayBuffer> {
  try {
    return decodeBase64(dataBase64);
  } catch (error) {
    throw RpcError.invalidRequest(
      `fs/writeFile requires valid base64 dataBase64: ${
        (error as Error).message
      }`,
    );
  }
}

/** The JSON text of a reply around its base64. */
function frame(
  { head, tail }: Surroundings,
  extra: Omit<FsReadFileResponse, "dataBase64">,
): Frame {
  const fields = JSON.stringify(extra).slice(1);
  const rest = fields === "}" ? fields : `,${fields}`;
  return { before: `${head}{"dataBase64":"`, after: `"${rest}${tail}` };
}

/** The watches of a connection; the function is the key under which it has them. */
function openWatches(session: Session): Watches {
  return new Watches({
    isGangway: session.client.gangway !== undefined,
    notify(params, root) {
      session.notify("fs/changed", params, {
        merge: {
          key: `fs/changed ${params.watchId}`,
          join: (earlier, later) => joinChanges(earlier, later, root),
        },
      });
    },
  });
}
