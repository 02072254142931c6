import assert from "node:assert/strict";
import fc from "fast-check";
import { isSameValue } from "./_same_value.ts";
import { editToml } from "./edit_toml.ts";
import { isTable, parseToml, type TomlTable, type TomlValue } from "./toml.ts";

/** The document after some values were set; null removes. */
async function edit(
  text: string,
  changes: Record<string, TomlValue | null>,
): Promise<string> {
  const wanted = structuredClone(await parseToml(text));
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split("/");
    let inner = wanted;
    for (const key of keys.slice(0, -1)) {
      const next = inner[key];
      inner = inner[key] = isTable(next) ? next : Object.create(null);
    }
    if (value === null) delete inner[keys.at(-1)!];
    else inner[keys.at(-1)!] = value;
  }
  return await editToml(text, wanted);
}

const cases: [
  what: string,
  before: string,
  changes: Record<string, TomlValue | null>,
  after: string,
][] = [
  ["a file that is empty", "", { model: "x" }, 'model = "x"\n'],
  [
    "a value beside its comment",
    '# top\nmodel = "a" # why\n\n[b]\n',
    { model: "z" },
    '# top\nmodel = "z" # why\n\n[b]\n',
  ],
  [
    "a new key behind the last of its table",
    "[a]\n  x = 1 # one\n\n# about b\n[b]\ny = 2\n",
    { "a/z": 3n },
    "[a]\n  x = 1 # one\n  z = 3\n\n# about b\n[b]\ny = 2\n",
  ],
  [
    "a new key below a bare header",
    "[a] # empty\n# about b\n[b]\n",
    { "a/z": 3n },
    "[a] # empty\nz = 3\n# about b\n[b]\n",
  ],
  [
    "the first key of a document above the first header and its comment",
    "# preface\n\n# about a\n[a]\nx = 1\n",
    { model: "m" },
    '# preface\n\nmodel = "m"\n\n# about a\n[a]\nx = 1\n',
  ],
  [
    "a new table at the end, and one beside its relatives",
    "[a.b]\nx = 1\n\n[c]\ny = 2\n",
    { "a/d/z": 1n, "e/f": 2n },
    "[a.b]\nx = 1\n\n[a.d]\nz = 1\n\n[c]\ny = 2\n\n[e]\nf = 2\n",
  ],
  [
    "a key within braces",
    "t = {a = 1, b = 2} # k\n",
    { "t/c": 3n, "t/a": null },
    "t = {b = 2, c = 3} # k\n",
  ],
  [
    "a key of a table that only dotted keys speak of",
    "x.y = 1\n# c\n[t]\nu.v = 1\n",
    { "x/z": 2n, "t/u/w": 3n },
    "x.y = 1\nx.z = 2\n# c\n[t]\nu.v = 1\nu.w = 3\n",
  ],
  [
    "a table that goes, but not the comment of the next one",
    "a = 1\n\n[b]\n# inner\nx = 1\n\n# about c\n[c]\ny = 2\n",
    { b: null },
    "a = 1\n\n# about c\n[c]\ny = 2\n",
  ],
  [
    "the last key of a table leaves the table",
    "[f] # why\n# inner\nm = true\n",
    { "f/m": null },
    "[f] # why\n# inner\n",
  ],
  [
    "a list of tables that becomes another one",
    "a = 1\n[[l]]\nq = 1\n[[l]]\nq = 2\n[z]\n",
    { l: [{ q: 5n }] },
    "a = 1\n[[l]]\nq = 5\n[z]\n",
  ],
  [
    "a list of tables that gets one more, behind the others",
    "# l\n[[l]]\n# inner\nq = 1 # one\n\n# z\n[z]\n",
    { l: [{ q: 1n }, { q: 2n }] },
    "# l\n[[l]]\n# inner\nq = 1 # one\n\n[[l]]\nq = 2\n\n# z\n[z]\n",
  ],
  [
    "a list of tables that gets one more, before the others",
    "a = 1\n\n# l\n[[l]]\nq = 1 # one\n",
    { l: [{ q: 2n }, { q: 1n }] },
    "a = 1\n\n[[l]]\nq = 2\n\n# l\n[[l]]\nq = 1 # one\n",
  ],
  [
    "a list of tables that loses some, and gets one in between",
    "[[l]]\nq = 1\n\n[[l]]\nq = 2 # two\n\n[[l]]\nq = 3\n\n[z]\n\n[[l]]\nq = 4 # four\n",
    { l: [{ q: 2n }, { q: 5n }, { q: 4n }] },
    "[[l]]\nq = 2 # two\n\n[[l]]\nq = 5\n\n[z]\n\n[[l]]\nq = 4 # four\n",
  ],
  [
    "a list of tables with tables of their own",
    "[[l]]\nq = 1\n[l.t]\nx = 1\n\n[z]\n",
    { l: [{ q: 2n, t: { x: 1n } }] },
    "l = [{ q = 2, t = { x = 1 } }]\n\n[z]\n",
  ],
  [
    "lists of tables that are new, which stand in a line",
    "",
    { l: [{ q: 1n }], t: { l: [{ q: 2n }, {}], x: { y: 1n } } },
    "l = [{ q = 1 }]\n\n[t]\nl = [{ q = 2 }, {}]\n\n[t.x]\ny = 1\n",
  ],
  [
    "the list of skills, which stands in blocks",
    "",
    { skills: { config: [{ name: "a" }, { name: "b" }], x: 1n } },
    '[skills]\nx = 1\n\n[[skills.config]]\nname = "a"\n\n[[skills.config]]\nname = "b"\n',
  ],
  [
    "a document whose last table goes, with the blank line above it",
    "a = 1\n\n[[l]]\nq = 1\n",
    { l: null },
    "a = 1\n",
  ],
  [
    "a table that becomes a value",
    "[x]\ny = 1\n",
    { x: 5n },
    "x = 5\n",
  ],
  [
    "ends of lines and the mark at the start",
    "\ufeffa = 1 # c\r\n\r\n[t]\r\nb = 2",
    { "t/c": "x", "n/q": 1n },
    '\ufeffa = 1 # c\r\n\r\n[t]\r\nb = 2\r\nc = "x"\r\n\r\n[n]\r\nq = 1\r\n',
  ],
  [
    "names and texts that need quotes",
    "",
    { 'p/a.b "c"/é': 'q"\n\x7f' },
    '[p."a.b \\"c\\""]\n"é" = "q\\"\\n\\u007f"\n',
  ],
  ["nothing at all", "a = 1#x\n", { a: 1n }, "a = 1#x\n"],
];

