import assert from "node:assert/strict";
import { Access, type AccessRules } from "../access/mod.ts";
import type { FuzzyFileSearchResult } from "../protocol/mod.ts";
import { MAX_SEARCH_SESSIONS, Searches, SearchPlaces } from "./searches.ts";

interface Told {
  readonly id: string;
  readonly query?: string;
  readonly paths?: string[];
}

/** Searches of one client in a directory of its own. */
class Ground implements AsyncDisposable {
  readonly told: Told[] = [];
  readonly searches: Searches;
  readonly signal = new AbortController().signal;
  readonly #waiting: [(told: Told) => boolean, () => void][] = [];

  private constructor(readonly path: string, readonly places: SearchPlaces) {
    this.searches = new Searches({
      updated: (id, query, files) =>
        this.#hear({ id, query, paths: toPaths(files) }),
      completed: (id) => this.#hear({ id }),
    });
  }

  static async create(
    files: readonly string[],
    toRules: (path: string) => AccessRules = () => ({}),
  ): Promise<Ground> {
    const path = await Deno.realPath(await Deno.makeTempDir());
    for (const file of files) {
      const full = `${path}/${file}`;
      await Deno.mkdir(full.slice(0, full.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeTextFile(full, "");
    }
    const access = await Access.create(toRules(path));
    const env = { get: () => undefined };
    return new Ground(path, new SearchPlaces(access, env));
  }

  /** Resolves when something was told, now or from now on. */
  hears(isIt: (told: Told) => boolean): Promise<void> {
    if (this.told.some(isIt)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push([isIt, resolve]));
  }

  async once(
    query: string,
    { token, roots = [this.path], signal = this.signal }: {
      token?: string;
      roots?: string[];
      signal?: AbortSignal;
    } = {},
  ): Promise<string[]> {
    const files = await this.searches
      .once(this.places, query, roots, { token, signal });
    return toPaths(files);
  }

  #hear(told: Told): void {
    this.told.push(told);
    for (const [isIt, resolve] of this.#waiting) if (isIt(told)) resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.searches[Symbol.dispose]();
    await Deno.remove(this.path, { recursive: true });
  }
}

function toPaths(files: readonly FuzzyFileSearchResult[]): string[] {
  return files.map(({ path }) => path);
}

Deno.test("fuzzyFileSearch: what fits comes best first, as clients know it", async () => {
  await using ground = await Ground.create([
    "src/foo/alphabet.ts",
    "docs/foo_bar.md",
    "other.txt",
  ]);
  const files = await ground.searches
    .once(ground.places, "foo", [ground.path], {
      token: undefined,
      signal: ground.signal,
    });
  assert.deepEqual(files, [
    {
      root: ground.path,
      path: "src/foo",
      match_type: "directory",
      file_name: "foo",
      score: 131_156,
      indices: [4, 5, 6],
    },
    {
      root: ground.path,
      path: "docs/foo_bar.md",
      match_type: "file",
      file_name: "foo_bar.md",
      score: 65_620,
      indices: [5, 6, 7],
    },
    {
      root: ground.path,
      path: "src/foo/alphabet.ts",
      match_type: "file",
      file_name: "alphabet.ts",
      score: 84,
      indices: [4, 5, 6],
    },
  ]);
});

Deno.test("fuzzyFileSearch: the nearest directory of that name stands out, the others do not", async () => {
  await using ground = await Ground.create(["x/y/tgt/a", "zz/tgt/b", "tgtx/c"]);
  const files = await ground.searches
    .once(ground.places, "tgt", [ground.path], {
      token: undefined,
      signal: ground.signal,
    });
  assert.deepEqual(
    files.slice(0, 2).map(({ path, score }) => [path, score]),
    [["zz/tgt", 131_156], ["tgtx", 84]],
  );
  assert.equal(files.find(({ path }) => path === "x/y/tgt")?.score, 84);
  assert.equal(new Set(toPaths(files)).size, files.length);
});

Deno.test("fuzzyFileSearch: no query, no roots and missing roots find nothing", async () => {
  await using ground = await Ground.create(["a"]);
  assert.deepEqual(await ground.once(""), []);
  assert.deepEqual(await ground.once("a", { roots: [] }), []);
  assert.deepEqual(await ground.once("a", { roots: ["/nowhere/at/all"] }), []);
  assert.deepEqual(
    await ground.once("a", { roots: [`${ground.path}/a`, ground.path] }),
    ["a"],
  );
});

Deno.test("fuzzyFileSearch: at most 50, of equals the shortest, then by path", async () => {
  const names = Array.from({ length: 60 }, (_, i) => `f${i}`);
  await using ground = await Ground.create([...names, "long/f"]);
  const found = await ground.once("f");
  const shortest = names.toSorted((one, other) =>
    one.length - other.length || (one < other ? -1 : 1)
  );
  assert.deepEqual(found, ["long/f", ...shortest.slice(0, 49).sort()]);
});

Deno.test("fuzzyFileSearch: the next search under a token ends the one before with what it has", async () => {
  await using ground = await Ground.create(["a"]);
  const first = ground.once("a", { token: "t" });
  const second = ground.once("a", { token: "t" });
  const other = ground.once("a", { token: "u" });
  assert.ok((await first).length <= 1);
  assert.deepEqual(await second, ["a"]);
  assert.deepEqual(await other, ["a"]);
});

Deno.test("fuzzyFileSearch: a search that is cancelled ends at once, and so does its thread", async () => {
  await using ground = await Ground.create(["a"]);
  const controller = new AbortController();
  const search = ground.once("a", { signal: controller.signal });
  controller.abort(new Error("Enough"));
  await assert.rejects(search, /Enough/);
  assert.deepEqual(await ground.once("a"), ["a"]);
});

Deno.test("fuzzyFileSearch: many at a time take turns", async () => {
  await using ground = await Ground.create(["a", "b"]);
  const found = await Promise.all(
    Array.from({ length: 10 }, (_, i) => ground.once(i % 2 === 0 ? "a" : "b")),
  );
  assert.deepEqual(
    found,
    Array.from({ length: 5 }, () => [["a"], ["b"]]).flat(),
  );
});

Deno.test("fuzzyFileSearch: what may not be read is not found, and is no root", async () => {
  await using ground = await Ground.create(
    ["open/match", "open/shut/match", "other/match"],
    (path) => ({
      allowRead: [`${path}/open`],
      denyRead: [`${path}/open/shut`],
    }),
  );
  await Deno.symlink("../other", `${ground.path}/open/link`);
  assert.deepEqual(
    await ground.once("match", { roots: [`${ground.path}/open`] }),
    ["match"],
  );
  await assert.rejects(
    ground.once("match", { roots: [`${ground.path}/other`] }),
    { name: "RpcError", code: -32600, message: /outside --allow-read/ },
  );
  await assert.rejects(
    ground.searches.start(ground.places, "s", [ground.path]),
    { name: "RpcError", code: -32600 },
  );
});

Deno.test("fuzzyFileSearch/sessionStart: an empty query is answered first, then each update", async () => {
  await using ground = await Ground.create(["abc.txt", "b/abd.txt"]);
  const { searches, places, told } = ground;
  await searches.start(places, "s", [ground.path]);
  await ground.hears(({ query }) => query === undefined);
  searches.update("s", "abc");
  await ground.hears(({ query }) => query === "abc");
  searches.update("s", "ab");
  await ground.hears(({ query }) => query === "ab");
  assert.deepEqual(told, [
    { id: "s", query: "", paths: [] },
    { id: "s" },
    { id: "s", query: "abc", paths: ["abc.txt"] },
    { id: "s" },
    { id: "s", query: "ab", paths: ["abc.txt", "b/abd.txt"] },
    { id: "s" },
  ]);
});

Deno.test("fuzzyFileSearch/sessionUpdate: a query that was replaced is not heard of again", async () => {
  await using ground = await Ground.create(["abc", "xyz"]);
  await ground.searches.start(ground.places, "s", [ground.path]);
  for (const query of ["a", "ab", "abc", "x"]) {
    ground.searches.update("s", query);
  }
  await ground.hears(({ query }) => query === "x");
  const last = ground.told.filter(({ query }) => query !== undefined);
  assert.deepEqual(last, [{ id: "s", query: "x", paths: ["xyz"] }]);
});

Deno.test("fuzzyFileSearch/sessionStart: one of the same name is replaced", async () => {
  await using ground = await Ground.create(["one/abc", "two/abd"]);
  const { searches, places } = ground;
  await searches.start(places, "s", [`${ground.path}/one`]);
  await searches.start(places, "s", [`${ground.path}/two`]);
  searches.update("s", "ab");
  await ground.hears(({ query }) => query === "ab");
  const found = ground.told.find(({ query }) => query === "ab");
  assert.deepEqual(found?.paths, ["abd"]);
});

Deno.test("fuzzyFileSearch sessions: what is refused, in words that clients know", async () => {
  await using ground = await Ground.create([]);
  const { searches, places, path } = ground;
  await assert.rejects(searches.start(places, "", [path]), {
    code: -32600,
    message: "sessionId must not be empty",
  });
  await assert.rejects(searches.start(places, "s", []), {
    code: -32603,
    message: "failed to start fuzzy file search session: " +
      "at least one search directory is required",
  });
  assert.throws(() => searches.update("s", "a"), {
    code: -32600,
    message: "fuzzy file search session not found: s",
  });
  searches.stop("s");
  await searches.start(places, "s", [path]);
  searches.stop("s");
  assert.throws(() => searches.update("s", "a"), { code: -32600 });
});

Deno.test("fuzzyFileSearch/sessionStart: a connection may have so many, and no more", async () => {
  await using ground = await Ground.create([]);
  const { searches, places, path } = ground;
  for (let i = 0; i < MAX_SEARCH_SESSIONS; i++) {
    await searches.start(places, `s${i}`, [path]);
  }
  await assert.rejects(searches.start(places, "one more", [path]), {
    code: -32001,
  });
  await searches.start(places, "s0", [path]);
  searches.stop("s1");
  await searches.start(places, "one more", [path]);
});

Deno.test("Searches: disposing ends what runs, without an answer left open", async () => {
  await using ground = await Ground.create(["a"]);
  const { searches, places, path } = ground;
  await searches.start(places, "s", [path]);
  const pending = Array.from({ length: 6 }, () => ground.once("a"));
  searches[Symbol.dispose]();
  const ends = await Promise.all(pending);
  assert.ok(ends.every((found) => found.length <= 1));
  assert.deepEqual(await ground.once("a"), []);
});
