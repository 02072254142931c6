import assert from "node:assert/strict";
import fc from "fast-check";
import { letterMask } from "./_fuzzy_haystack.ts";
import { FuzzyQuery } from "./_fuzzy_query.ts";

/** Scores and characters of a path, as clients of the protocol see them. */
function match(query: string, path: string): [number, number[]] | undefined {
  const indices: number[] = [];
  const isDirectory = path.endsWith("/");
  const searched = { path: path.replace(/\/$/, ""), isDirectory };
  const score = new FuzzyQuery(query).score(searched, indices);
  assert.equal(new FuzzyQuery(query).score(searched), score);
  return score === undefined ? undefined : [score, indices];
}

Deno.test("FuzzyQuery scores paths, names and whole names as other servers do", () => {
  const rows: [string, string, [number, number[]] | undefined][] = [
    ["foo", "src/foo/alphabet.ts", [84, [4, 5, 6]]],
    ["foo", "src/foo/", [84, [4, 5, 6]]],
    ["foo", "docs/FooBar/foo_bar.md", [65_620, [12, 13, 14]]],
    ["foo", ".git/hooks/fsmonitor-watchman.sample", [65_593, [11, 14, 18]]],
    ["keep", ".git/hooks/pre-rebase.sample", [44, [8, 13, 16, 25]]],
    ["fb", "fooBar.ts", [65_587, [0, 3]]],
    ["a_b", "src/foo/Alpha_Beta_Car.ts", [65_612, [8, 13, 14]]],
    ["README.md", "README.md", [196_842, [0, 1, 2, 3, 4, 5, 6, 7, 8]]],
    ["MAIN", "src/main.rs", [65_645, [4, 5, 6, 7]]],
    ["/", "src/main.rs", [16, [3]]],
    ["x", ".hidden/sub/abc.txt", [65_552, [17]]],
    ["zz", "src/main.rs", undefined],
    ["m99p3f42", "mod099/part3/file_042_name.ts", [
      154,
      [0, 4, 5, 7, 11, 13, 19, 20],
    ]],
  ];
  for (const [query, path, expected] of rows) {
    assert.deepEqual(match(query, path), expected, `${query} in ${path}`);
  }
});

Deno.test("FuzzyQuery takes several words, in any order, in the whole path", () => {
  const path = "docs/FooBar/foo_bar.md";
  const expected = [164, [12, 13, 14, 16, 17, 18]];
  assert.deepEqual(match("foo bar", path), expected);
  assert.deepEqual(match("bar foo", path), expected);
  assert.equal(match("foo zzz", path), undefined);
  assert.deepEqual(match(" with", "with space.txt"), [65_645, [0, 1, 2, 3]]);
});

Deno.test("FuzzyQuery knows where a word has to be, and where it must not", () => {
  const indices = (query: string, path: string) => match(query, path)?.[1];
  assert.deepEqual(indices("^src", "src/main.rs"), [0, 1, 2]);
  assert.equal(indices("^main", "src/main.rs"), undefined);
  assert.deepEqual(indices("rs$", "src/main.rs"), [9, 10]);
  assert.equal(indices("src$", "src/main.rs"), undefined);
  assert.deepEqual(indices("^src$", "src/"), [0, 1, 2]);
  assert.equal(indices("^src$", "src/main.rs"), undefined);
  assert.deepEqual(indices("'foo", "src/foo/bar"), [4, 5, 6]);
  assert.equal(indices("'fo", "src/f_o"), undefined);
  assert.equal(indices("!foo", "src/foo"), undefined);
  assert.deepEqual(indices("!foo", "src/f_oo"), []);
  assert.deepEqual(indices("!foo bar", "src/bar"), [4, 5, 6]);
  assert.deepEqual(indices("\\!a", "b!a"), [1, 2]);
  assert.deepEqual(indices("a\\$", "b/a$"), [2, 3]);
  assert.deepEqual(match("\\ ", "with space.txt"), [32, [4]]);
});

Deno.test("FuzzyQuery passes over marks unless the query has some", () => {
  assert.deepEqual(match("uber", "über.txt")?.[1], [0, 1, 2, 3]);
  assert.deepEqual(match("über", "Über.txt")?.[1], [0, 1, 2, 3]);
  assert.equal(match("über", "uber.txt"), undefined);
  assert.deepEqual(match("日本", "日本語.txt"), [65_595, [0, 1]]);
  assert.equal(match("İ", "i.txt"), undefined);
});

Deno.test("FuzzyQuery counts characters, not halves of them", () => {
  assert.deepEqual(match("b", "😀/😀b.txt")?.[1], [3]);
  assert.deepEqual(match("txt", "😀/a.txt")?.[1], [4, 5, 6]);
});

Deno.test("FuzzyQuery gives up on a path that no system takes", () => {
  assert.equal(match("b", `${"a".repeat(5000)}b`), undefined);
});

Deno.test("FuzzyQuery.isNameOf tells whether a word is the name of a directory", () => {
  const isNameOf = (query: string, path: string, isDirectory = true) =>
    new FuzzyQuery(query).isNameOf({ path, isDirectory });
  assert.deepEqual([
    isNameOf("FOO", "src/foo"),
    isNameOf("foo", "src/foo", false),
    isNameOf("foo", "foo/src"),
    isNameOf("src/foo", "src/foo"),
    isNameOf("foo$", "src/foo"),
    isNameOf("uber", "a/über"),
  ], [true, false, false, false, false, true]);
});

const letter = fc.constantFrom(..."aAbB1_./- ü😀");
const text = fc.string({ unit: letter, minLength: 1, maxLength: 12 });

Deno.test("a plain word matches exactly where its letters follow each other, and is worth no more than its bound", () => {
  const word = fc.string({
    unit: fc.constantFrom(..."abB1_.u"),
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(fc.property(word, text, fc.boolean(), (word, path, isDirectory) => {
    const searched = { path, isDirectory };
    const query = new FuzzyQuery(word);
    const indices: number[] = [];
    const score = query.score(searched, indices);
    const characters = Array.from(path.toLowerCase().replaceAll("ü", "u"));
    let from = 0;
    const isThere = [...word.toLowerCase()].every((one) => {
      from = characters.indexOf(one, from) + 1;
      return from > 0;
    });
    assert.equal(score !== undefined, isThere);
    if (score === undefined) return;
    assert.equal(
      indices.map((index) => characters[index]).join(""),
      word.toLowerCase(),
    );
    assert.deepEqual(indices, indices.toSorted((a, b) => a - b));
    const { mask } = query;
    assert.equal(letterMask(path, 0) & mask, mask);
    const name = letterMask(path, path.lastIndexOf("/") + 1);
    assert.ok(score <= query.bound(searched, (name & mask) === mask));
  }));
});

Deno.test("whatever is typed, a match has places that ascend and lie within the path", () => {
  const typed = fc.string({ maxLength: 12 });
  fc.assert(fc.property(typed, text, (typed, path) => {
    const indices: number[] = [];
    const score = new FuzzyQuery(typed)
      .score({ path, isDirectory: false }, indices);
    if (score === undefined) return;
    assert.ok(score >= 0);
    const { length } = Array.from(path);
    indices.forEach((index, at) => {
      assert.ok(index < length && (at === 0 || index > indices[at - 1]!));
    });
  }));
});