for (const [what, before, changes, after] of cases) {
  Deno.test(`editToml() changes ${what}`, async () => {
    assert.equal(await edit(before, changes), after);
  });
}

const key = fc.constantFrom("a", "b", "c", "d e", "x.y", "é", "__proto__");
const leaf: fc.Arbitrary<TomlValue> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }).map((text) =>
    text.toWellFormed()
  ),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.boolean(),
  fc.double({ noNaN: true }),
  fc.array(fc.constantFrom(1n, 2n), { maxLength: 3 }),
);
const { table } = fc.letrec<{ table: TomlTable }>((tie) => ({
  table: fc.dictionary(
    key,
    fc.oneof(
      { weight: 3, arbitrary: leaf },
      { weight: 2, arbitrary: tie("table") },
      {
        weight: 1,
        arbitrary: fc.array(
          fc.dictionary(key, leaf, { noNullPrototype: false }),
          {
            maxLength: 2,
          },
        ),
      },
    ),
    { maxKeys: 4, noNullPrototype: false },
  ).map((entries) => Object.assign(Object.create(null), entries)),
}));

/** Without tables that hold nothing, if they were tables before. */
function withoutEmptied(table: TomlTable, before: TomlTable): TomlTable {
  const kept: TomlTable = Object.create(null);
  for (const [key, value] of Object.entries(table)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    const inner = isTable(value) && old !== undefined && isTable(old)
      ? withoutEmptied(value, old)
      : value;
    const isEmptied = inner !== value && isTable(inner) &&
      Object.keys(inner).length === 0;
    if (!isEmptied) kept[key] = inner;
  }
  return kept;
}

Deno.test("editToml() says what was wanted, and keeps every comment that stands apart", async () => {
  await fc.assert(
    fc.asyncProperty(table, table, fc.boolean(), async (is, wanted, isDos) => {
      const plain = await editToml("", is);
      // A comment of its own above every header, and one at either end.
      let count = 0;
      const comments: string[] = [];
      const say = (): string => {
        comments.push(`# comment ${count++}`);
        return comments.at(-1)!;
      };
      const lines = plain.split("\n").flatMap((line) =>
        /^\[/.test(line) ? ["", say(), "", line] : [line]
      );
      let text = [say(), "", ...lines, "", say(), ""].join("\n");
      if (isDos) text = text.replaceAll("\n", "\r\n");
      const changed = await editToml(text, wanted);
      const said = await parseToml(changed);
      assert.ok(
        isSameValue(withoutEmptied(said, is), withoutEmptied(wanted, is)),
      );
      for (const comment of comments) assert.ok(changed.includes(comment));
      assert.equal(/[^\r]\n/.test(changed) && isDos, false);
    }),
    { numRuns: 300 },
  );
});

const list = fc.array(
  fc.record({ q: fc.bigInt({ min: 0n, max: 4n }) }),
  { minLength: 1, maxLength: 6 },
);

Deno.test("editToml() says what was wanted of a list of tables, and stays in its place", async () => {
  await fc.assert(
    fc.asyncProperty(list, list, async (is, wanted) => {
      const head = "# first\na = 1\n\n";
      const tail = "\n# last\n[z]\nb = 2 # b\n";
      const blocks = is.map(({ q }) => `[[l]]\nq = ${q}\n`).join("\n");
      const changed = await edit(head + blocks + tail, { l: wanted });
      assert.deepEqual(
        changed,
        head + wanted.map(({ q }) => `[[l]]\nq = ${q}\n`).join("\n") + tail,
      );
    }),
    { numRuns: 200 },
  );
});

Deno.test("editToml drops tables with the last of what they held, but no header", async () => {
  const empty: TomlTable = Object.create(null);
  const emptied = { ...empty, a: { ...empty } };
  const cases: [string, TomlTable, string][] = [
    ["[a.b]\nc = 1\n", emptied, ""],
    ["a.b = 1\n", emptied, ""],
    ["a.b.c = 1\n", { ...empty, a: { ...empty, b: { ...empty } } }, ""],
    ["[a]\nb = 1\n", emptied, "[a]\n"],
    ["x = 1\n", { ...empty, x: 1n, a: { ...empty } }, "x = 1\n\n[a]\n"],
  ];
  for (const [text, wanted, expected] of cases) {
    assert.equal((await editToml(text, wanted)).trim(), expected.trim());
  }
});
