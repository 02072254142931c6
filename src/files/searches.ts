import type { Access } from "../access/mod.ts";
import { type FuzzyFileSearchResult, RpcError } from "../protocol/mod.ts";
import { mapError } from "./_map_error.ts";
import { normalize } from "./_normalize.ts";
import { Slots } from "./_slots.ts";
import { Search, type SearchListener } from "./search.ts";
import type { SearchGround } from "./search_thread.ts";

/** Most results of a query. */
const MAX_RESULTS = 50;

/** Sessions that one connection may have, each with a thread of its own. */
export const MAX_SEARCH_SESSIONS = 16;

/** Searches without a session that run at a time for one connection. */
const MAX_SEARCHES = 4;

/** What searches of all connections go by. */
export class SearchPlaces {
  readonly #access: Access;
  readonly #env: { get(name: string): string | undefined };

  /** @param env Where `HOME` and `XDG_CONFIG_HOME` are read. */
  constructor(
    access: Access,
    env: { get(name: string): string | undefined },
  ) {
    this.#access = access;
    this.#env = env;
  }

  /**
   * Where a search of these directories may go. What is not there is left out.
   *
   * @throws {AccessDenied} if one of them may not be read.
   */
  async survey(roots: readonly string[]): Promise<SearchGround> {
    const found = await Promise.all(roots.map(async (name) => {
      if (name === "") return undefined; // no path at all
      const path = normalize(
        name.startsWith("/") ? name : `${Deno.cwd()}/${name}`,
      );
      try {
        return { name, path: await this.#access.checkRead(path) };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    }));
    const { read } = await this.#access.bounds();
    return {
      roots: found.filter((root) => root !== undefined),
      bounds: read,
      user: {
        home: this.#read("HOME"),
        config: this.#read("XDG_CONFIG_HOME"),
      },
      limit: MAX_RESULTS,
    };
  }

  #read(name: string): string | undefined {
    try {
      return this.#env.get(name);
    } catch {
      return undefined; // without --allow-env
    }
  }
}

/** Hears what the sessions of a connection find. */
export interface SearchAudience {
  /** The best so far. */
  updated(
    sessionId: string,
    query: string,
    files: FuzzyFileSearchResult[],
  ): void;
  /** There is no more to come for the last query. */
  completed(sessionId: string): void;
}

/** The file searches of a connection. */
export class Searches implements Disposable {
  readonly #audience: SearchAudience;
  /** Whether it is there or still being started, by name. */
  readonly #sessions = new Map<string, Search>();
  readonly #running = new Set<Search>();
  /** How to cut short what goes on under a token. */
  readonly #tokens = new Map<string, () => void>();
  readonly #slots = new Slots(MAX_SEARCHES);
  #isDisposed = false;

  constructor(audience: SearchAudience) {
    this.#audience = audience;
  }

  /**
   * Searches once.
   *
   * @param options.token Cuts a search short that goes on under the same one:
   * it gives what it has found.
   * @throws {AccessDenied} if a directory may not be read.
   */
  async once(
    places: SearchPlaces,
    query: string,
    roots: readonly string[],
    options: { token: string | undefined; signal: AbortSignal },
  ): Promise<FuzzyFileSearchResult[]> {
    const { token, signal } = options;
    const { promise, resolve, reject } = Promise.withResolvers<
      FuzzyFileSearchResult[]
    >();
    let files: FuzzyFileSearchResult[] = [];
    const cut = () => resolve(files);
    if (token !== undefined) {
      this.#tokens.get(token)?.();
      this.#tokens.set(token, cut);
    }
    const stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop);
    const release = await this.#slots.take();
    let search: Search | undefined;
    try {
      const ground = await translating(places.survey(roots));
      if (query === "" || ground.roots.length === 0 || this.#isDisposed) {
        return [];
      }
      search = this.#start(ground, (_, found) => {
        files = found.files;
        if (found.isComplete) resolve(files);
      }, reject);
      search.ask(query);
      return await promise;
    } finally {
      if (search !== undefined) this.#end(search);
      release();
      signal.removeEventListener("abort", stop);
      if (token !== undefined && this.#tokens.get(token) === cut) {
        this.#tokens.delete(token);
      }
    }
  }

  /**
   * Starts a session, in place of one of the same name.
   *
   * @throws {AccessDenied} if a directory may not be read.
   * @throws {RpcError} if there is no directory, or no room for a session.
   */
  async start(
    places: SearchPlaces,
    sessionId: string,
    roots: readonly string[],
  ): Promise<void> {
    if (sessionId === "") {
      throw RpcError.invalidRequest("sessionId must not be empty");
    }
    if (roots.length === 0) {
      throw RpcError.internal(
        "failed to start fuzzy file search session: " +
          "at least one search directory is required",
      );
    }
    const ground = await translating(places.survey(roots));
    if (this.#isDisposed) return;
    this.stop(sessionId);
    if (this.#sessions.size >= MAX_SEARCH_SESSIONS) {
      throw RpcError.overloaded(
        `A connection may have ${MAX_SEARCH_SESSIONS} file search sessions`,
      );
    }
    const search = this.#start(ground, (query, { files, isComplete }) => {
      this.#audience.updated(sessionId, query, files);
      if (isComplete) this.#audience.completed(sessionId);
    }, () => this.stop(sessionId));
    this.#sessions.set(sessionId, search);
    search.ask("");
  }

  /**
   * Has a session look for something else.
   *
   * @throws {RpcError} if there is no such session.
   */
  update(sessionId: string, query: string): void {
    const search = this.#sessions.get(sessionId);
    if (search === undefined) {
      throw RpcError.invalidRequest(
        `fuzzy file search session not found: ${sessionId}`,
      );
    }
    search.ask(query);
  }

  /** Ends a session, if there is one. */
  stop(sessionId: string): void {
    const search = this.#sessions.get(sessionId);
    this.#sessions.delete(sessionId);
    if (search !== undefined) this.#end(search);
  }

  /** Ends them all. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const search of this.#running) search[Symbol.dispose]();
    this.#running.clear();
    this.#sessions.clear();
    for (const cut of this.#tokens.values()) cut();
    this.#slots[Symbol.dispose]();
  }

  #start(
    ground: SearchGround,
    listener: SearchListener,
    onFailure: (error: Error) => void,
  ): Search {
    const search = new Search(ground, listener, onFailure);
    this.#running.add(search);
    return search;
  }

  #end(search: Search): void {
    search[Symbol.dispose]();
    this.#running.delete(search);
  }
}

async function translating<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw mapError(error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.FilesystemLoop;
}
