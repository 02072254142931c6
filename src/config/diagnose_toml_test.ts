import assert from "node:assert/strict";
import fc from "fast-check";
import { diagnoseToml } from "./diagnose_toml.ts";
import { parseToml, TomlSyntaxError } from "./toml.ts";

/** What is said of a text, with the stretch that it is said of. */
function say(text: string): string {
  const told = diagnoseToml(text);
  if (!told) return "fine";
  const { start, end } = told.range;
  const place = `${start.line}:${start.column}`;
  const last = end.line !== start.line
    ? `-${end.line}:${end.column}`
    : end.column > start.column
    ? `-${end.column}`
    : "";
  return `${place}${last} ${told.message}`;
}

const unquoted = "string values must be quoted, expected literal string";
const trailing = "unexpected key or value, expected newline, `#`";
const emptyKey =
  "unquoted keys cannot be empty, expected letters, numbers, `-`, `_`";
const oddKey = "invalid unquoted key, expected letters, numbers, `-`, `_`";
const noValue = "key with no value, expected `=`";
const underscore = "`_` may only go between digits, expected nothing";
const escape =
  'missing escaped value, expected `b`, `e`, `f`, `n`, `r`, `\\`, `"`, `x`, `u`, `U`';

const situations: Readonly<Record<string, readonly [string, string][]>> = {
  "values that are missing or have no quotes": [
    ["model = ", `1:9 ${unquoted}`],
    ["model = \nx = 1\n", `1:9 ${unquoted}`],
    ["model = gpt-5\n", `1:9-13 ${unquoted}`],
    ["a = 1 2\n", `1:5-7 ${unquoted}`],
    ["a = 5m\n", `1:5-6 ${unquoted}`],
    ["a = ~/x # c\n", `1:5-7 ${unquoted}`],
    ["a = “x”\n", `1:5-7 ${unquoted}`],
    ['a = x"\n', '1:5 missing opening quote, expected `"`'],
    ["a = tru\n", "1:5-7 invalid boolean, expected `true`"],
    ["a = False\n", "1:5-9 invalid boolean, expected `false`"],
    ["a = none\n", "1:5-8 invalid float, expected `nan`"],
    ["a = -Inf\n", "1:6-8 invalid float, expected `inf`"],
  ],
  "strings": [
    ['model = "x\nb = 1\n', '1:11 invalid basic string, expected `"`'],
    ["a = 'x\n", "1:7 invalid literal string, expected `'`"],
    ['a = """x\ny', '2:2 invalid multi-line basic string, expected `"`'],
    ["a = '''x\ny", "2:2 invalid multi-line literal string, expected `'`"],
    ['a = """x\ny\n', '2:3 invalid multi-line basic string, expected `"`'],
    ['a = "\\q"\n', `1:7 ${escape}`],
    ['a = "a\\"', `1:8 ${escape}`],
    [
      'a = """x\\ y"""\n',
      "1:11 invalid multi-line basic string, expected newline",
    ],
    [
      'p = "C:\\Users\\x"\n',
      "1:10 too few unicode value digits, expected unicode hexadecimal value",
    ],
    [
      'a = "\\uD800"\n',
      "1:8 invalid value, expected unicode hexadecimal value",
    ],
    [
      'a = "x\x01"\n',
      "1:7 invalid basic string, expected non-double-quote visible characters, `\\`",
    ],
    [
      "a = 'x\x07'\n",
      "1:7 invalid literal string, expected non-single-quote visible characters",
    ],
    ['a = """\\\n  x\\t""" # c\n', "fine"],
    ["a = '''x'''''\n", "fine"],
  ],
  "numbers": [
    ["a = 01\n", "1:5 unexpected leading zero, expected nothing"],
    ["a = 1_\n", `1:6 ${underscore}`],
    ["a = 1__0\n", `1:6 ${underscore}`],
    ["a = 1.5_\n", `1:8 ${underscore}`],
    ["a = .5\n", "1:5 invalid mantissa, expected digits"],
    ["a = 1.\n", "1:7 invalid fraction, expected digits"],
    ["a = 1e+\n", "1:8 invalid exponent, expected digits"],
    ["a = 127.0.0.1\n", "1:10-13 invalid float, expected nothing"],
    ["a = --1\n", "1:6 redundant numeric sign, expected nothing"],
    [
      "a = -0x1\n",
      "1:5 integers with a radix cannot be signed, expected nothing",
    ],
    ["a = 0X1\n", "1:5-6 radix must be lowercase, expected `0x`"],
    ["a = 0xg\n", "1:7 invalid hexadecimal number"],
    ["a = 0b2\n", "1:7 invalid binary number"],
    ["a = 0o8\n", "1:7 invalid octal number"],
    ["a = 1e400\n", "1:5-9 floating-point number overflowed"],
    ["a = 9_223_372_036_854_775_807\nb = -9223372036854775808\n", "fine"],
    ["a = 9223372036854775808\n", "1:5-23 u64 value was too large"],
    ["a = [1, 0xffffffffffffffff]\n", "1:9-26 u64 value was too large"],
    [
      "a = { b = -9223372036854775809 }\n",
      "1:11-30 invalid type: integer `-9223372036854775809` as i128, " +
      "expected any valid TOML value",
    ],
    [
      `a = ${2n ** 127n}\n`,
      `1:5-43 invalid type: integer \`${2n ** 127n}\` as u128, ` +
      "expected any valid TOML value",
    ],
    [`a = ${2n ** 128n}\n`, "1:5-43 integer number overflowed"],
    ["a = 9223372036854775808\nb = x\n", `2:5 ${unquoted}`],
    ["a = +1_0.5e-3\nb = 0xf_f\nc = -inf\n", "fine"],
  ],
  "dates and times": [
    [
      "a = 2020-13-01\n",
      "1:5-14 invalid date, expected month between 01 and 12",
    ],
    ["a = 2020-02-30\n", "1:5-14 invalid date, expected day between 01 and 29"],
    ["a = 2021-02-29\n", "1:5-14 invalid date, expected day between 01 and 28"],
    ["a = 2020-1-1\n", "1:5-12 invalid date, expected a two-digit month (MM)"],
    ["a = 5-mini\n", "1:5-10 invalid date, expected month"],
    [
      "a = 24:00:00\n",
      "1:5-12 invalid time, expected hour between 00 and 23",
    ],
    ["a = 12:3\n", "1:5-8 invalid time, expected a two-digit minute (MM)"],
    [
      "a = 2020-01-01x\n",
      "1:5-15 invalid date-time, expected `T` between date and time",
    ],
    [
      "a = 2020-01-01T10:00:00+25:00\n",
      "1:5-29 invalid offset, expected hours between 00 and 23",
    ],
    ["a = 2020-01-01T10:00:00Zx\n", "1:5-25 invalid datetime"],
    ["a = 2020-02-29 10:00:60.5-07:30\nb = 10:00\n", "fine"],
  ],
  "keys": [
    ["model\n", `1:6 ${noValue}`],
    ['model "x"\n', `1:7 ${noValue}`],
    ["a\n= 1\n", `1:2 ${noValue}`],
    ["model == 1\n", "1:8 extra `=`, expected nothing"],
    ["= 1\n", `1:1 ${emptyKey}`],
    ["a.= 1\n", `1:3 ${emptyKey}`],
    ["a..b = 1\n", `1:3 ${emptyKey}`],
    ["é = 1\n", `1:1 ${oddKey}`],
    ["a!? = 1\n", `1:2-3 ${oddKey}`],
    ['"a = 1\n', `1:7 ${noValue}`],
    [
      '"""a""" = 1\n',
      "1:1-7 keys cannot be multi-line basic strings, expected basic string, literal string",
    ],
    ['{"a": 1}\n', "1:1 invalid key-value pair, expected key"],
    ["]\n", "1:1 missing table open, expected `[`"],
  ],
  "tables": [
    ["[a\nb = 1", "1:3 unclosed table, expected `]`"],
    ["[a b]\n", "1:3 unclosed table, expected `]`"],
    ["[[a\n", "1:4 unclosed array table, expected `]]`"],
    ["[[a]\n", "1:5 unclosed array table, expected `]`"],
    ["[]\n", `1:2 ${emptyKey}`],
    ["[a.]\n", `1:4 ${emptyKey}`],
    ["[projects./x]\n", `1:11 ${oddKey}`],
    ["[a] x\n", `1:5 ${trailing}`],
    ["[a]]\n", `1:4 ${trailing}`],
    ["[ a . b ]\n[[c]]\n[c.d]\n[[c]]\n[c.d]\n", "fine"],
  ],
  "lists and tables in braces": [
    ["a = [1, 2\n", "1:10 unclosed array, expected `]`"],
    ["a = [1,, 2]\n", "1:8 extra comma in array, expected value"],
    [
      'a = ["x" "y"]\n',
      "1:10 missing comma between array elements, expected `,`",
    ],
    ["a = [1,\nb = 2\n", "2:3 unexpected `=` in array, expected value, `]`"],
    ["a = ]\n", "1:5 missing array opening, expected `[`"],
    ["a = [}\n", "1:6 missing inline table opening, expected `{`"],
    ["a = {b=1\n", "1:9 unclosed inline table, expected `}`"],
    ["a = {b}\n", "1:7 invalid literal string, expected `'`"],
    [
      "a = {b: 1}\n",
      "1:9 missing assignment between key-value pairs, expected `=`",
    ],
    [
      "a = {b=1 c=2}\n",
      "1:11 extra assignment between key-value pairs, expected `,`",
    ],
    [
      'a = {b="x" c=2}\n',
      "1:12 missing comma between key-value pairs, expected `,`",
    ],
    ["a = {,b=1}\n", "1:6 extra comma in inline table, expected key"],
    ["a = {b,c}\n", "1:7 extra comma in inline table, expected `=`"],
    ["a = {b=1]\n", "1:9 invalid inline table element, expected `,`"],
    ["a = {[b]}\n", "1:6 missing key for inline table element, expected key"],
    ["a = {b=[1, {c=2},],\n}\n", "fine"],
  ],
  "what stands behind": [
    ['a = "x";\n', `1:8 ${trailing}`],
    ['m = "😀" x\n', `1:9 ${trailing}`],
    ["a = 1,\n", `1:6 ${trailing}`],
    ["b = 1 c = 2\n", `1:9 ${trailing}`],
    [
      "a = 1 # x\x01\n",
      "1:10 invalid comment character, expected printable characters",
    ],
    [
      "a = 1\rb = 2\n",
      "1:7 carriage return must be followed by newline, expected newline",
    ],
    ["\ufeffa = 1 b\r\n", `1:6-8 ${unquoted}`],
  ],
  "names that are taken": [
    ['model = "a"\nmodel = "b"\n', "2:1-5 duplicate key"],
    ['"a b" = 1\n"a b" = 2\n', "2:1-5 duplicate key"],
    ["[one]\n[one]\n", "2:2-4 duplicate key"],
    ["[[a]]\n[a]\n", "2:2 duplicate key"],
    ["[a]\n[[a]]\n", "2:3 duplicate key"],
    ["a = [1]\n[[a]]\n", "2:3 duplicate key"],
    ["a.b = 1\n[a]\nc = 1\n", "2:2 duplicate key"],
    ["[a.b]\n[a]\nb.c = 1\n", "3:1 duplicate key"],
    ["a = {b=1,b=2}\n", "1:10 duplicate key"],
    ["a = {b={c=1}, b.d=2}\n", "1:15 duplicate key"],
    [
      "one = 1\none.two = 2\n",
      "2:1-3 cannot extend value of type integer with a dotted key",
    ],
    [
      "a = {b=1}\n[a.c]\n",
      "2:2 cannot extend value of type inline table with a dotted key",
    ],
    [
      "a = [{b=1}]\n[a.c]\n",
      "2:2 cannot extend value of type array with a dotted key",
    ],
    ["[a.b]\n[a]\nc.d = 1\nc.e = 2\n[a.c.f]\n", "fine"],
  ],
  "what is ill-formed comes first": [
    ['a = "\\q"\nmodel\n', `2:6 ${noValue}`],
    ["a = 1\na = 2\n[b\n", "3:3 unclosed table, expected `]`"],
    ["a = 1\na = 2\nb = \n", "2:1 duplicate key"],
    [
      "é = 1\n# \x01\n",
      "2:3 invalid comment character, expected printable characters",
    ],
  ],
};
for (const [what, cases] of Object.entries(situations)) {
  Deno.test(`diagnoseToml: ${what}`, () => {
    const said = cases.map(([text]) => [text, say(text)]);
    assert.deepEqual(said, cases);
  });
}

Deno.test("diagnoseToml finds nothing in what can be parsed, and something in most of what cannot", async () => {
  const part = fc.constantFrom(
    ...["a", "b", "=", " ", ".", "\n", "[", "]", "{", "}", ",", "#", '"', "'"],
    ...["1", "-", "_", "\\", "true", "a = 1\n", "[a]\n", "[[b]]\n", "b.c = "],
  );
  const text = fc.array(part, { maxLength: 12 })
    .map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(text, async (text) => {
      const isValid = await parseToml(text).then(() => true, (error) => {
        assert.ok(error instanceof TomlSyntaxError);
        return false;
      });
      assert.equal(say(text) === "fine", isValid);
    }),
    { numRuns: 2_000 },
  );
});
