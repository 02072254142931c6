import assert from "node:assert/strict";
import { locateJsonc, parseJsonc } from "./jsonc.ts";
import { TomlSyntaxError } from "./toml.ts";

Deno.test("parseJsonc() gives the values that TOML would", async () => {
  const table = await parseJsonc(
    '\ufeff// top\n{ "a": 1, "b": 1.0, /* c */ "c": [true, {"d": null}], "__proto__": {"x": "y"}, "big": 9007199254740993, }',
  );
  assert.equal(Object.getPrototypeOf(table), null);
  assert.deepEqual(
    Object.entries(table).map(([key, value]) => [
      key,
      typeof value === "object" ? JSON.stringify(value) : value,
    ]),
    [
      ["a", 1n],
      ["b", 1],
      ["c", "[true,{}]"],
      ["__proto__", '{"x":"y"}'],
      ["big", 9007199254740993n],
    ],
  );
});

for (const text of ["", "// nothing\n", "{}", '{"a": null}']) {
  Deno.test(`parseJsonc() of ${JSON.stringify(text)} is empty`, async () => {
    assert.deepEqual(Object.keys(await parseJsonc(text)), []);
  });
}

const broken: [text: string, line: number, column: number][] = [
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3],
  ["{ a: 1 }", 1, 3],
  ["[1]", 1, 1],
  ['{"é": [null]}', 1, 8],
  ['{"a": 1', 1, 8],
];

for (const [text, line, column] of broken) {
  Deno.test(`parseJsonc() says where ${JSON.stringify(text)} is wrong`, async () => {
    await assert.rejects(parseJsonc(text), (error) => {
      assert.ok(error instanceof TomlSyntaxError);
      assert.deepEqual([error.line, error.column], [line, column]);
      return true;
    });
  });
}

Deno.test("locateJsonc() finds keys and values, and what is around those that are not there", async () => {
  const text = '{\r\n  "é": "x",\r\n  "a": { "b": [1, 22] }\r\n}';
  const place = async (
    path: string,
    part: "key" | "value",
  ): Promise<string> => {
    const found = await locateJsonc(text, path.split("/"), part);
    if (!found) return "nowhere";
    const { start, end } = found;
    return `${start.line}:${start.column}-${end.line}:${end.column}`;
  };
  assert.equal(await place("é", "value"), "2:8-2:10");
  assert.equal(await place("a/b/1", "value"), "3:19-3:20");
  assert.equal(await place("a/b", "key"), "3:10-3:12");
  assert.equal(await place("a/none", "value"), "3:8-3:23");
  assert.equal(await place("none", "value"), "nowhere");
});
