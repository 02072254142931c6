import assert from "node:assert/strict";
import { readFrontMatter } from "./_front_matter.ts";

const good: [
  what: string,
  head: string,
  name: string | undefined,
  description: string,
][] = [
  ["plain scalars", "name: a\ndescription: b c", "a", "b c"],
  ["ends of lines of Windows", "name: a\r\ndescription: b\r", "a", "b"],
  ["no name", "description: b", undefined, "b"],
  ["a name that is nothing", "name:\ndescription: b", undefined, "b"],
  ["numbers as they are written", "name: 12\ndescription: 1.50", "12", "1.50"],
  ["quotes", "name: \"x: y\"\ndescription: 'it''s'", "x: y", "it's"],
  [
    "blocks on one line",
    "name: a\ndescription: |\n  one\n  two",
    "a",
    "one two",
  ],
  ["folded blocks", "name: a\ndescription: >-\n  one\n\n  two", "a", "one two"],
  ["lines that go on", "name: a\ndescription: one\n  two", "a", "one two"],
  ["comments", "name: a\ndescription: b # c", "a", "b"],
  ["a colon that should be quoted", "name: a\ndescription: b: c", "a", "b: c"],
  ["backticks that should be quoted", "name: a\ndescription: `b`", "a", "`b`"],
  ["a bracket that should be quoted", "name: [a\ndescription: b", "[a", "b"],
  ["other fields", "name: a\ndescription: b\nx: {y: [1]}\nz:\n  - 1", "a", "b"],
  ["white space", "name: '  a \t b '\ndescription: ' c '", "a b", "c"],
];

for (const [what, head, name, description] of good) {
  Deno.test(`readFrontMatter() takes ${what}`, async () => {
    assert.deepEqual(await readFrontMatter(`---\n${head}\n---\nBODY\n`), {
      name,
      description,
      shortDescription: undefined,
    });
  });
}

Deno.test("readFrontMatter() takes the short description of the metadata", async () => {
  const text =
    "---\nname: a\ndescription: b\nmetadata:\n  short-description: c: d\n---\n";
  assert.equal((await readFrontMatter(text)).shortDescription, "c: d");
});

const bad: [what: string, text: string, message: RegExp][] = [
  ["no head", "text", /^missing YAML frontmatter delimited by ---$/],
  ["an open head", "---\nname: a\n", /^missing YAML frontmatter/],
  ["an empty head", "---\n---\n", /^missing YAML frontmatter/],
  ["a line above the head", "\n---\nname: a\n---\n", /^missing YAML/],
  ["a byte order mark", "\ufeff---\nname: a\n---\n", /^missing YAML/],
  ["no description", "---\nname: a\n---\n", /^missing field `description`$/],
  ["an empty description", "---\ndescription: ''\n---\n", /^missing field/],
  ["a description that is null", "---\ndescription: null\n---\n", /^missing/],
  [
    "a long name",
    `---\nname: ${"n".repeat(65)}\ndescription: d\n---\n`,
    /^invalid name: exceeds maximum length of 64 characters$/,
  ],
  ["a list", "---\n- a\n---\n", /^invalid YAML: expected a mapping$/],
  ["a text", "---\njust text\n---\n", /^invalid YAML: expected a mapping$/],
  [
    "a field that stands twice",
    "---\nname: a\nname: b\ndescription: c\n---\n",
    /^invalid YAML: duplicate field `name`$/,
  ],
  [
    "a list for a description",
    "---\ndescription: [a, b]\n---\n",
    /^invalid YAML: description: invalid type: sequence, expected a string at line 1 column 14$/,
  ],
  [
    "an open quote",
    '---\ndescription: "a\n---\n',
    /^invalid YAML: .* at line 1 column/,
  ],
  [
    "metadata that is text",
    "---\ndescription: a\nmetadata: b\n---\n",
    /metadata/,
  ],
];

for (const [what, text, message] of bad) {
  Deno.test(`readFrontMatter() refuses ${what}`, async () => {
    await assert.rejects(readFrontMatter(text), ({ message: said }: Error) => {
      assert.match(said, message);
      return true;
    });
  });
}
