import type { Handlers, Session } from "../rpc/mod.ts";
import type { SearchMethod } from "./_search_method.ts";
import { Searches, type SearchPlaces } from "./searches.ts";

/** What the methods of file searches do; loaded with the first. */
export const searchHandlers: Handlers<SearchPlaces, SearchMethod> = {
  async fuzzyFileSearch(places, params, { session, signal }) {
    const { query, roots, cancellationToken } = params;
    const files = await session(createSearches).once(places, query, roots, {
      token: cancellationToken ?? undefined,
      signal,
    });
    return { files };
  },
  async "fuzzyFileSearch/sessionStart"(places, params, { session }) {
    const { sessionId, roots } = params;
    await session(createSearches).start(places, sessionId, roots);
    return {};
  },
  "fuzzyFileSearch/sessionUpdate"(_, { sessionId, query }, { session }) {
    session(createSearches).update(sessionId, query);
    return {};
  },
  "fuzzyFileSearch/sessionStop"(_, { sessionId }, { session }) {
    session(createSearches).stop(sessionId);
    return {};
  },
};

/** The searches of a connection; the function is the key to them. */
function createSearches(session: Session): Searches {
  return new Searches({
    updated(sessionId, query, files) {
      session.notify("fuzzyFileSearch/sessionUpdated", {
        sessionId,
        query,
        files,
      }, {
        // Who reads slowly wants the last word only.
        merge: {
          key: `fuzzyFileSearch/sessionUpdated ${sessionId}`,
          join: (_, later) => later,
        },
      });
    },
    completed(sessionId) {
      session.notify("fuzzyFileSearch/sessionCompleted", { sessionId }, {
        merge: {
          key: `fuzzyFileSearch/sessionCompleted ${sessionId}`,
          join: (_, later) => later,
        },
      });
    },
  });
}
